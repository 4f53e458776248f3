"""Events that go from one account of the embedded AWS to another, as SNS and EventBridge carry them."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import aws_cdk as cdk
import pytest

from constructs_lib.events.event_destinations import EventBridgeDestination
from constructs_lib.events.event_forward import EventForward, ForeignBus, ForeignTopic
from constructs_lib.events.event_forwarding import EventForwarding
from constructs_lib.events.feedback import Feedback, FeedbackQueue, FeedbackTopic
from constructs_lib.events.feedback_topics import FeedbackTopics
from constructs_lib.events.forwarded_events import ForwardedEvents
from constructs_lib.events.forwarded_topic import ForwardedTopic
from constructs_lib.events.subscribers import QueueSubscriber
from constructs_lib.events.topic_queue import TopicQueue
from constructs_lib.sending.sending_profile import SendingProfile
from local.embedded import REGION, EmbeddedAws
from tests.local.conftest import Aws
from tests.local.deployable import Deployable, delete_stack
from tests.synthesis import new_app

SENDER, CONSUMER = "111111111111", "222222222222"
BOUNCE = "bounce@simulator.amazonses.com"
DESTROY = cdk.RemovalPolicy.DESTROY
Deploy = Callable[[str, Callable[[cdk.Stack], object]], None]


@pytest.fixture
def deploy(embedded_aws: EmbeddedAws) -> Iterator[Deploy]:
    """Deploys what a function builds into an account; the last one is taken away first."""
    made: list[tuple[str, str]] = []

    def one(account: str, build: Callable[[cdk.Stack], object]) -> None:
        name = f"s{len(made)}"
        stack = cdk.Stack(
            new_app(),
            name,
            env=cdk.Environment(account=account, region=REGION),
            synthesizer=cdk.DefaultStackSynthesizer(generate_bootstrap_version_rule=False),
        )
        build(stack)
        Deployable.of(stack).deploy(Aws(endpoint_url=embedded_aws.endpoint_url, access_key=account))
        made.append((account, name))

    yield one
    for account, name in reversed(made):
        delete_stack(Aws(endpoint_url=embedded_aws.endpoint_url, access_key=account), name)


@pytest.fixture
def sender(embedded_aws: EmbeddedAws) -> Aws:
    return Aws(endpoint_url=embedded_aws.endpoint_url, access_key=SENDER)


@pytest.fixture
def consumer(embedded_aws: EmbeddedAws) -> Aws:
    return Aws(endpoint_url=embedded_aws.endpoint_url, access_key=CONSUMER)


def publishes(
    stack: cdk.Stack, name: str, *topics: FeedbackTopic, forward: EventForward | None = None
) -> None:
    profile = SendingProfile(stack, "Sending", configuration_set_name=name)
    FeedbackTopics(
        stack,
        "Feedback",
        configuration_set=profile,
        topics=topics,
        event_bridge=EventBridgeDestination(),
        removal_policy=DESTROY,
    )
    if forward is not None:
        EventForwarding(stack, "Forward", configuration_set=profile, forward=forward, removal_policy=DESTROY)


def taken(aws: Aws, name: str) -> list[dict[str, Any]]:
    """What is in a queue, taken out of it."""
    sqs = aws._client("sqs")
    url = sqs.get_queue_url(QueueName=name)["QueueUrl"]
    found = []
    while messages := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
        for message in messages:
            found.append(json.loads(message["Body"]))
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    return found


def bounce(aws: Aws, domain: str, name: str) -> str:
    return aws.ses.send_email(
        FromEmailAddress=f"me@{domain}",
        Destination={"ToAddresses": [BOUNCE]},
        Content={"Simple": {"Subject": {"Data": "s"}, "Body": {"Text": {"Data": "t"}}}},
        ConfigurationSetName=name,
    )["MessageId"]


@pytest.fixture
def name(sender: Aws, domain: str) -> str:
    """A configuration set's, of a domain that sends for it."""
    sender.verified_domain(domain)
    return domain.removesuffix(".example")


def test_a_queue_that_its_owner_subscribes_gets_the_events_and_nobody_confirms(
    deploy: Deploy, sender: Aws, consumer: Aws, domain: str, name: str
) -> None:
    queue = f"arn:aws:sqs:{REGION}:{CONSUMER}:{name}-theirs"
    topic = f"arn:aws:sns:{REGION}:{SENDER}:{name}-bounce"
    bounces = FeedbackTopic(kind=Feedback.BOUNCE, subscribing_queues=(queue,))
    deploy(SENDER, lambda stack: publishes(stack, name, bounces))
    deploy(
        CONSUMER,
        lambda stack: TopicQueue(
            stack,
            "Queue",
            name=f"{name}-theirs",
            topic_arn=topic,
            queue=FeedbackQueue(raw=True),
            removal_policy=DESTROY,
        ),
    )
    (found,) = sender._client("sns").list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
    assert found["SubscriptionArn"].startswith(f"{topic}:")
    assert (found["Owner"], found["Endpoint"]) == (CONSUMER, queue)
    sent = bounce(sender, domain, name)
    assert [event["mail"]["messageId"] for event in taken(consumer, f"{name}-theirs")] == [sent]
    delete_stack(consumer, "s1")
    assert sender._client("sns").list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"] == []


