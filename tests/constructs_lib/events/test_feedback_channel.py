import json
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam

from constructs_lib.events.feedback import Feedback, FeedbackQueue, FeedbackTopic
from constructs_lib.events.feedback_topics import FeedbackTopics
from constructs_lib.events.subscribers import EmailSubscriber, HttpsSubscriber, QueueSubscriber, Subscriber
from tests.support import refuses
from tests.synthesis import ACCOUNT, REGION, new_stack, only, resources, template_of

NAME = "transactional"
SET_ARN = f"arn:aws:ses:{REGION}:{ACCOUNT}:configuration-set/{NAME}"
THEIRS = "arn:aws:sqs:eu-west-1:222222222222:theirs"
OPS = EmailSubscriber(address="ops@example.com")
HOOK = HttpsSubscriber(url="https://hooks.example.com/ses?a=b")
SECRET_HOOK = HttpsSubscriber(url="{{resolve:secretsmanager:hooks/bounces}}")


def build(stack: cdk.Stack, **options: Any) -> FeedbackTopics:  # noqa: ANN401 - of the topic
    topic = FeedbackTopic(**{"kind": Feedback.BOUNCE} | options)
    return FeedbackTopics(stack, "Feedback", configuration_set=NAME, topics=[topic])


def synth(**options: Any) -> dict[str, Any]:  # noqa: ANN401
    stack = new_stack()
    build(stack, **options)
    return template_of(stack)


