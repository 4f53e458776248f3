"""What the actions of rules do with a message, in which order, and what stops them."""

import base64
import email
from typing import Any

import pytest

from local.embedded import ACCOUNT, EmbeddedAws
from local.mailbox import read_raw, sent_messages
from local.receipt_actions import MAX_SNS_BYTES
from tests.local.conftest import Aws
from tests.local.receiving import MESSAGE, Receiver, header, new_receiver, rule

REGION = "us-west-2"
DOMAIN = "actions.example"
ME = f"me@{DOMAIN}"


@pytest.fixture(scope="module")
def receiver(embedded_aws: EmbeddedAws, aws: Aws) -> Receiver:
    found = new_receiver(embedded_aws, aws.in_region(REGION))
    found.aws.verified_domain(DOMAIN)
    return found


STOP = {"StopAction": {"Scope": "RuleSet"}}


def test_the_message_is_stored_as_it_came_below_the_headers_of_ses(receiver: Receiver) -> None:
    content = b"Subject: \xe9\r\nX: 1\r\n\r\n.dots\r\n..\r\n\xff\xfe bare\nline\r\n"
    with receiver.active(rule("r", receiver.store(ObjectKeyPrefix="raw"), ScanEnabled=True)):
        message_id = receiver.deliver(ME, content=content)
    stored = receiver.objects()[f"raw/{message_id}"]
    assert stored.endswith(content)
    ours = email.message_from_bytes(stored.removesuffix(content))
    assert ours["Return-Path"] == "<you@other.example>"
    assert f"inbound-smtp.{REGION}.amazonaws.com with SMTP id {message_id}" in ours["Received"]
    assert (ours["X-SES-Spam-Verdict"], ours["X-SES-Virus-Verdict"]) == ("PASS", "PASS")
    assert "dkim=none" in ours["Authentication-Results"]


def test_added_headers_are_on_everything_that_follows(receiver: Receiver) -> None:
    first, second = (receiver.store(ObjectKeyPrefix=prefix) for prefix in ("first", "second"))
    with receiver.active(rule("a", first, header("X-A")), rule("b", header("X-B"), second)):
        message_id = receiver.deliver(ME)
    objects = receiver.objects()
    assert b"X-A" not in objects[f"first/{message_id}"]
    assert objects[f"second/{message_id}"].endswith(b"X-A: yes\r\nX-B: yes\r\n" + MESSAGE)
    assert receiver.done(message_id) == [
        ("a", "S3Action", ""),
        ("a", "AddHeaderAction", ""),
        ("b", "AddHeaderAction", ""),
        ("b", "S3Action", ""),
    ]


def test_each_rule_is_for_its_own_recipients(receiver: Receiver) -> None:
    other = f"other@{DOMAIN}"
    tell = receiver.store(TopicArn=receiver.topic)
    with receiver.active(
        rule("me", tell, Recipients=[ME]),
        rule("nobody", tell, Recipients=[f"nobody@{DOMAIN}"]),
        rule("all", tell, ScanEnabled=True),
    ):
        receiver.deliver(ME, other)
    receipts = [message["receipt"] for message in receiver.messages()]
    assert [receipt["recipients"] for receipt in receipts] == [[ME], [ME, other]]
    assert [receipt["spamVerdict"]["status"] for receipt in receipts] == ["DISABLED", "PASS"]


def test_stop(receiver: Receiver) -> None:
    told = {"StopAction": {"Scope": "RuleSet", "TopicArn": receiver.topic}}
    with receiver.active(
        rule("other", STOP, Recipients=[f"other@{DOMAIN}"]), rule("a", told), rule("b", receiver.store())
    ):
        assert receiver.done(receiver.deliver(ME)) == [("a", "StopAction", "")]
    (message,) = receiver.messages()
    assert message["receipt"]["action"] == {"type": "Stop", "topicArn": receiver.topic}


def bounce(receiver: Receiver) -> dict[str, Any]:
    return {
        "BounceAction": {
            "Sender": f"mailer-daemon@{DOMAIN}",
            "SmtpReplyCode": "552",
            "StatusCode": "5.3.4",
            "Message": "Too large",
            "TopicArn": receiver.topic,
        }
    }


