import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import pytest

from tests.local.conftest import Aws
from tests.local.test_ses_sending import MESSAGE, raw, sent

SUCCESS, BOUNCE, COMPLAINT = (
    f"{name}@simulator.amazonses.com" for name in ("success", "bounce", "complaint")
)
ORDINARY = "someone@example.org"
ALL = ("SEND", "DELIVERY", "BOUNCE", "COMPLAINT", "RENDERING_FAILURE")
Seen = list[tuple[str, str]]


@dataclass(frozen=True, kw_only=True)
class Events:
    """A verified domain with a configuration set, and a queue that shows what is published."""

    aws: Aws
    domain: str
    topic: str
    queue: str

    @classmethod
    def of(cls, aws: Aws, domain: str, *, raw_delivery: bool = True) -> "Events":
        name = domain.removesuffix(".example")
        aws.verified_domain(domain)
        topic = aws._client("sns").create_topic(Name=name)["TopicArn"]
        sqs = aws._client("sqs")
        queue = sqs.create_queue(QueueName=name)["QueueUrl"]
        arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        aws._client("sns").subscribe(
            TopicArn=topic,
            Protocol="sqs",
            Endpoint=arn,
            Attributes={"RawMessageDelivery": str(raw_delivery).lower()},
        )
        aws.ses.create_configuration_set(ConfigurationSetName=name)
        return cls(aws=aws, domain=domain, topic=topic, queue=queue)

    @property
    def name(self) -> str:
        return self.domain.removesuffix(".example")

    @property
    def sender(self) -> str:
        return f"me@{self.domain}"

    def destination(self, *types: str, enabled: bool = True, name: str = "events", topic: str = "") -> None:
        self.put(types, name=name, enabled=enabled, SnsDestination={"TopicArn": topic or self.topic})

    def put(self, types: Any, *, name: str = "events", enabled: bool = True, **target: Any) -> None:  # noqa: ANN401
        definition: Any = {"Enabled": enabled, "MatchingEventTypes": list(types), **target}
        self.aws.ses.create_configuration_set_event_destination(
            ConfigurationSetName=self.name, EventDestinationName=name, EventDestination=definition
        )

    def default(self) -> None:
        self.aws.ses.put_email_identity_configuration_set_attributes(
            EmailIdentity=self.domain, ConfigurationSetName=self.name
        )

    def send(self, to: str, **options: Any) -> str:  # noqa: ANN401 - passed on to boto3
        options.setdefault("ConfigurationSetName", self.name)
        options.setdefault("Content", {"Simple": MESSAGE})
        return self.aws.ses.send_email(
            FromEmailAddress=self.sender, Destination={"ToAddresses": [to]}, **options
        )["MessageId"]

    def bodies(self) -> list[str]:
        """What is in the queue now, taken out of it."""
        sqs, found = self.aws._client("sqs"), []
        while messages := sqs.receive_message(QueueUrl=self.queue, MaxNumberOfMessages=10).get("Messages"):
            for message in messages:
                found.append(message["Body"])
                sqs.delete_message(QueueUrl=self.queue, ReceiptHandle=message["ReceiptHandle"])
        return found

    def read(self) -> list[dict[str, Any]]:
        return [json.loads(body) for body in self.bodies()]

    def seen(self) -> Seen:
        """Type and message of every event, sorted; each is from this configuration set."""
        events = self.read()
        assert {name for event in events for name in event["mail"]["tags"]["ses:configuration-set"]} <= {
            self.name
        }
        return sorted((event["eventType"], event["mail"]["messageId"]) for event in events)


@pytest.fixture
def events(aws: Aws, domain: str) -> Events:
    return Events.of(aws, domain)


OUTCOMES = pytest.mark.parametrize(
    "to,expected",
    [
        (SUCCESS, ["Delivery", "Send"]),
        (ORDINARY, ["Delivery", "Send"]),
        (BOUNCE, ["Bounce", "Send"]),
        ("bounce+label@simulator.amazonses.com", ["Bounce", "Send"]),
        (COMPLAINT, ["Complaint", "Delivery", "Send"]),
    ],
)


@OUTCOMES
def test_a_send_of_v2_publishes_its_events_once(events: Events, to: str, expected: list[str]) -> None:
    events.destination(*ALL)
    message_id = events.send(to)
    assert events.seen() == [(kind, message_id) for kind in expected]