def subscriptions(template: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {
        str(each["Properties"]["Endpoint"]): each["Properties"]
        for each in resources(template, "AWS::SNS::Subscription").values()
    }


def queues(template: dict[str, Any]) -> dict[str, tuple[str, dict[str, Any]]]:
    """Logical id and properties by queue name."""
    return {
        each["Properties"]["QueueName"]: (key, each["Properties"])
        for key, each in resources(template, "AWS::SQS::Queue").items()
    }


def statements(template: dict[str, Any], kind: str, member: str, logical_id: str) -> list[dict[str, Any]]:
    """The statements of the one policy that is attached to a queue or topic."""
    (found,) = (
        each["Properties"]
        for each in resources(template, kind).values()
        if {"Ref": logical_id} in each["Properties"][member]
    )
    policy: list[dict[str, Any]] = found["PolicyDocument"]["Statement"]
    return policy


def test_only_ses_for_this_set_may_publish_and_only_over_tls() -> None:
    template = synth()
    topic, resource = only(template, "AWS::SNS::Topic")
    assert "FifoTopic" not in resource["Properties"]
    publish, tls = statements(template, "AWS::SNS::TopicPolicy", "Topics", topic)
    assert publish == {
        "Sid": "SesPublishesEvents",
        "Effect": "Allow",
        "Principal": {"Service": "ses.amazonaws.com"},
        "Action": "sns:Publish",
        "Resource": {"Ref": topic},
        "Condition": {"StringEquals": {"aws:SourceAccount": ACCOUNT, "aws:SourceArn": SET_ARN}},
    }
    assert (tls["Effect"], tls["Principal"], tls["Resource"]) == ("Deny", "*", {"Ref": topic})
    assert tls["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    assert {"sns:Publish", "sns:Subscribe", "sns:SetTopicAttributes"} <= set(tls["Action"])
    assert not any("*" in action for action in tls["Action"])


def test_without_receivers_there_is_no_queue_at_all() -> None:
    template = synth()
    for kind in ("AWS::SQS::Queue", "AWS::SQS::QueuePolicy", "AWS::SNS::Subscription"):
        assert not resources(template, kind)


def test_a_queue_and_its_dead_letter_queue() -> None:
    template = synth(queue=FeedbackQueue())
    found = queues(template)
    (queue, properties), (dead, dead_properties) = found[f"{NAME}-bounce"], found[f"{NAME}-bounce-dlq"]
    assert len(found) == 2
    assert properties["RedrivePolicy"] == {
        "deadLetterTargetArn": {"Fn::GetAtt": [dead, "Arn"]},
        "maxReceiveCount": 5,
    }
    assert properties["VisibilityTimeout"] == 30
    # Shorter than the dead-letter queue's, because a message keeps its age when it is moved.
    assert "MessageRetentionPeriod" not in properties
    assert dead_properties["MessageRetentionPeriod"] == 14 * 86_400
    assert dead_properties["RedriveAllowPolicy"] == {
        "redrivePermission": "byQueue",
        "sourceQueueArns": [f"arn:aws:sqs:{REGION}:{ACCOUNT}:{NAME}-bounce"],
    }
    topic, _ = only(template, "AWS::SNS::Topic")
    for logical_id in (queue, dead):
        tls, send = statements(template, "AWS::SQS::QueuePolicy", "Queues", logical_id)
        arn = {"Fn::GetAtt": [logical_id, "Arn"]}
        assert (tls["Effect"], tls["Action"], tls["Principal"]) == ("Deny", "sqs:*", {"AWS": "*"})
        assert tls["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
        assert send == {
            "Sid": "OnlyThisTopicSends",
            "Effect": "Allow",
            "Principal": {"Service": "sns.amazonaws.com"},
            "Action": "sqs:SendMessage",
            "Resource": arn,
            "Condition": {"ArnEquals": {"aws:SourceArn": {"Ref": topic}}},
        }
    (subscription,) = subscriptions(template).values()
    assert subscription == {
        "TopicArn": {"Ref": topic},
        "Protocol": "sqs",
        "Endpoint": {"Fn::GetAtt": [queue, "Arn"]},
        "RawMessageDelivery": False,
        "RedrivePolicy": {"deadLetterTargetArn": {"Fn::GetAtt": [dead, "Arn"]}},
    }


def test_queue_options() -> None:
    template = synth(queue=FeedbackQueue(raw=True, visibility_timeout_seconds=360, max_receive_count=2))
    _, properties = queues(template)[f"{NAME}-bounce"]
    assert (properties["VisibilityTimeout"], properties["RedrivePolicy"]["maxReceiveCount"]) == (360, 2)
    (subscription,) = subscriptions(template).values()
    assert subscription["RawMessageDelivery"] is True


def test_the_longest_configuration_set_name_makes_a_name_that_sqs_takes() -> None:
    stack = new_stack()
    topics = [FeedbackTopic(kind=kind, queue=FeedbackQueue()) for kind in Feedback]
    FeedbackTopics(stack, "Feedback", configuration_set="x" * 64, topics=topics)
    assert max(map(len, queues(template_of(stack)))) <= 80


@pytest.mark.parametrize(
    "subscriber, protocol, endpoint",
    [
        (OPS, "email", "ops@example.com"),
        (HOOK, "https", HOOK.url),
        (SECRET_HOOK, "https", SECRET_HOOK.url),
        (QueueSubscriber(queue_arn=THEIRS), "sqs", THEIRS),
    ],
)
def test_each_subscriber_has_a_dead_letter_queue(
    subscriber: Subscriber, protocol: str, endpoint: str
) -> None:
    template = synth(subscribers=(subscriber,))
    dead, properties = queues(template)[f"{NAME}-bounce-dlq"]
    assert properties["RedriveAllowPolicy"] == {"redrivePermission": "denyAll"}
    found = subscriptions(template)[endpoint]
    assert found["Protocol"] == protocol
    assert found["RedrivePolicy"] == {"deadLetterTargetArn": {"Fn::GetAtt": [dead, "Arn"]}}
    assert found.get("RawMessageDelivery", False) is False
    assert ("DeliveryPolicy" in found) == (protocol == "https")


def test_a_queue_of_somebody_else_may_want_the_event_alone() -> None:
    found = subscriptions(synth(subscribers=(QueueSubscriber(queue_arn=THEIRS, raw=True),)))
    assert found[THEIRS]["RawMessageDelivery"] is True


def test_web_hooks_are_tried_for_long_but_not_longer_than_sns_allows() -> None:
    policy = subscriptions(synth(subscribers=(HOOK,)))[HOOK.url]["DeliveryPolicy"]["healthyRetryPolicy"]
    assert policy == {
        "numRetries": 20,
        "minDelayTarget": 5,
        "maxDelayTarget": 600,
        "backoffFunction": "exponential",
    }
    growth = (600 / 5) ** (1 / 19)
    assert 40 * 60 < sum(5 * growth**number for number in range(20)) < 3_600


def test_a_further_subscriber_in_front_renames_nothing() -> None:
    alone, together = synth(subscribers=(HOOK, OPS)), synth(subscribers=(SECRET_HOOK, OPS, HOOK))
    assert alone["Resources"].keys() < together["Resources"].keys()


def test_a_secret_url_is_nowhere_but_in_the_endpoint() -> None:
    stack = new_stack()
    stack.node.set_context("aws:cdk:enable-path-metadata", True)  # noqa: FBT003 - a context value
    build(stack, subscribers=(SECRET_HOOK,))
    assert json.dumps(template_of(stack)).count("{{resolve:") == 1


def test_subscribers_made_by_the_deployment_itself() -> None:
    stack = new_stack()
    url = cdk.Fn.import_value("Hook")
    build(stack, subscribers=(HttpsSubscriber(url=url), OPS))
    endpoints = [
        each["Properties"]["Endpoint"]
        for each in resources(template_of(stack), "AWS::SNS::Subscription").values()
    ]
    assert {"Fn::ImportValue": "Hook"} in endpoints


def test_ses_publishes_only_once_everything_is_there() -> None:
    template = synth(queue=FeedbackQueue(), subscribers=(OPS, HOOK))
    _, destination = only(template, "AWS::SES::ConfigurationSetEventDestination")
    awaited = {
        key
        for kind in ("AWS::SNS::TopicPolicy", "AWS::SQS::QueuePolicy", "AWS::SNS::Subscription")
        for key in resources(template, kind)
    }
    assert len(awaited) == 6
    assert set(destination["DependsOn"]) == awaited


def test_a_consumer_may_read_the_queue_and_nothing_else() -> None:
    stack = new_stack()
    feedback = build(stack, queue=FeedbackQueue())
    user = iam.Role(stack, "Consumer", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
    feedback.channels[Feedback.BOUNCE].grant_consume(user)
    template = template_of(stack)
    _, policy = only(template, "AWS::IAM::Policy")
    sqs, kms = policy["Properties"]["PolicyDocument"]["Statement"]
    queue, _ = queues(template)[f"{NAME}-bounce"]
    key, _ = only(template, "AWS::KMS::Key")
    assert sqs["Resource"] == {"Fn::GetAtt": [queue, "Arn"]}
    assert set(sqs["Action"]) == {
        "sqs:ReceiveMessage",
        "sqs:ChangeMessageVisibility",
        "sqs:GetQueueUrl",
        "sqs:DeleteMessage",
        "sqs:GetQueueAttributes",
    }
    assert (kms["Action"], kms["Resource"]) == ("kms:Decrypt", {"Fn::GetAtt": [key, "Arn"]})


def test_what_has_no_queue_cannot_be_read() -> None:
    stack = new_stack()
    feedback = build(stack)
    with refuses("feedback-topics-invalid", "transactional-bounce: queue"):
        feedback.channels[Feedback.BOUNCE].grant_consume(iam.AccountRootPrincipal())
