"""The code that the guides give to applications: it sends by the API and over SMTP, and reads stored mail."""

import functools
import json
from email.message import EmailMessage
from typing import Any

import boto3
import pytest

from constructs_lib.runtimes.smtp_credentials.model import Credentials, NewKey
from local.embedded import REGION, EmbeddedAws
from local.mailbox import find_link, follow_link, read_message, sent_messages
from local.smtp_client import LoopbackSmtp, SmtpServer
from tests.docs.pages import read
from tests.support import ROOT

SENDER = "orders@shop.example"
TO = "success@simulator.amazonses.com"


def code_of(page: str) -> dict[str, Any]:
    """What the blocks of a page define that make no constructs; those are run with all pages."""
    names: dict[str, Any] = {}
    for block in read(ROOT / "docs" / "guides" / page).blocks_in("python"):
        if "stack" not in block.source:
            exec(block.source, names)  # noqa: S102 - the guides' own code
    return names


@pytest.fixture
def sender(embedded_aws: EmbeddedAws, monkeypatch: pytest.MonkeyPatch) -> str:
    """Who sends in the guide, verified, with the guide's configuration set; clients here read it."""
    for name, value in embedded_aws.client_variables().items():
        monkeypatch.setenv(name, value)
    client = boto3.client("sesv2", region_name=REGION)
    if SENDER not in str(client.list_email_identities()):
        client.create_configuration_set(ConfigurationSetName="transactional")
        client.create_email_identity(EmailIdentity=SENDER)
        follow_link(find_link(embedded_aws.endpoint_url, SENDER, region=REGION))
    return SENDER


def test_it_sends_by_the_api(embedded_aws: EmbeddedAws, sender: str) -> None:
    code = code_of("send.md")
    message_id = code["send"](code["new_client"](REGION), to=TO, subject="s", text="t")
    sent = read_message(embedded_aws.endpoint_url, message_id)
    assert (sent.sender, sent.recipients, sent.configuration_set) == (sender, (TO,), "transactional")


def test_it_sends_over_smtp(
    embedded_aws: EmbeddedAws, smtp_server: SmtpServer, sender: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    iam = boto3.client("iam")
    iam.create_user(UserName="guide")
    key = iam.create_access_key(UserName="guide")["AccessKey"]
    made = Credentials.of(NewKey(id=key["AccessKeyId"], secret=key["SecretAccessKey"]), region=REGION)
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, TO, "Over SMTP"
    code = code_of("send.md")

    def connect(host: str, port: int, *, timeout: float) -> LoopbackSmtp:
        assert timeout > 0
        return LoopbackSmtp(host, port, smtp_server.address)

    trusting = functools.partial(code["ssl"].create_default_context, cafile=str(smtp_server.certificate))
    monkeypatch.setattr(code["smtplib"], "SMTP", connect)
    monkeypatch.setattr(code["ssl"], "create_default_context", trusting)
    code["submit"](message, made.to_json())
    # Other tests of this process send too, in other Regions, and those messages may stand behind it.
    (sent,) = (each for each in sent_messages(embedded_aws.endpoint_url) if each["Subject"] == "Over SMTP")
    assert (sent["Source"], sent["ConfigurationSetName"]) == (sender, "transactional")


def test_your_own_function_reads_bytes_and_leaves_what_fails_in_the_queue(
    sender: str, capsys: pytest.CaptureFixture[str]
) -> None:
    del sender  # its fixture is where clients read that they talk to the embedded AWS
    s3 = boto3.client("s3")
    s3.create_bucket(Bucket="guide-mail")
    s3.put_object(
        Bucket="guide-mail", Key="orders/x", Body=b"From: a@b.example\r\nSubject: \xe9\r\n\r\n\xff\r\n"
    )

    def record(key: str) -> dict[str, str]:
        action = {"type": "S3", "bucketName": "guide-mail", "objectKey": f"orders/{key}"}
        body = {"notificationType": "Received", "mail": {"messageId": key}, "receipt": {"action": action}}
        return {"messageId": f"of {key}", "body": json.dumps(body)}

    records = [record(key) for key in ("x", "gone", "AMAZON_SES_SETUP_NOTIFICATION")]
    answer = code_of("receive.md")["handle"]({"Records": records}, None)
    assert answer == {"batchItemFailures": [{"itemIdentifier": "of gone"}]}
    assert capsys.readouterr().out.splitlines() == [
        '{"message_id": "x", "attachments": 0}',
        '{"failed": "of gone", "why": "NoSuchKey"}',
    ]