@OUTCOMES
def test_a_send_of_v1_publishes_its_events_once(events: Events, to: str, expected: list[str]) -> None:
    events.destination(*ALL)
    message_id = events.aws.ses_v1.send_email(
        Source=events.sender,
        Destination={"ToAddresses": [to]},
        Message=MESSAGE,
        ConfigurationSetName=events.name,
    )["MessageId"]
    assert events.seen() == [(kind, message_id) for kind in expected]


def test_sends_at_the_same_time_keep_their_own_events(events: Events) -> None:
    events.destination(*ALL)
    with ThreadPoolExecutor(8) as pool:
        ids = list(pool.map(events.send, [SUCCESS, BOUNCE] * 20))
    expected = [("Send", i) for i in ids] + [("Delivery", i) for i in ids[::2]]
    assert events.seen() == sorted(expected + [("Bounce", i) for i in ids[1::2]])


def test_the_identitys_default_set_and_the_header_of_a_raw_message(events: Events) -> None:
    events.destination("SEND")
    data: Any = {
        "Data": raw(events.sender, X_SES_CONFIGURATION_SET=events.name, X_SES_MESSAGE_TAGS="a=1, b=2")
    }
    v1, v2 = events.aws.ses_v1, events.aws.ses
    raw_v1 = v1.send_raw_email(RawMessage=data)["MessageId"]
    raw_v2 = v2.send_email(Content={"Raw": data}, EmailTags=[{"Name": "b", "Value": "3"}])["MessageId"]
    first, second = sorted(events.read(), key=lambda event: event["mail"]["messageId"] == raw_v2)
    assert [first["mail"]["messageId"], second["mail"]["messageId"]] == [raw_v1, raw_v2]
    assert {name: first["mail"]["tags"][name] for name in "ab"} == {"a": ["1"], "b": ["2"]}
    assert {name: second["mail"]["tags"][name] for name in "ab"} == {"a": ["1"], "b": ["3"]}
    assert first["mail"]["destination"] == second["mail"]["destination"] == [SUCCESS]
    assert first["mail"]["sourceArn"].endswith(f":identity/{events.domain}")

    events.default()
    plain: Any = {"Data": raw(events.sender)}
    by_default = [
        v1.send_raw_email(RawMessage=plain, Destinations=[ORDINARY])["MessageId"],
        events.send(ORDINARY, ConfigurationSetName=events.name),
        v2.send_email(
            FromEmailAddress=events.sender,
            Destination={"ToAddresses": [ORDINARY]},
            Content={"Simple": MESSAGE},
        )["MessageId"],
    ]
    assert events.seen() == sorted(("Send", message_id) for message_id in by_default)


def test_templated_sends_are_published_or_fail_to_render(events: Events) -> None:
    events.destination("SEND", "RENDERING_FAILURE")
    aws, name, sender = events.aws, events.name, events.sender
    aws.ses_v1.create_template(Template={"TemplateName": name, "SubjectPart": "{{a}}", "TextPart": "t"})
    to: Any = {"ToAddresses": [ORDINARY]}
    expected: list[str] = []
    failed: list[str] = []
    for data, ids in (('{"a": "1"}', expected), ("{}", failed)):
        ids.append(
            aws.ses_v1.send_templated_email(
                Source=sender, Destination=to, Template=name, TemplateData=data, ConfigurationSetName=name
            )["MessageId"]
        )
        ids.append(events.send(ORDINARY, Content={"Template": {"TemplateName": name, "TemplateData": data}}))
    bulk_v2 = aws.ses.send_bulk_email(
        FromEmailAddress=sender,
        ConfigurationSetName=name,
        DefaultContent={"Template": {"TemplateName": name, "TemplateData": '{"a": "1"}'}},
        BulkEmailEntries=[{"Destination": to}, {"Destination": {"ToAddresses": [BOUNCE]}}],
    )
    expected += [result["MessageId"] for result in bulk_v2["BulkEmailEntryResults"]]
    bulk_v1 = aws.ses_v1.send_bulk_templated_email(
        Source=sender,
        ConfigurationSetName=name,
        Template=name,
        DefaultTemplateData="{}",
        Destinations=[
            {"Destination": to, "ReplacementTemplateData": '{"a": "1"}'},
            {"Destination": to, "ReplacementTemplateData": '{"b": "1"}'},
        ],
    )["Status"]
    expected.append(bulk_v1[0]["MessageId"])
    failed.append(bulk_v1[1]["MessageId"])

    published = events.read()
    seen = sorted((event["eventType"], event["mail"]["messageId"]) for event in published)
    assert seen == sorted([("Send", i) for i in expected] + [("Rendering Failure", i) for i in failed])
    assert {json.dumps(event["failure"]) for event in published if "failure" in event} == {
        json.dumps(
            {
                "errorMessage": "Attribute 'a' is not present in the rendering data.",
                "templateName": name,
            }
        )
    }
    assert sent(aws, expected[0])
    for message_id in failed:
        with pytest.raises(StopIteration):
            sent(aws, message_id)


