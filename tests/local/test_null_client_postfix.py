"""The null client in a real Postfix: what is submitted with ``sendmail`` reaches SES, or nobody.

The files are those of the user data, unchanged; `tests.null_client_machine` says what is put in the place of
what only an instance has.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_string
from pathlib import Path

import pytest

from tests.debian_postfix import UnavailableError
from tests.null_client_machine import HOST, PASSWORDS, NullClientMachine
from tests.smtp_relay import Authority, Relay, Seen

OLD = ("AKIAOLD", "0ld+/passw0rd=")
NEW = ("AKIANEW", "n3w+/passw0rd=")
MAIL = """\
From: Billing <billing@example.com>
To: you@example.net
Reply-To: help@example.org
Subject: An invoice
X-SES-CONFIGURATION-SET: chosen-by-the-application

Please pay.
"""


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"), "Trusted")


@pytest.fixture(scope="module")
def booted(authority: Authority) -> Iterator[NullClientMachine]:
    try:
        machine = NullClientMachine(trusts=authority.pem)
        machine.__enter__()
    except UnavailableError as error:
        pytest.skip(f"no Postfix: {error}")
    yield machine
    machine.__exit__()


@pytest.fixture
def unready(booted: NullClientMachine) -> NullClientMachine:
    """Without credentials, and so without a running Postfix."""
    booted.before_the_first_boot()
    return booted


@pytest.fixture
def ready(booted: NullClientMachine) -> NullClientMachine:
    """With credentials."""
    booted.as_booted(*OLD)
    return booted


@contextmanager
def ses(machine: NullClientMachine, authority: Authority, *, login: tuple[str, str] = OLD) -> Iterator[Seen]:
    with Relay(machine.listen(587), login=login, tls=authority.server(HOST)) as relay:
        yield relay.seen


def arrived(seen: Seen, *, messages: int = 1) -> None:
    end = time.monotonic() + 10
    while len(seen.messages) < messages and time.monotonic() < end:
        time.sleep(0.02)
    assert len(seen.messages) == messages


def test_what_is_submitted_arrives_with_the_credentials_of_the_secret(
    ready: NullClientMachine, authority: Authority
) -> None:
    with ses(ready, authority) as seen:
        ready.sendmail(MAIL)
        line = ready.logged("status=")
    assert "status=sent" in line
    assert f"relay={HOST}" in line
    assert "Verified TLS connection" in ready.logged("TLS connection established")
    (message,) = seen.messages
    assert seen.logins == [OLD]
    assert (message.username, message.sender) == (OLD[0], "billing@example.com")
    assert message.recipients == ("you@example.net",)
    assert "\r\n\r\nPlease pay.\r\n" in message.content


def test_before_the_first_rotation_mail_waits_and_then_arrives(
    unready: NullClientMachine, authority: Authority
) -> None:
    with ses(unready, authority) as seen:
        unready.give_secret("", "")
        refused = unready.refresh()
        assert refused.returncode == 1
        assert "first rotation is not done" in refused.stderr
        unready.sendmail(MAIL)
        assert not unready.running()
        assert seen.connections == 0
        unready.give_secret(*OLD)
        assert unready.refresh().returncode == 0
        arrived(seen)


def test_the_password_is_for_root_alone_and_in_no_log(ready: NullClientMachine, authority: Authority) -> None:
    file = ready.root / PASSWORDS.lstrip("/")
    assert file.stat().st_mode & 0o777 == 0o600
    assert (file.stat().st_uid, file.stat().st_gid) == (0, 0)
    assert ready.run("cat", PASSWORDS, user=1000, check=False).returncode == 1
    with ses(ready, authority, login=NEW):
        ready.sendmail(MAIL)
        ready.logged("SASL authentication failed")
    said = "\n".join([*ready.log, ready.refresh().stderr])
    assert OLD[0] not in said
    assert OLD[1] not in said


def test_nothing_of_it_listens(ready: NullClientMachine) -> None:
    assert ready.running()
    assert ready.listening() == set()


def test_after_a_rotation_what_waits_goes_out_with_the_new_password(
    ready: NullClientMachine, authority: Authority
) -> None:
    with ses(ready, authority, login=NEW) as seen:
        ready.sendmail(MAIL)
        assert "status=deferred (SASL authentication failed" in ready.logged("status=")
        ready.give_secret(*NEW)
        assert ready.refresh().returncode == 0
        arrived(seen)
    assert seen.logins == [OLD, NEW]


def test_an_unchanged_secret_changes_nothing(ready: NullClientMachine) -> None:
    before = (ready.root / PASSWORDS.lstrip("/")).stat().st_mtime_ns
    ready.log.clear()
    done = ready.refresh()
    assert (done.returncode, done.stderr) == (0, "")
    assert (ready.root / PASSWORDS.lstrip("/")).stat().st_mtime_ns == before
    assert not any("reload" in line for line in ready.log)


@pytest.mark.parametrize(
    "fault,reason",
    [
        ("another authority", "untrusted issuer"),
        ("another host", "mismatch"),
        ("no TLS", "TLS is required, but was not offered"),
    ],
)
def test_whoever_is_not_ses_gets_neither_mail_nor_password(
    fault: str, reason: str, ready: NullClientMachine, authority: Authority, tmp_path: Path
) -> None:
    tls = {
        "another authority": Authority(tmp_path, "Another").server(HOST),
        "another host": authority.server("email-smtp.us-east-1.amazonaws.com"),
        "no TLS": None,
    }[fault]
    with Relay(ready.listen(587), login=OLD, tls=tls) as relay:
        ready.sendmail(MAIL)
        assert "status=deferred" in ready.logged("status=")
    assert any(reason in line for line in ready.log), ready.log
    assert relay.seen.connections == 1
    assert relay.seen.logins == []
    assert relay.seen.messages == []
    assert "you@example.net" in ready.run("postqueue", "-p").stdout


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
def test_with_tls_from_the_start(ready: NullClientMachine, authority: Authority) -> None:
    ready.configure(port=465)
    assert ready.refresh().returncode == 0
    with Relay(ready.listen(465), login=OLD, tls=authority.server(HOST), wrapper=True) as relay:
        ready.sendmail(MAIL)
        assert "status=sent" in ready.logged("status=")
    assert relay.seen.logins == [OLD]


def test_one_sender_and_one_configuration_set_for_all(ready: NullClientMachine, authority: Authority) -> None:
    ready.configure(sender="noreply@example.com", configuration_set_name="transactional")
    assert ready.refresh().returncode == 0
    mails = (MAIL, "From: billing (The bills)\nSender: a@example.org\n\nt\n", "Subject: no sender\n\nt\n")
    with ses(ready, authority) as seen:
        for number, mail in enumerate(mails, start=1):
            ready.sendmail(mail, sender="root", to="root")
            arrived(seen, messages=number)
    headers = [message_from_string(message.content) for message in seen.messages]
    assert {message.sender for message in seen.messages} == {"noreply@example.com"}
    assert {message.recipients for message in seen.messages} == {("root@example.com",)}
    assert [found["From"] for found in headers] == [
        "Billing <noreply@example.com>",
        "noreply@example.com",
        "noreply@example.com",
    ]
    assert [found["Reply-To"] for found in headers] == ["help@example.org", None, None]
    for found in headers:
        assert "Sender" not in found
        assert found.get_all("X-SES-CONFIGURATION-SET") == ["transactional"]


def test_a_bounce_of_a_bounce_is_the_end(ready: NullClientMachine, authority: Authority) -> None:
    ready.configure(sender="noreply@example.com")
    assert ready.refresh().returncode == 0
    with Relay(ready.listen(587), login=OLD, tls=authority.server(HOST), refuses="554 Rejected") as relay:
        ready.sendmail(MAIL)
        ready.logged("to=<noreply@example.com>, ")
    assert relay.seen.senders == ["noreply@example.com", "<>"]
    assert "Mail queue is empty" in ready.run("postqueue", "-p").stdout


def test_mail_is_not_lost_for_want_of_credentials(ready: NullClientMachine, authority: Authority) -> None:
    ready.write(PASSWORDS, "")
    ready.run("postfix", "reload")
    with ses(ready, authority) as seen:
        ready.sendmail(MAIL)
        assert "status=deferred (host " in ready.logged("530 5.7.0 Authentication required")
        assert ready.refresh().returncode == 0
        arrived(seen)
