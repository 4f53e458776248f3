"""The login that the rotation function makes, against SES's SMTP interface as the embedded AWS has it."""

import smtplib
import socket
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from constructs_lib.regions import ses_regions, smtp_host
from constructs_lib.runtimes.smtp_credentials import model
from constructs_lib.runtimes.smtp_credentials.model import Credentials, RotationError
from constructs_lib.runtimes.smtp_credentials.smtp_login import CONNECT_TO, login
from local.smtp_endpoint import TRUST, SmtpEndpoint
from local.smtp_tls import write_certificate

GOOD = ("AKIA1", "passw0rd", "eu-west-1")


Taken = tuple[str, list[str], bytes, str]


@pytest.fixture
def taken() -> list[Taken]:
    return []


@pytest.fixture
def endpoint(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, taken: list[Taken]) -> Iterator[SmtpEndpoint]:
    for name in (CONNECT_TO, TRUST):
        monkeypatch.setenv(name, "")

    def take(*message: Any) -> str:  # noqa: ANN401 - recorded as it is
        taken.append(message)
        return "250 Ok 1"

    certificate = tmp_path / "certificate.pem"
    write_certificate(certificate)
    server = SmtpEndpoint(
        listener=socket.create_server(("127.0.0.1", 0)),
        certificate=certificate,
        accepts=lambda *found: found == GOOD,
        takes=take,
    )
    server.start()
    yield server
    if not server.loop.is_closed():
        server.stop()


def credentials(*, username: str = GOOD[0], password: str = GOOD[1], region: str = GOOD[2]) -> Credentials:
    return Credentials(username=username, password=password, region=region)


@pytest.mark.usefixtures("endpoint")
def test_good_credentials_are_taken() -> None:
    assert login(credentials()) is None


@pytest.mark.usefixtures("endpoint")
@pytest.mark.parametrize(
    "wrong",
    [
        credentials(username="AKIA2"),
        credentials(password="password"),  # noqa: S106 - an example
        credentials(region="eu-west-2"),
        credentials(username="", password=""),
    ],
)
def test_wrong_ones_are_refused_without_being_quoted(wrong: Credentials) -> None:
    assert login(wrong) == f"email-smtp.{wrong.region}.amazonaws.com answered 535"


@pytest.mark.usefixtures("endpoint")
def test_nobody_else_can_pretend_to_be_ses(monkeypatch: pytest.MonkeyPatch) -> None:
    # Connected elsewhere, but only the certificates of the machine are trusted.
    monkeypatch.delenv(TRUST)
    refusal = login(credentials())
    assert refusal == "email-smtp.eu-west-1.amazonaws.com cannot be used: SSLCertVerificationError"


def test_a_host_that_cannot_be_reached(endpoint: SmtpEndpoint) -> None:
    endpoint.stop()
    assert login(credentials()) == "email-smtp.eu-west-1.amazonaws.com cannot be used: ConnectionRefusedError"


@pytest.fixture
def client(endpoint: SmtpEndpoint) -> Iterator[smtplib.SMTP]:
    with smtplib.SMTP(endpoint.hostname, endpoint.port, timeout=5) as smtp:
        smtp._host = "email-smtp.eu-west-1.amazonaws.com"  # type: ignore[attr-defined]
        yield smtp


def start_tls(client: smtplib.SMTP, endpoint: SmtpEndpoint) -> None:
    client.starttls(context=ssl.create_default_context(cafile=str(endpoint.certificate)))
    client.ehlo()


def test_nothing_goes_without_tls(client: smtplib.SMTP) -> None:
    client.ehlo()
    assert not client.has_extn("auth")
    assert client.docmd("AUTH", "PLAIN AA==")[0] == 530
    assert client.docmd("MAIL", "FROM:<a@example.com>")[0] == 530


def test_nothing_goes_without_a_login(
    client: smtplib.SMTP, endpoint: SmtpEndpoint, taken: list[Taken]
) -> None:
    start_tls(client, endpoint)
    assert client.docmd("MAIL", "FROM:<a@example.com>")[0] == 530
    client.user, client.password = GOOD[0], "password"
    with pytest.raises(smtplib.SMTPAuthenticationError):
        client.auth("LOGIN", client.auth_login)
    assert taken == []


@pytest.mark.parametrize("mechanism", ["PLAIN", "LOGIN"])
def test_mail_is_given_to_ses_as_it_came(
    client: smtplib.SMTP, endpoint: SmtpEndpoint, taken: list[Taken], mechanism: str
) -> None:
    start_tls(client, endpoint)
    client.user, client.password = GOOD[:2]
    client.auth(mechanism, getattr(client, f"auth_{mechanism.lower()}"))
    message = b"Subject: s\r\n\r\n.dot\r\n"
    assert client.sendmail("a@example.com", ["b@example.org", "c@example.org"], message) == {}
    assert taken == [("a@example.com", ["b@example.org", "c@example.org"], message, GOOD[2])]


def test_the_function_knows_the_host_of_every_region_that_the_library_knows() -> None:
    for region, facts in ses_regions().items():
        if facts["smtp_host"] is not None:
            assert model.smtp_host(region) == smtp_host(region)


@pytest.mark.parametrize(
    "region", ["", "eu-west-1.evil.example", "evil.example/eu-west-1", "eu-west-1\n", "EU-WEST-1"]
)
def test_credentials_go_to_no_other_host(region: str) -> None:
    with pytest.raises(RotationError, match="not the name of a Region"):
        login(credentials(region=region))
