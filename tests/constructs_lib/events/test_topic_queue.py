"""The queue in the consumer's account, and what the topic's owner lets that account do."""

from functools import cache
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam

from constructs_lib.events.feedback import Feedback, FeedbackQueue, FeedbackTopic
from constructs_lib.events.topic_queue import TopicQueue
from tests.constructs_lib.events.feedback_stacks import synth as sender_template
from tests.constructs_lib.events.other_account import (
    CONSUMER,
    EVENTS,
    KEY_ID,
    SENDER,
    SES,
    SET,
    SNS,
    THIRD,
    by,
    names,
    policy_of,
    service,
    stack_of,
)
from tests.iam import Policy, evaluate, identity_policies
from tests.support import TOKEN, refuses
from tests.synthesis import REGION, only, resources, template_of
from tests.test_nag import PACKS, findings

TOPIC = f"arn:aws:sns:{REGION}:{SENDER}:{SET}-bounce"
QUEUE = f"arn:aws:sqs:{REGION}:{CONSUMER}:bounces"
KEY = f"arn:aws:kms:{REGION}:{CONSUMER}:{KEY_ID}"
APPLICATION = f"arn:aws:iam::{CONSUMER}:role/Application"


def build(stack: cdk.Stack, **overrides: Any) -> TopicQueue:  # noqa: ANN401 - any option
    return TopicQueue(stack, "Bounces", **({"name": "bounces", "topic_arn": TOPIC} | overrides))


@cache
def consumer() -> dict[str, Any]:
    stack = stack_of(CONSUMER)
    queue = build(stack)
    queue.grant_consume(iam.Role(stack, "Application", assumed_by=iam.AccountRootPrincipal()))
    return template_of(stack)


def queue_policy(queue: str = QUEUE) -> Policy:
    return policy_of(consumer(), "AWS::SQS::QueuePolicy", CONSUMER, of=queue)


@cache
def topic_policy() -> Policy:
    topic = FeedbackTopic(kind=Feedback.BOUNCE, subscribing_queues=(QUEUE,))
    return policy_of(sender_template(topics=(topic,)), "AWS::SNS::TopicPolicy", SENDER)


def test_a_queue_of_its_owner_is_subscribed_when_it_may_be_filled() -> None:
    template = consumer()
    queues = resources(template, "AWS::SQS::Queue")
    (queue,) = (key for key, each in queues.items() if each["Properties"]["QueueName"] == "bounces")
    (dead,) = (key for key, each in queues.items() if each["Properties"]["QueueName"] == "bounces-dlq")
    _, subscription = only(template, "AWS::SNS::Subscription")
    assert subscription["Properties"] == {
        "TopicArn": TOPIC,
        "Protocol": "sqs",
        "Endpoint": {"Fn::GetAtt": [queue, "Arn"]},
        "RawMessageDelivery": False,
        # SNS wants it in the account and Region of the subscription.
        "RedrivePolicy": {"deadLetterTargetArn": {"Fn::GetAtt": [dead, "Arn"]}},
    }
    assert set(subscription["DependsOn"]) >= set(resources(template, "AWS::SQS::QueuePolicy"))
    assert queues[queue]["Properties"]["RedrivePolicy"]["maxReceiveCount"] == 5
    assert queues[queue]["Properties"]["MessageRetentionPeriod"] == 14 * 24 * 3600
    key, _ = only(template, "AWS::KMS::Key")
    for each in queues.values():
        assert each["Properties"]["KmsMasterKeyId"] == {"Fn::GetAtt": [key, "Arn"]}
        assert each["DeletionPolicy"] == "RetainExceptOnCreate"
    _, alarm = only(template, "AWS::CloudWatch::Alarm")
    assert alarm["Properties"]["AlarmName"] == "bounces-dead-letters"


def test_each_option_of_the_queue() -> None:
    stack = stack_of(CONSUMER)
    build(
        stack,
        queue=FeedbackQueue(raw=True, visibility_timeout_seconds=60, max_receive_count=3),
        removal_policy=cdk.RemovalPolicy.DESTROY,
    )
    template = template_of(stack)
    (queue,) = (
        each
        for each in resources(template, "AWS::SQS::Queue").values()
        if each["Properties"]["QueueName"] == "bounces"
    )
    assert queue["Properties"]["VisibilityTimeout"] == 60
    assert queue["Properties"]["RedrivePolicy"]["maxReceiveCount"] == 3
    assert queue["DeletionPolicy"] == "Delete"
    assert only(template, "AWS::SNS::Subscription")[1]["Properties"]["RawMessageDelivery"] is True


