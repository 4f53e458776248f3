"""Whom SES takes mail for: asked by a real SMTP client, as a mail server of the internet asks."""

import smtplib
import ssl
from collections.abc import Iterator
from typing import Any

import pytest

from local.embedded import EmbeddedAws
from local.errors import RehearsalError
from local.inbound_endpoint import OTHER_REGION
from local.inbound_names import inbound_host
from local.receiving import ACCEPTED, BLOCKED, TLS_NEEDED, UNKNOWN
from local.smtp_client import LoopbackSmtp
from tests.local.conftest import Aws
from tests.local.receiving import MESSAGE, Receiver, new_receiver, rule

REGION = "eu-west-3"
DOMAIN = "received.example"


@pytest.fixture(scope="module")
def receiver(embedded_aws: EmbeddedAws, aws: Aws) -> Receiver:
    found = new_receiver(embedded_aws, aws.in_region(REGION))
    found.aws.verified_domain(DOMAIN)
    return found


@pytest.fixture
def smtp(receiver: Receiver) -> Iterator[smtplib.SMTP]:
    """A connection to the Region's MX host, encrypted, with MAIL FROM said."""
    server = receiver.embedded.inbound_server
    with LoopbackSmtp(inbound_host(REGION), 25, server.address) as client:
        client.starttls(context=ssl.create_default_context(cafile=str(server.certificate)))
        client.ehlo()
        assert client.mail("you@other.example")[0] == 250
        yield client


def reply(smtp: smtplib.SMTP, recipient: str) -> str:
    code, text = smtp.rcpt(recipient)
    return f"{code} {text.decode()}"


def test_what_it_says_about_itself(smtp: smtplib.SMTP) -> None:
    assert smtp.esmtp_features["size"] == str(40 * 1024 * 1024)
    assert not {"auth", "smtputf8"} & smtp.esmtp_features.keys()
    assert smtp.docmd("AUTH", "PLAIN AA==")[0] >= 500


def test_nobody_is_known_without_an_active_rule_set(smtp: smtplib.SMTP) -> None:
    assert reply(smtp, f"me@{DOMAIN}") == UNKNOWN


@pytest.mark.parametrize(
    "recipients,recipient,taken",
    [
        ([f"me@{DOMAIN}"], f"me@{DOMAIN}", True),
        ([f"me@{DOMAIN}"], f"Me+label@{DOMAIN.upper()}", True),
        ([f"me@{DOMAIN}"], f"you@{DOMAIN}", False),
        ([DOMAIN], f"anyone@{DOMAIN}", True),
        ([DOMAIN], f"anyone@sub.{DOMAIN}", False),
        # A verified domain covers its subdomains.
        ([f".{DOMAIN}"], f"anyone@sub.{DOMAIN}", True),
        ([], f"anyone@deep.sub.{DOMAIN}", True),
        ([], f"anyone@not{DOMAIN}", False),
        # A rule is not enough: nobody has verified the domain.
        (["unverified.example"], "anyone@unverified.example", False),
    ],
)
def test_recipients(
    receiver: Receiver,
    smtp: smtplib.SMTP,
    recipients: list[str],
    recipient: str,
    taken: bool,  # noqa: FBT001 - a table
) -> None:
    with receiver.active(rule("other", Recipients=["other.example"]), rule("rule", Recipients=recipients)):
        assert reply(smtp, recipient) == (ACCEPTED if taken else UNKNOWN)


def test_a_disabled_rule_is_for_nobody(receiver: Receiver, smtp: smtplib.SMTP) -> None:
    with receiver.active(rule("rule", Enabled=False)):
        assert reply(smtp, f"me@{DOMAIN}") == UNKNOWN


def test_an_address_identity_is_not_enough(receiver: Receiver, smtp: smtplib.SMTP) -> None:
    receiver.aws.ses.create_email_identity(EmailIdentity="me@address.example")
    with receiver.active(rule("rule")):
        assert reply(smtp, "me@address.example") == UNKNOWN


def test_only_known_recipients_get_the_message(receiver: Receiver, smtp: smtplib.SMTP) -> None:
    with receiver.active(rule("rule", receiver.store(TopicArn=receiver.topic), Recipients=[f"me@{DOMAIN}"])):
        assert reply(smtp, f"you@{DOMAIN}") == UNKNOWN
        assert reply(smtp, f"me@{DOMAIN}") == ACCEPTED
        code, answer = smtp.data(MESSAGE)
    assert code == 250
    message_id = answer.decode().removeprefix("Ok ")
    assert receiver.done(message_id) == [("rule", "S3Action", "")]
    (told,) = receiver.messages()
    assert told["receipt"]["recipients"] == [f"me@{DOMAIN}"]


