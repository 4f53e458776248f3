"""Against the example of the SES Developer Guide, with our own message."""

from datetime import UTC, datetime, timedelta

from local.mail_verdicts import judge
from local.receipt_notification import action_object, lambda_event, mail_object, notification, receipt_object
from local.received_mail import ReceivedMail

ARRIVED = datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)


def mail(content: bytes, **changes: str) -> ReceivedMail:
    return ReceivedMail(
        message_id=changes.get("message_id", "abc"),
        region="us-east-1",
        arrived=ARRIVED,
        source="bounces@other.example",
        recipients=("me@example.com", "you@example.com"),
        client_ip="192.0.2.1",
        helo="mx.other.example",
        content=content,
        verdicts=judge(content, source="bounces@other.example", look_up=lambda *_: ()),
    )


CONTENT = (
    b'From: "Doe, John" <john@other.example>\r\n'
    b"To: me@example.com,\r\n  =?utf-8?q?J=C3=B6rg?= <j@example.com>\r\n"
    b"Cc: c@example.com\r\nReply-To: r@other.example\r\nSubject: =?utf-8?b?SMOpbGxv?= there\r\n"
    b"Message-ID: <1@other.example>\r\nDate: Sun, 1 Mar 2026 12:00:00 +0000\r\nX-Raw: \xe9\r\n\r\nbody\r\n"
)


def test_the_mail_object() -> None:
    found = mail_object(mail(CONTENT), mail(CONTENT).raw(scanned=True))
    headers = found.pop("headers")
    assert found == {
        "timestamp": "2026-03-01T12:00:00.123Z",
        "source": "bounces@other.example",
        "messageId": "abc",
        "destination": ["me@example.com", "j@example.com", "c@example.com"],
        "headersTruncated": False,
        "commonHeaders": {
            "returnPath": "bounces@other.example",
            "from": ['"Doe, John" <john@other.example>'],
            "date": "Sun, 1 Mar 2026 12:00:00 +0000",
            "to": ["me@example.com", '"Jörg" <j@example.com>'],
            "cc": ["c@example.com"],
            "replyTo": ["r@other.example"],
            "messageId": "<1@other.example>",
            "subject": "Héllo there",
        },
    }
    assert headers[0] == {"name": "Return-Path", "value": "<bounces@other.example>"}
    assert headers[1]["value"] == (
        "from mx.other.example (mx.other.example [192.0.2.1]) by inbound-smtp.us-east-1.amazonaws.com "
        "with SMTP id abc for me@example.com; Sun, 01 Mar 2026 12:00:00 +0000 (UTC)"
    )
    assert headers[-1] == {"name": "X-Raw", "value": "\ufffd"}


def test_ten_kilobytes_of_headers() -> None:
    content = b"".join(b"X-%d: %s\r\n" % (number, b"x" * 900) for number in range(20)) + b"\r\nbody"
    found = mail_object(mail(content), content)
    assert found["headersTruncated"]
    assert 10 <= len(found["headers"]) < 20


def test_what_has_no_headers_at_all() -> None:
    for content in (b"", b"\r\n", b"body only", b": no name\r\n\r\n", b"From: a, <<>>@\r\nTo: \r\n\r\n"):
        found = mail_object(mail(content), content)
        assert found["destination"] == ["me@example.com", "you@example.com"]


def test_the_receipt_object() -> None:
    action = action_object(
        "S3Action", {"BucketName": "b", "TopicArn": "t", "ObjectKeyPrefix": "p"}, key="p/abc"
    )
    later = ARRIVED + timedelta(milliseconds=406)
    found = receipt_object(mail(CONTENT), ["me@example.com"], action, scanned=True, now=later)
    assert found == {
        "timestamp": "2026-03-01T12:00:00.123Z",
        "processingTimeMillis": 406,
        "recipients": ["me@example.com"],
        "spamVerdict": {"status": "PASS"},
        "virusVerdict": {"status": "PASS"},
        "spfVerdict": {"status": "GRAY"},
        "dkimVerdict": {"status": "GRAY"},
        "dmarcVerdict": {"status": "GRAY"},
        "action": {
            "type": "S3",
            "topicArn": "t",
            "bucketName": "b",
            "objectKeyPrefix": "p",
            "objectKey": "p/abc",
        },
    }
    failing = mail(b"X-Rehearsal-Verdicts: dmarc=FAIL, policy=reject, spam=FAIL\r\n\r\n")
    found = receipt_object(failing, [], {}, scanned=False, now=ARRIVED)
    assert (found["dmarcVerdict"], found["dmarcPolicy"]) == ({"status": "FAIL"}, "reject")
    assert found["spamVerdict"] == found["virusVerdict"] == {"status": "DISABLED"}


def test_topics_and_functions_are_told_the_same() -> None:
    assert notification({"r": 1}, {"m": 1}) == {
        "notificationType": "Received",
        "mail": {"m": 1},
        "receipt": {"r": 1},
    }
    assert notification({}, {}, content="")["content"] == ""
    (record,) = lambda_event({"r": 1}, {"m": 1})["Records"]
    assert record["ses"] == {"mail": {"m": 1}, "receipt": {"r": 1}}


def test_the_headers_on_top_of_a_message() -> None:
    top = mail(CONTENT).raw(scanned=False, added=b"X-A: b\r\n").removesuffix(CONTENT)
    assert top.endswith(b"X-A: b\r\n")
    assert b"Verdict" not in top
    assert all(line.endswith(b"\r") for line in top.split(b"\n")[:-1])
    assert mail(CONTENT).trace(scanned=True) == mail(CONTENT).trace(scanned=True)
    assert mail(CONTENT, message_id="other").trace(scanned=True) != mail(CONTENT).trace(scanned=True)