@pytest.mark.parametrize("queue", [QUEUE, f"{QUEUE}-dlq"])
def test_only_this_topic_of_that_account_fills_the_queues_and_uses_the_key(queue: str) -> None:
    key = policy_of(consumer(), "AWS::KMS::Key", CONSUMER)

    def both(name: str, account: str, source: str) -> list[Any]:
        return [
            service(name, account, source, "sqs:SendMessage", queue, queue_policy(queue)),
            service(name, account, source, "kms:GenerateDataKey", KEY, key),
            service(name, account, source, "kms:Decrypt", KEY, key),
        ]

    allowed = both(SNS, SENDER, TOPIC)
    denied = [
        *both(SNS, SENDER, TOPIC.replace("bounce", "complaint")),
        *both(SNS, SENDER, f"{TOPIC}-2"),
        *both(SNS, CONSUMER, TOPIC.replace(SENDER, CONSUMER)),
        *both(SNS, THIRD, TOPIC.replace(SENDER, THIRD)),
        *both(SES, SENDER, TOPIC),
        *both(EVENTS, SENDER, TOPIC),
        by(f"arn:aws:iam::{SENDER}:role/any", "sqs:SendMessage", queue, queue_policy(queue)),
        by(f"arn:aws:iam::{SENDER}:role/any", "kms:Decrypt", KEY, key),
        service(SNS, SENDER, TOPIC, "sqs:ReceiveMessage", queue, queue_policy(queue)),
        service(SNS, SENDER, TOPIC, "kms:Encrypt", KEY, key),
    ]
    decisions = evaluate([*allowed, *denied])
    assert [found.allowed for found in decisions] == [True] * len(allowed) + [False] * len(denied)
    plain = {"aws:SecureTransport": "false"}
    (insecure,) = evaluate(
        [service(SNS, SENDER, TOPIC, "sqs:SendMessage", queue, queue_policy(queue), **plain)]
    )
    assert set(insecure.results.values()) == {"ExplicitlyDenied"}


def test_the_consumers_account_may_subscribe_this_queue_and_nothing_else() -> None:
    deployer = f"arn:aws:iam::{CONSUMER}:role/Deploy"
    sqs = {"sns:Protocol": "sqs", "sns:Endpoint": QUEUE}
    allowed = [by(deployer, "sns:Subscribe", TOPIC, topic_policy(), **sqs)]
    denied = [
        by(deployer, "sns:Subscribe", TOPIC, topic_policy(), **(sqs | context))
        for context in (
            {"sns:Endpoint": f"{QUEUE}-2"},
            {"sns:Endpoint": QUEUE.replace(CONSUMER, THIRD)},
            {"sns:Protocol": "lambda"},
            {"sns:Protocol": "https", "sns:Endpoint": "https://example.net/"},
        )
    ]
    denied += [
        by(deployer, "sns:Subscribe", TOPIC, topic_policy()),
        by(f"arn:aws:iam::{THIRD}:role/Deploy", "sns:Subscribe", TOPIC, topic_policy(), **sqs),
        *(
            by(deployer, f"sns:{action}", TOPIC, topic_policy(), **sqs)
            for action in ("Publish", "SetTopicAttributes", "AddPermission", "DeleteTopic")
        ),
    ]
    decisions = evaluate([*allowed, *denied])
    assert [found.allowed for found in decisions] == [True] * len(allowed) + [False] * len(denied)


def test_nobody_may_subscribe_unless_asked_for() -> None:
    template = sender_template(topics=(FeedbackTopic(kind=Feedback.BOUNCE),))
    sqs = {"sns:Protocol": "sqs", "sns:Endpoint": QUEUE}
    policy = policy_of(template, "AWS::SNS::TopicPolicy", SENDER)
    (found,) = evaluate([by(f"arn:aws:iam::{CONSUMER}:role/Deploy", "sns:Subscribe", TOPIC, policy, **sqs)])
    assert not found.allowed


def test_an_application_of_the_consumer_reads_and_decrypts() -> None:
    (role,) = (key for key in resources(consumer(), "AWS::IAM::Role") if key.startswith("Application"))
    policies = identity_policies(consumer(), role, names(consumer(), CONSUMER))
    statements = [statement for policy in policies for statement in policy["Statement"]]
    actions = {
        action
        for each in statements
        for action in ([each["Action"]] if isinstance(each["Action"], str) else each["Action"])
    }
    assert actions >= {"sqs:ReceiveMessage", "sqs:DeleteMessage", "kms:Decrypt"}
    assert not [action for action in actions if "*" in action]


@pytest.mark.parametrize(
    "options, fragment",
    [
        ({"name": ""}, "name: "),
        ({"name": "a" * 77}, "name: "),
        ({"name": "bounces.fifo"}, "name: "),
        ({"name": TOKEN}, "name: "),
        ({"topic_arn": TOPIC + ".fifo"}, "topic_arn: "),
        ({"topic_arn": TOPIC.replace(REGION, "us-east-1")}, REGION),
        ({"topic_arn": f"{TOPIC}:a-subscription"}, "topic_arn: "),
        ({"topic_arn": QUEUE}, "topic_arn: "),
    ],
)
def test_refuses_before_anything_is_built(options: dict[str, Any], fragment: str) -> None:
    stack = stack_of(CONSUMER)
    with refuses("topic-queue-invalid", fragment):
        build(stack, **options)
    assert stack.node.try_find_child("Bounces") is None


def test_the_longest_name_and_a_token_pass() -> None:
    stack = stack_of(CONSUMER)
    assert build(stack, name="a" * 76, topic_arn=cdk.CfnParameter(stack, "Topic").value_as_string)


@pytest.mark.parametrize("pack", PACKS)
def test_the_rule_packs_are_clean(pack: Any) -> None:  # noqa: ANN401 - a class of cdk-nag
    stack = stack_of(CONSUMER)
    build(stack)
    assert findings(pack, stack) == set()
