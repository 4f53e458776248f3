import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from local.ses_events import Event, EventType, events_of, rendering_failure
from local.ses_message import Message
from local.ses_outgoing import from_v1, from_v2
from local.ses_rendering import missing_variable

SENT = datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)
NOW = SENT + timedelta(seconds=1.5)
MESSAGE = Message(
    message_id="id-1@email.amazonses.com",
    sent=SENT,
    source="Me <me@Example.com>",
    source_arn="arn:aws:ses:us-east-1:000000000000:identity/example.com",
    account="000000000000",
    configuration_set_name="set",
    destination=("someone@example.org",),
    headers=(("From", "Me <me@Example.com>"), ("To", "a@x.org, b@y.org"), ("Subject", "s")),
    tags={"campaign": "spring"},
)

# SES Developer Guide, "Contents of event data that Amazon SES publishes to Amazon SNS".
MAIL = {
    "timestamp": str,
    "messageId": str,
    "source": str,
    "sourceArn": str,
    "sendingAccountId": str,
    "destination": list,
    "headersTruncated": bool,
    "headers": list,
    "commonHeaders": dict,
    "tags": dict,
}
DETAILS: dict[EventType, dict[str, type]] = {
    EventType.SEND: {},
    EventType.DELIVERY: {
        "timestamp": str,
        "processingTimeMillis": int,
        "recipients": list,
        "smtpResponse": str,
        "reportingMTA": str,
    },
    EventType.BOUNCE: {
        "bounceType": str,
        "bounceSubType": str,
        "bouncedRecipients": list,
        "timestamp": str,
        "feedbackId": str,
        "reportingMTA": str,
    },
    EventType.COMPLAINT: {
        "complainedRecipients": list,
        "timestamp": str,
        "feedbackId": str,
        "complaintSubType": type(None),
        "userAgent": str,
        "complaintFeedbackType": str,
        "arrivalDate": str,
    },
    EventType.RENDERING_FAILURE: {"errorMessage": str, "templateName": str},
}


def to(*recipients: str, **changes: Any) -> list[Event]:  # noqa: ANN401 - fields of Message
    return events_of(replace(MESSAGE, destination=recipients, **changes), now=NOW)


def one_of_each() -> list[Event]:
    events = to("complaint@simulator.amazonses.com", "bounce@simulator.amazonses.com")
    return [*events, rendering_failure(replace(MESSAGE, template_name="t"), missing="name")]


@pytest.mark.parametrize("event", one_of_each(), ids=lambda event: event.type.name)
def test_an_event_has_the_documented_fields(event: Event) -> None:
    assert json.loads(json.dumps(event.body)) == event.body
    assert event.body.keys() == {"eventType", "mail", event.type.key}
    assert {name: type(value) for name, value in event.body["mail"].items()} == MAIL
    assert {name: type(value) for name, value in event.body[event.type.key].items()} == DETAILS[event.type]


def test_the_table_shows_every_type() -> None:
    assert {event.type for event in one_of_each()} == set(EventType)


@pytest.mark.parametrize(
    "recipient,expected",
    [
        ("someone@example.org", ["Send", "Delivery"]),
        ("success@simulator.amazonses.com", ["Send", "Delivery"]),
        ("ooto@simulator.amazonses.com", ["Send", "Delivery"]),
        ("other@simulator.amazonses.com", ["Send", "Delivery"]),
        ("bounce@simulator.amazonses.com", ["Send", "Bounce"]),
        ("Bounce+label@Simulator.AmazonSES.com", ["Send", "Bounce"]),
        ("suppressionlist@simulator.amazonses.com", ["Send", "Bounce"]),
        ("complaint+1@simulator.amazonses.com", ["Send", "Delivery", "Complaint"]),
        ("bounce@example.org", ["Send", "Delivery"]),
        ("bounce@evilsimulator.amazonses.com", ["Send", "Delivery"]),
    ],
)
def test_the_recipient_decides(recipient: str, expected: list[str]) -> None:
    events = to(recipient)
    assert [event.body["eventType"] for event in events] == expected
    assert recipient in json.dumps(events[-1].body[events[-1].type.key])


def test_a_message_is_sent_once_and_bounces_of_one_kind_are_combined() -> None:
    simulated = ("bounce+1", "suppressionlist", "success", "bounce+2")
    events = to(*(f"{name}@simulator.amazonses.com" for name in simulated))
    assert [event.type.name for event in events] == ["SEND", "DELIVERY", "BOUNCE", "BOUNCE"]
    general, suppressed = (event.body["bounce"] for event in events[2:])
    assert [who["emailAddress"][:8] for who in general["bouncedRecipients"]] == ["bounce+1", "bounce+2"]
    assert (general["bounceSubType"], suppressed["bounceSubType"]) == ("General", "Suppressed")
    assert general["feedbackId"] != suppressed["feedbackId"]


