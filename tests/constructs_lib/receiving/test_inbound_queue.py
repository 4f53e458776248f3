from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_sns as sns

from tests.constructs_lib.receiving.inbound_stacks import (
    NAME,
    build,
    synth,
)
from tests.synthesis import Resources, new_stack, only, resources, template_of

QUEUE = "AWS::SQS::Queue"
FUNCTION = "AWS::Lambda::Function"
SOURCE = "AWS::Lambda::EventSourceMapping"


def queues(template: dict[str, Any]) -> tuple[tuple[str, Any], tuple[str, Any]]:
    """Queue and dead-letter queue, each with its logical id."""
    found = {
        queue["Properties"]["QueueName"]: (key, queue) for key, queue in resources(template, QUEUE).items()
    }
    return found[NAME], found[f"{NAME}-dlq"]


def test_the_stateful_logical_ids_stay() -> None:
    template = synth()
    (queue_id, queue), (dead_id, dead) = queues(template)
    key_id, key = only(template, "AWS::KMS::Key")
    assert (queue_id, dead_id, key_id) == (
        "InboundAnnouncementsQueue7C069F3F",
        "InboundAnnouncementsDeadLettersA3855D0F",
        "InboundAnnouncementsKey57525FC0",
    )
    for resource in (queue, dead, key):
        assert resource["DeletionPolicy"] == "RetainExceptOnCreate"


def test_the_queue_waits_six_times_the_function_and_gives_up_after_five() -> None:
    template = synth()
    (_, queue), (dead_id, dead) = queues(template)
    assert queue["Properties"]["VisibilityTimeout"] == 6 * 120
    assert queue["Properties"]["RedrivePolicy"] == {
        "deadLetterTargetArn": {"Fn::GetAtt": [dead_id, "Arn"]},
        "maxReceiveCount": 5,
    }
    assert dead["Properties"]["MessageRetentionPeriod"] == 14 * 86400
    assert queue["Properties"]["MessageRetentionPeriod"] == 14 * 86400


def test_the_topic_feeds_the_queue_and_what_it_cannot_deliver_is_dead() -> None:
    template = synth()
    (queue_id, _), (dead_id, _) = queues(template)
    topic_id, topic = only(template, "AWS::SNS::Topic")
    _, subscription = only(template, "AWS::SNS::Subscription")
    key_id, _ = only(template, "AWS::KMS::Key")
    assert topic["Properties"] == {"TopicName": NAME, "KmsMasterKeyId": {"Fn::GetAtt": [key_id, "Arn"]}}
    assert subscription["Properties"] == {
        "Endpoint": {"Fn::GetAtt": [queue_id, "Arn"]},
        "Protocol": "sqs",
        "RawMessageDelivery": True,
        "RedrivePolicy": {"deadLetterTargetArn": {"Fn::GetAtt": [dead_id, "Arn"]}},
        "TopicArn": {"Ref": topic_id},
    }
    # Policies first: without them SNS could deliver nothing.
    assert {
        item["Type"] for key, item in template["Resources"].items() if key in subscription["DependsOn"]
    } == {"AWS::SNS::TopicPolicy", "AWS::SQS::QueuePolicy"}


def alarms(template: dict[str, Any]) -> Resources:
    return {
        item["Properties"]["MetricName"]: item["Properties"]
        for item in resources(template, "AWS::CloudWatch::Alarm").values()
    }


def test_alarms_on_dead_and_on_waiting_mail() -> None:
    template = synth(max_age=cdk.Duration.minutes(30))
    _, (dead_id, _) = queues(template)
    dead = alarms(template)["ApproximateNumberOfMessagesVisible"]
    assert dead["Dimensions"] == [{"Name": "QueueName", "Value": {"Fn::GetAtt": [dead_id, "QueueName"]}}]
    age = alarms(template)["ApproximateAgeOfOldestMessage"]
    assert (dead["Threshold"], age["Threshold"]) == (1, 1800)
    for alarm in (dead, age):
        assert alarm["ComparisonOperator"] == "GreaterThanOrEqualToThreshold"
        assert alarm["TreatMissingData"] == "notBreaching"
        assert "AlarmActions" not in alarm


def test_alarms_do_what_they_are_told() -> None:
    stack = new_stack()
    topic = sns.Topic(stack, "Operators")
    build(stack, alarm_actions=[actions.SnsAction(topic)])
    template = template_of(stack)
    assert all(alarm["AlarmActions"] for alarm in alarms(template).values())