def test_a_queue_that_the_topics_owner_subscribes_waits_for_its_owner(
    deploy: Deploy, sender: Aws, consumer: Aws, domain: str, name: str
) -> None:
    queue = f"arn:aws:sqs:{REGION}:{CONSUMER}:{name}-waits"
    consumer._client("sqs").create_queue(QueueName=f"{name}-waits")
    bounces = FeedbackTopic(kind=Feedback.BOUNCE, subscribers=(QueueSubscriber(queue_arn=queue),))
    deploy(SENDER, lambda stack: publishes(stack, name, bounces))
    topic = f"arn:aws:sns:{REGION}:{SENDER}:{name}-bounce"
    (found,) = sender._client("sns").list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
    assert found["SubscriptionArn"] == "PendingConfirmation"
    bounce(sender, domain, name)
    assert taken(consumer, f"{name}-waits") == []


def test_a_rule_carries_the_events_of_its_set_to_the_bus_of_another_account(
    deploy: Deploy, sender: Aws, consumer: Aws, domain: str, name: str
) -> None:
    bus = ForeignBus(arn=f"arn:aws:events:{REGION}:{CONSUMER}:event-bus/{name}")
    forward = EventForward(name="analytics", to=bus)
    deploy(
        CONSUMER,
        lambda stack: ForwardedEvents(
            stack,
            "Events",
            name=name,
            sender_account=SENDER,
            rule_name=forward.rule_name(name),
            removal_policy=DESTROY,
        ),
    )
    deploy(SENDER, lambda stack: publishes(stack, name, forward=forward))
    deploy(SENDER, lambda stack: publishes(stack, f"{name}-other"))
    sent = bounce(sender, domain, name)
    bounce(sender, domain, f"{name}-other")
    events = taken(consumer, name)
    assert {event["account"] for event in events} == {SENDER}
    assert {event["source"] for event in events} == {"aws.ses"}
    assert {event["detail"]["mail"]["messageId"] for event in events} == {sent}
    assert "Email Bounced" in {event["detail-type"] for event in events}


def test_a_rule_carries_the_ses_event_alone_to_a_topic_of_another_account(
    deploy: Deploy, sender: Aws, consumer: Aws, domain: str, name: str
) -> None:
    topic = ForeignTopic(arn=f"arn:aws:sns:{REGION}:{CONSUMER}:{name}")
    forward = EventForward(name="support", to=topic)

    def receives(stack: cdk.Stack) -> None:
        ForwardedTopic(
            stack,
            "Topic",
            name=name,
            sender_account=SENDER,
            role_name=forward.role_name(name),
            removal_policy=DESTROY,
        )
        TopicQueue(
            stack,
            "Queue",
            name=f"{name}-support",
            topic_arn=topic.arn,
            queue=FeedbackQueue(raw=True),
            removal_policy=DESTROY,
        ).node.add_dependency(stack.node.find_child("Topic"))

    deploy(CONSUMER, receives)
    deploy(SENDER, lambda stack: publishes(stack, name, forward=forward))
    sent = bounce(sender, domain, name)
    events = taken(consumer, f"{name}-support")
    assert {event["mail"]["messageId"] for event in events} == {sent}
    assert "Bounce" in {event["eventType"] for event in events}


def test_without_a_role_a_rule_reaches_nothing_of_another_account(
    sender: Aws, consumer: Aws, name: str
) -> None:
    consumer._client("sqs").create_queue(QueueName=f"{name}-none")
    events = sender._client("events")
    events.put_rule(Name=f"{name}-none", EventPattern=json.dumps({"source": ["own"]}))
    target = f"arn:aws:sqs:{REGION}:{CONSUMER}:{name}-none"
    events.put_targets(Rule=f"{name}-none", Targets=[{"Id": "t", "Arn": target}])
    events.put_events(Entries=[{"Source": "own", "DetailType": "t", "Detail": "{}"}])
    assert taken(consumer, f"{name}-none") == []
    role = f"arn:aws:iam::{SENDER}:role/any"
    events.put_targets(Rule=f"{name}-none", Targets=[{"Id": "t", "Arn": target, "RoleArn": role}])
    events.put_events(Entries=[{"Source": "own", "DetailType": "t", "Detail": "{}"}])
    assert len(taken(consumer, f"{name}-none")) == 1
