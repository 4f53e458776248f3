"""Mail over SMTP: submitted with an application's credentials, sent by SES, told by its events."""

import json
from email.message import EmailMessage

import pytest

from constructs_lib.events.feedback import Feedback, FeedbackQueue, FeedbackTopic
from constructs_lib.runtimes.smtp_credentials.model import Credentials, NewKey
from local import smtp_client
from local.embedded import REGION
from local.errors import RehearsalError
from local.smtp_client import SmtpServer
from tests.local.conftest import Aws
from tests.local.feedback import deployed

BOUNCE = "bounce@simulator.amazonses.com"


@pytest.fixture
def secret_name(aws: Aws, domain: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """A secret as the rotation function writes it, for a user of its own; clients in this process read it."""
    user, iam = domain.replace(".", "-"), aws._client("iam")
    iam.create_user(UserName=user)
    key = iam.create_access_key(UserName=user)["AccessKey"]
    value = Credentials.of(NewKey(id=key["AccessKeyId"], secret=key["SecretAccessKey"]), region=REGION)
    aws._client("secretsmanager").create_secret(Name=f"{user}/smtp", SecretString=value.to_json())
    for name, setting in {
        "AWS_ENDPOINT_URL": aws.endpoint_url,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
    }.items():
        monkeypatch.setenv(name, setting)
    return f"{user}/smtp"


def message(sender: str, **headers: str) -> EmailMessage:
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = sender, BOUNCE, "As it was written"
    for name, value in headers.items():
        made[name.replace("_", "-")] = value
    made.set_content("a\n.b\n")
    return made


def test_a_message_is_sent_with_its_configuration_set_and_its_bounce_is_told(
    aws: Aws, domain: str, smtp_server: SmtpServer, secret_name: str
) -> None:
    with deployed(aws, domain, FeedbackTopic(kind=Feedback.BOUNCE, queue=FeedbackQueue(raw=True))) as stack:
        made = message(stack.sender, X_SES_CONFIGURATION_SET=stack.name)
        message_id = smtp_server.submit(made, secret_name=secret_name, region=REGION)
        (body,) = stack.bodies(Feedback.BOUNCE)
    event = json.loads(body)
    assert (event["eventType"], event["mail"]["messageId"]) == ("Bounce", message_id)
    assert event["mail"]["destination"] == [BOUNCE]
    assert event["mail"]["commonHeaders"]["subject"] == "As it was written"


def test_a_sender_that_is_not_verified_is_refused_in_the_words_of_ses(
    domain: str, smtp_server: SmtpServer, secret_name: str
) -> None:
    with pytest.raises(RehearsalError, match=r"554 Message rejected: Email address is not verified"):
        smtp_server.submit(message(f"me@{domain}"), secret_name=secret_name, region=REGION)


def test_an_unknown_configuration_set_is_refused(
    aws: Aws, domain: str, smtp_server: SmtpServer, secret_name: str
) -> None:
    aws.verified_domain(domain)
    made = message(f"me@{domain}", X_SES_CONFIGURATION_SET="nowhere")
    with pytest.raises(RehearsalError, match=r"554 .*nowhere"):
        smtp_server.submit(made, secret_name=secret_name, region=REGION)


def test_a_secret_that_is_never_filled_is_told(
    aws: Aws, domain: str, smtp_server: SmtpServer, secret_name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    secrets = aws._client("secretsmanager")
    secrets.put_secret_value(SecretId=secret_name, SecretString='{"username": "", "password": ""}')
    monkeypatch.setattr(smtp_client, "ROTATION_SECONDS", 0.5)
    with pytest.raises(RehearsalError, match=r"no rotation has filled it"):
        smtp_server.submit(message(f"me@{domain}"), secret_name=secret_name, region=REGION)