def test_no_recipient_no_message(receiver: Receiver, smtp: smtplib.SMTP) -> None:
    with receiver.active(rule("rule", Recipients=[f"me@{DOMAIN}"])):
        assert reply(smtp, f"you@{DOMAIN}") == UNKNOWN
        with pytest.raises(smtplib.SMTPDataError):
            smtp.data(MESSAGE)


def deliver(receiver: Receiver, **options: Any) -> str:  # noqa: ANN401 - of `InboundServer.deliver`
    arguments: Any = {
        "sender": "you@other.example",
        "recipients": [f"me@{DOMAIN}"],
        "region": REGION,
        **options,
    }
    return receiver.embedded.inbound_server.deliver(MESSAGE, **arguments)


def refused(receiver: Receiver, **options: Any) -> str:  # noqa: ANN401 - as above
    with pytest.raises(RehearsalError) as caught:
        deliver(receiver, **options)
    return caught.value.cause


def test_blocked_addresses(receiver: Receiver) -> None:
    ses = receiver.aws.ses_v1
    with receiver.active(rule("rule")):
        ses.create_receipt_filter(
            Filter={"Name": "all", "IpFilter": {"Policy": "Block", "Cidr": "0.0.0.0/0"}}
        )
        assert refused(receiver) == f"{BLOCKED}."
        ses.create_receipt_filter(
            Filter={"Name": "me", "IpFilter": {"Policy": "Allow", "Cidr": "127.0.0.0/8"}}
        )
        assert deliver(receiver)
        for name in ("all", "me"):
            ses.delete_receipt_filter(FilterName=name)


def test_without_tls_the_mx_record_says_which_region_is_meant(receiver: Receiver, domain: str) -> None:
    zone = receiver.aws.verified_domain(domain)
    plain: Any = {"recipients": [f"me@{domain}"], "tls": False}
    with receiver.active(rule("rule")):
        assert refused(receiver, **plain) == f"{UNKNOWN}."
        receiver.aws.add_record(zone, domain, "MX", f"10 {inbound_host(REGION)}")
        assert deliver(receiver, **plain)
        receiver.aws.add_record(zone, domain, "MX", "10 mail.other.example")
        assert refused(receiver, **plain) == f"{UNKNOWN}."


def test_recipients_of_two_regions_are_two_transactions(
    receiver: Receiver, domain: str, embedded_aws: EmbeddedAws
) -> None:
    zone = receiver.aws.verified_domain(domain)
    receiver.aws.add_record(zone, domain, "MX", f"10 {inbound_host(REGION)}")
    with receiver.active(rule("rule")), smtplib.SMTP(*embedded_aws.inbound_server.address) as smtp:
        smtp.ehlo()
        smtp.mail("you@other.example")
        assert reply(smtp, f"me@{domain}") == ACCEPTED
        assert reply(smtp, "me@elsewhere.example") == OTHER_REGION


def test_tls_that_a_rule_requires(receiver: Receiver, domain: str) -> None:
    receiver.aws.add_record(receiver.aws.verified_domain(domain), domain, "MX", f"10 {inbound_host(REGION)}")
    secret, other = f"secret@{domain}", f"other@{domain}"
    with receiver.active(rule("secret", Recipients=[secret], TlsPolicy="Require"), rule("all")):
        assert deliver(receiver, recipients=[secret])
        assert deliver(receiver, recipients=[other], tls=False)
        assert refused(receiver, recipients=[secret], tls=False) == f"{TLS_NEEDED}."


def test_each_region_has_its_own_rules(receiver: Receiver) -> None:
    with receiver.active(rule("rule")):
        assert deliver(receiver)
        assert refused(receiver, region="eu-north-1") == f"{UNKNOWN}."


def test_a_bounce_has_no_sender(receiver: Receiver) -> None:
    with receiver.active(rule("rule", receiver.store(TopicArn=receiver.topic))):
        deliver(receiver, sender="")
    (told,) = receiver.messages()
    assert told["mail"]["source"] == ""
    assert told["mail"]["commonHeaders"]["returnPath"] == ""


def test_deactivated_between_recipient_and_message(receiver: Receiver, smtp: smtplib.SMTP) -> None:
    with receiver.active(rule("rule")):
        assert reply(smtp, f"me@{DOMAIN}") == ACCEPTED
    code, text = smtp.data(MESSAGE)
    assert f"{code} {text.decode()}" == UNKNOWN


def test_verdicts_that_cannot_be_understood(receiver: Receiver, smtp: smtplib.SMTP) -> None:
    with receiver.active(rule("rule")):
        assert reply(smtp, f"me@{DOMAIN}") == ACCEPTED
        code, text = smtp.data(b"X-Rehearsal-Verdicts: spam=MAYBE\r\n\r\n")
    assert (code, text.decode()) == (
        554,
        "5.6.0 X-Rehearsal-Verdicts: spam is one of PASS, FAIL, GRAY, PROCESSING_FAILED",
    )
