"""A queue as SQS and Lambda work it: a message comes again until it succeeds or is dead."""

import io
import json
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, field
from typing import Any

import pytest

from constructs_lib.runtimes.inbound_mail import handler
from constructs_lib.runtimes.inbound_mail.settings import ForwardSettings, Settings
from tests.constructs_lib.runtimes.inbound_mail.double import BUCKET, KEY_ARN, Aws, Died

MESSAGE_ID = "d6iitobk75ur44p8kdnnp7g2n800"
PREFIX = "inbound/"
RAW_KEY = f"{PREFIX}{MESSAGE_ID}"
MESSAGE = (
    b"Return-Path: <ann@example.net>\r\n"
    b"From: Ann <ann@example.net>\r\n"
    b"To: info@example.com\r\n"
    b"Subject: secret subject\r\n"
    b"Message-ID: <1@example.net>\r\n"
    b'Content-Type: multipart/mixed; boundary="b"\r\n'
    b"\r\n"
    b"--b\r\n\r\nsecret text \xe4\r\n"
    b"--b\r\nContent-Type: application/pdf; name=a.pdf\r\n"
    b"Content-Transfer-Encoding: base64\r\n\r\naGVsbG8=\r\n"
    b"--b--\r\n"
)
FORWARD = ForwardSettings(
    sender="forwarder@example.com",
    mapping={"info@example.com": ["team@example.org"]},
    configuration_set="forwarding",
)
SETTINGS = Settings(
    bucket=BUCKET,
    prefix=PREFIX,
    key_arn=KEY_ARN,
    stops={"spam": ["FAIL"], "virus": ["FAIL", "DISABLED"], "dmarc": ["FAIL"]},
    dmarc_policies=["quarantine", "reject"],
    forward=FORWARD,
)


def notification(**changes: Any) -> dict[str, Any]:  # noqa: ANN401 - any field
    """What SES says; a change is a field of the receipt, or ``mail`` and ``action`` with fields of them."""
    passed = {"status": "PASS"}
    mail, action = changes.pop("mail", {}), changes.pop("action", {})
    return {
        "notificationType": "Received",
        "receipt": {
            "timestamp": "2026-06-01T08:00:01.000Z",
            "processingTimeMillis": 406,
            "recipients": ["info@example.com"],
            **{f"{check}Verdict": passed for check in ("spam", "virus", "spf", "dkim", "dmarc")},
            "action": {
                "type": "S3",
                "topicArn": "arn:aws:sns:eu-west-1:111111111111:inbound",
                "bucketName": BUCKET,
                "objectKeyPrefix": PREFIX,
                "objectKey": RAW_KEY,
            }
            | action,
        }
        | changes,
        "mail": {
            "timestamp": "2026-06-01T08:00:01.000Z",
            "source": "ann@example.net",
            "messageId": MESSAGE_ID,
            "destination": ["info@example.com"],
            "headersTruncated": False,
            "headers": [],
            "commonHeaders": {"subject": "secret subject"},
        }
        | mail,
    }


def event(*bodies: str) -> dict[str, Any]:
    """What Lambda gets from the queue."""
    return {"Records": [{"messageId": f"queue-{n}", "body": body} for n, body in enumerate(bodies)]}


class Context:
    """Lambda's."""

    def __init__(self, seconds: int = 110) -> None:
        self._seconds = seconds

    def get_remaining_time_in_millis(self) -> int:
        return self._seconds * 1000


@dataclass
class Delivery:
    """What became of a message of the queue."""

    dead: bool = False
    attempts: int = 0
    lines: list[dict[str, Any]] = field(default_factory=list)

    @property
    def last(self) -> dict[str, Any]:
        return self.lines[-1]


@contextmanager
def function(
    monkeypatch: pytest.MonkeyPatch, aws: Aws, settings: Settings = SETTINGS, *, decrypts: bool = False
) -> Iterator[None]:
    """The handler with these settings, in front of this double."""
    gateway = aws.decrypting_gateway() if decrypts else aws.gateway()
    with monkeypatch.context() as patch:
        patch.setattr(handler, "_settings", lambda: settings)
        patch.setattr(handler, "_gateway", lambda: gateway)
        patch.setattr("botocore.endpoint.time.sleep", lambda _: None)
        yield


def deliver(body: str, *, receives: int = 3, seconds: int = 110) -> Delivery:
    """Give a message to the function until it succeeds, at most so many times."""
    delivery = Delivery()
    while delivery.attempts < receives:
        delivery.attempts += 1
        out = io.StringIO()
        try:
            with redirect_stdout(out):
                answer = handler.handle(event(body), Context(seconds))
        except Died:
            continue
        delivery.lines += [json.loads(line) for line in out.getvalue().splitlines()]
        if not answer["batchItemFailures"]:
            return delivery
    delivery.dead = True
    return delivery