def test_a_bounce_is_a_message_to_the_sender(receiver: Receiver) -> None:
    before = {message["MessageId"] for message in sent_messages(receiver.aws.endpoint_url)}
    with receiver.active(rule("a", bounce(receiver), Recipients=[ME])):
        receiver.deliver(ME, sender="you@other.example")
        receiver.deliver(ME, sender="")  # never answered
    (message,) = (
        found for found in sent_messages(receiver.aws.endpoint_url) if found["MessageId"] not in before
    )
    assert (message["Source"], message["Destinations"]) == (f"mailer-daemon@{DOMAIN}", ["you@other.example"])
    report = email.message_from_bytes(read_raw(receiver.aws.endpoint_url, message["MessageId"]))
    assert report.get_content_type() == "multipart/report"
    assert report["Auto-Submitted"] == "auto-replied"
    parts: Any = report.get_payload()
    text, status, headers = parts
    assert "Too large" in text.get_payload()
    fields = status.get_payload()[1]
    assert (fields["Final-Recipient"], fields["Status"]) == (f"rfc822; {ME}", "5.3.4")
    assert fields["Diagnostic-Code"] == "smtp; 552 5.3.4 Too large"
    assert b"Subject: s" in headers.get_payload(decode=True)
    told = receiver.messages()[0]["receipt"]["action"]
    assert (told["type"], told["smtpReplyCode"], told["message"]) == ("Bounce", "552", "Too large")


@pytest.mark.parametrize("encoding", ["UTF-8", "Base64"])
def test_the_sns_action_has_the_content(receiver: Receiver, encoding: str) -> None:
    publish = {"SNSAction": {"TopicArn": receiver.topic, "Encoding": encoding}}
    with receiver.active(rule("a", publish)):
        receiver.deliver(ME, content=b"From: a@other.example\r\n\r\n\xc3\xa9\r\n")
    (message,) = receiver.messages()
    content = base64.b64decode(message["content"]).decode() if encoding == "Base64" else message["content"]
    assert content.startswith("Return-Path:")
    assert content.endswith("From: a@other.example\r\n\r\né\r\n")
    assert message["receipt"]["action"] == {
        "type": "SNS",
        "topicArn": receiver.topic,
        "encoding": encoding.upper(),
    }


def test_a_message_too_large_for_a_topic(receiver: Receiver) -> None:
    publish = {"SNSAction": {"TopicArn": receiver.topic}}
    with receiver.active(rule("a", publish, header("X-A"))):
        message_id = receiver.deliver(ME, content=MESSAGE + (b"x" * 78 + b"\r\n") * (MAX_SNS_BYTES // 80))
    assert receiver.done(message_id)[0] == ("a", "SNSAction", "OversizeError")
    assert receiver.messages() == []


def test_a_failed_action_does_not_stop_the_next(receiver: Receiver) -> None:
    s3 = receiver.client("s3")
    s3.create_bucket(Bucket="soon-gone", CreateBucketConfiguration={"LocationConstraint": REGION})
    gone = {"S3Action": {"BucketName": "soon-gone", "TopicArn": receiver.topic}}
    with receiver.active(rule("a", gone, receiver.store(ObjectKeyPrefix="kept"))):
        for found in s3.list_objects_v2(Bucket="soon-gone")["Contents"]:
            s3.delete_object(Bucket="soon-gone", Key=found["Key"])
        s3.delete_bucket(Bucket="soon-gone")
        message_id = receiver.deliver(ME)
    assert receiver.done(message_id) == [("a", "S3Action", "NoSuchBucket"), ("a", "S3Action", "")]
    assert receiver.messages() == []
    assert f"kept/{message_id}" in receiver.objects()


def test_workmail_is_on_the_list_only(receiver: Receiver) -> None:
    arn = f"arn:aws:workmail:{REGION}:{ACCOUNT}:organization/m-1"
    with receiver.active(rule("a", {"WorkmailAction": {"OrganizationArn": arn, "TopicArn": receiver.topic}})):
        assert receiver.done(receiver.deliver(ME)) == [("a", "WorkmailAction", "")]
    (message,) = receiver.messages()
    assert message["receipt"]["action"]["organizationArn"] == arn