def test_only_an_enabled_destination_with_a_matching_type_gets_an_event(events: Events) -> None:
    events.destination("BOUNCE", "COMPLAINT", name="problems")
    events.destination(*ALL, name="off", enabled=False)
    events.send(SUCCESS)
    assert events.seen() == []
    message_id = events.send(BOUNCE)
    assert events.seen() == [("Bounce", message_id)]
    events.destination("BOUNCE", name="second")
    message_id = events.send(BOUNCE)
    assert events.seen() == [("Bounce", message_id)] * 2


def test_nothing_without_a_configuration_set_or_a_destination(events: Events) -> None:
    events.send(BOUNCE)
    assert events.seen() == []
    events.destination(*ALL)
    events.aws.ses.send_email(
        FromEmailAddress=events.sender, Destination={"ToAddresses": [BOUNCE]}, Content={"Simple": MESSAGE}
    )
    assert events.seen() == []


def test_without_raw_delivery_the_event_is_in_the_notification(aws: Aws, domain: str) -> None:
    events = Events.of(aws, domain, raw_delivery=False)
    events.destination("SEND")
    message_id = events.send(SUCCESS, EmailTags=[{"Name": "campaign", "Value": "spring"}])
    (notification,) = events.read()
    assert notification["Type"] == "Notification"
    assert notification["Subject"] == "Amazon SES Email Event Notification"
    mail = json.loads(notification["Message"])["mail"]
    assert (mail["messageId"], mail["tags"]["campaign"]) == (message_id, ["spring"])


def test_identity_notifications_are_a_second_source_only_where_they_are_set(events: Events) -> None:
    events.destination("BOUNCE")
    v1: Any = {"Source": events.sender, "Message": MESSAGE, "ConfigurationSetName": events.name}
    events.aws.ses_v1.send_email(Destination={"ToAddresses": [BOUNCE]}, **v1)
    assert [event.get("eventType") for event in events.read()] == ["Bounce"]
    events.aws.ses_v1.set_identity_notification_topic(
        Identity=events.domain, NotificationType="Bounce", SnsTopic=events.topic
    )
    events.aws.ses_v1.send_email(Destination={"ToAddresses": [BOUNCE]}, **v1)
    kinds = [(event.get("eventType"), event.get("notificationType")) for event in events.read()]
    assert sorted(kinds, key=str) == [("Bounce", None), (None, "Bounce")]


def test_a_topic_that_is_gone_loses_the_event_and_not_the_mail(events: Events) -> None:
    events.destination("SEND", name="gone", topic=f"{events.topic}-gone")
    events.destination("SEND")
    message_id = events.send(SUCCESS)
    assert events.seen() == [("Send", message_id)]
    assert sent(events.aws, message_id)


def test_eventbridge_gets_the_event_under_its_name_there(events: Events) -> None:
    bus = "arn:aws:events:us-east-1:000000000000:event-bus/default"
    events.put(["BOUNCE", "SEND"], EventBridgeDestination={"EventBusArn": bus})
    client, sqs = events.aws._client("events"), events.aws._client("sqs")
    pattern = {
        "source": ["aws.ses"],
        "detail-type": ["Email Bounced"],
        "detail": {"mail": {"tags": {"ses:configuration-set": [events.name]}}},
    }
    attributes = sqs.get_queue_attributes(QueueUrl=events.queue, AttributeNames=["QueueArn"])["Attributes"]
    client.put_rule(Name=events.name, EventPattern=json.dumps(pattern))
    client.put_targets(Rule=events.name, Targets=[{"Id": "queue", "Arn": attributes["QueueArn"]}])
    message_id = events.send(BOUNCE)
    (event,) = events.read()
    assert (event["source"], event["detail-type"]) == ("aws.ses", "Email Bounced")
    assert event["resources"] == [f"arn:aws:ses:us-east-1:000000000000:identity/{events.domain}"]
    assert event["detail"]["eventType"] == "Bounce"
    assert event["detail"]["mail"]["messageId"] == message_id
