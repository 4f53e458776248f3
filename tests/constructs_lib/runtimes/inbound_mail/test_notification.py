"""What comes out of the queue."""

import json
from typing import Any

import pytest

from constructs_lib.runtimes.inbound_mail.notification import NotificationError, Received, read_notification
from tests.constructs_lib.runtimes.inbound_mail.deliveries import MESSAGE_ID, PREFIX, RAW_KEY, notification
from tests.constructs_lib.runtimes.inbound_mail.double import BUCKET


def read(value: Any) -> Received | None:  # noqa: ANN401 - anything
    body = value if isinstance(value, str) else json.dumps(value)
    return read_notification(body, bucket=BUCKET, prefix=PREFIX)


def test_a_message_of_the_queue() -> None:
    received = read(notification(dmarcVerdict={"status": "FAIL"}, dmarcPolicy="REJECT"))
    assert received == Received(
        message_id=MESSAGE_ID,
        key=RAW_KEY,
        source="ann@example.net",
        recipients=("info@example.com",),
        timestamp="2026-06-01T08:00:01.000Z",
        verdicts={"spam": "PASS", "virus": "PASS", "spf": "PASS", "dkim": "PASS", "dmarc": "FAIL"},
        dmarc_policy="reject",
    )


def test_inside_of_the_envelope_of_sns() -> None:
    envelope = {"Type": "Notification", "MessageId": "x", "Message": json.dumps(notification())}
    assert read(envelope) == read(notification())


def test_checks_that_ses_does_not_mention() -> None:
    value = notification()
    del value["receipt"]["dmarcVerdict"], value["receipt"]["spamVerdict"]
    received = read(value)
    assert received is not None
    assert received.verdicts.keys() == {"virus", "spf", "dkim"}
    assert received.dmarc_policy is None


def test_a_bounce_has_no_source() -> None:
    received = read(notification(mail={"source": None}))
    assert received is not None
    assert received.source == ""


@pytest.mark.parametrize(
    "value",
    [
        notification(mail={"messageId": "AMAZON_SES_SETUP_NOTIFICATION"}),
        notification(action={"objectKey": f"{PREFIX}AMAZON_SES_SETUP_NOTIFICATION"}),
        "Successfully validated SNS topic for Amazon SES event publishing.",
        {
            "Type": "Notification",
            "Message": "Successfully validated SNS topic for Amazon SES event publishing.",
        },
    ],
)
def test_what_ses_only_tries(value: Any) -> None:  # noqa: ANN401
    assert read(value) is None


@pytest.mark.parametrize(
    "value, fragment",
    [
        ("", "not the JSON"),
        ("secret", "not the JSON"),
        ("[]", "not the JSON"),
        ({"Type": "Notification", "Message": 1}, "not the JSON"),
        ({}, "lacks something"),
        ({"receipt": [], "mail": 1}, "lacks something"),
        (notification(recipients=None), "lacks something"),
        (notification() | {"notificationType": "Bounce"}, "not the notification of an S3 action"),
        (notification(action={"type": "Lambda"}), "not the notification of an S3 action"),
        (notification(action={"bucketName": f"{BUCKET}2"}), "not this function's"),
        (notification(action={"objectKey": f"{RAW_KEY}2"}), "the key is not"),
        (notification(action={"objectKey": f"elsewhere/{MESSAGE_ID}"}), "the key is not"),
        (notification(mail={"messageId": "../x"}, action={"objectKey": f"{PREFIX}../x"}), "the key is not"),
        (
            notification(
                mail={"messageId": "a/summary.json"}, action={"objectKey": f"{PREFIX}a/summary.json"}
            ),
            "the key",
        ),
    ],
)
def test_anything_else_is_an_error_that_quotes_nothing(value: Any, fragment: str) -> None:  # noqa: ANN401
    with pytest.raises(NotificationError, match=fragment) as caught:
        read(value)
    assert "secret" not in str(caught.value)