def test_mail_says_what_was_sent() -> None:
    send, delivery = (event.body for event in to("someone@example.org"))
    mail = delivery["mail"]
    assert mail["timestamp"] == "2026-01-02T03:04:05.678Z"
    assert mail["tags"] == {
        "campaign": ["spring"],
        "ses:configuration-set": ["set"],
        "ses:source-ip": ["127.0.0.1"],
        "ses:from-domain": ["example.com"],
        "ses:caller-identity": ["root"],
        "ses:outgoing-ip": ["127.0.0.1"],
    }
    assert "ses:outgoing-ip" not in send["mail"]["tags"]
    assert mail["commonHeaders"] == {
        "messageId": "id-1@email.amazonses.com",
        "from": ["Me <me@Example.com>"],
        "to": ["a@x.org", "b@y.org"],
        "subject": "s",
    }
    assert delivery["delivery"]["processingTimeMillis"] == 1500
    assert not mail["headersTruncated"]


def test_a_template_has_its_subject_only_after_the_send() -> None:
    send, delivery = (event.body["mail"] for event in to("someone@example.org", template_name="t"))
    assert "subject" not in send["commonHeaders"]
    assert delivery["commonHeaders"]["subject"] == "s"


def test_a_comma_in_a_name_is_not_a_second_address() -> None:
    headers = (("From", '"Doe, J" <j@Example.com>'), ("To", '"Roe, R" <r@x.org>, b@y.org'))
    message = replace(MESSAGE, source='"Doe, J" <j@Example.com>', headers=headers)
    mail = events_of(message, now=NOW)[0].body["mail"]
    assert mail["commonHeaders"]["from"] == ['"Doe, J" <j@Example.com>']
    assert mail["commonHeaders"]["to"] == ['"Roe, R" <r@x.org>', "b@y.org"]
    assert mail["tags"]["ses:from-domain"] == ["example.com"]


def test_headers_are_cut_at_ten_kilobytes() -> None:
    headers = (("From", "me@example.com"), ("X-Long", "x" * 10_240), ("Subject", "s"))
    mail = to("someone@example.org", headers=headers)[0].body["mail"]
    assert mail["headersTruncated"]
    assert mail["headers"] == [{"name": "From", "value": "me@example.com"}]


def test_no_address_is_in_the_part_that_the_emulator_may_log() -> None:
    # A real message id is longer: the emulator's are 36 characters and the domain.
    message_id = f"{'0' * 36}@email.amazonses.com"
    for event in to("bounce@simulator.amazonses.com", "a@example.org", message_id=message_id):
        assert "example" not in json.dumps(event.body)[:100].lower()


@pytest.mark.parametrize(
    "text,data,expected",
    [
        ("Hello {{name}}", '{"name": "a"}', None),
        ("Hello {{ name }}", "{}", "name"),
        ("Hello {{name}} {{city}}", '{"name": "a"}', "city"),
        ("Hello {{name}}", "", "name"),
        ("Hello {{name}}", "not json", "name"),
        ("Hello {{name}}", "[]", "name"),
        ("{{#if name}}{{city}}{{/if}}", "{}", None),
        ("{{amazonSESUnsubscribeUrl}}", "{}", None),
        ("Hello", "", None),
    ],
)
def test_a_variable_that_the_data_lacks(text: str, data: str, expected: str | None) -> None:
    assert missing_variable({"SubjectPart": "s", "HtmlPart": text}, data) == expected


def test_default_data_fills_in() -> None:
    assert missing_variable({"TextPart": "{{a}}{{b}}"}, '{"a": 1}', '{"b": 2}') is None


def test_each_destination_of_a_bulk_call_is_a_message_with_its_tags() -> None:
    entries = [
        {"Destination": {"ToAddresses": ["A <a@x.org>"], "BccAddresses": ["b@x.org"]}},
        {"Destination": {"ToAddresses": ["c@x.org"]}, "ReplacementTags": [{"Name": "k", "Value": "2"}]},
    ]
    body = {"DefaultEmailTags": [{"Name": "k", "Value": "1"}], "BulkEmailEntries": entries}
    v2 = from_v2(json.dumps(body).encode())
    prefix = "Destinations.member"
    v1 = from_v1(
        {
            "Action": "SendBulkTemplatedEmail",
            "DefaultTags.member.1.Name": "k",
            "DefaultTags.member.1.Value": "1",
            f"{prefix}.1.Destination.ToAddresses.member.1": "A <a@x.org>",
            f"{prefix}.1.Destination.BccAddresses.member.1": "b@x.org",
            f"{prefix}.2.Destination.ToAddresses.member.1": "c@x.org",
            f"{prefix}.2.ReplacementTags.member.1.Name": "k",
            f"{prefix}.2.ReplacementTags.member.1.Value": "2",
        }
    )
    for messages in (v1, v2):
        assert [sent.destination for sent in messages] == [("a@x.org", "b@x.org"), ("c@x.org",)]
        assert [sent.tags for sent in messages] == [{"k": "1"}, {"k": "2"}]
