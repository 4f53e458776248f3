import json
from typing import Any

import pytest

from constructs_lib.events.event_destinations import CloudWatchDestination, Dimension, EventBridgeDestination
from constructs_lib.events.event_forward import EventForward, ForeignBus
from constructs_lib.events.feedback import Feedback, FeedbackQueue, FeedbackTopic
from constructs_lib.events.subscribers import EmailSubscriber
from stacks.feedback_config import MailFeedback
from stacks.monitoring_config import MailMonitoring
from stacks.monitoring_names import alarm_names, dead_letter_queues
from tests.stacks.test_config import environment
from tests.support import refuses
from tests.synthesis import resources, stage_stacks, stage_templates

BOUNCES = FeedbackTopic(kind=Feedback.BOUNCE, queue=FeedbackQueue())
BUS = "arn:aws:events:eu-west-1:222222222222:event-bus/mail-events"
ANALYTICS = EventForward(name="analytics", to=ForeignBus(arn=BUS))
ELSEWHERE = EventForward(name="analytics", to=ForeignBus(arn=BUS.replace("eu-west-1", "us-east-1")))
KEY = "arn:aws:kms:eu-west-1:111111111111:key/1234abcd-12ab-34cd-56ef-1234567890ab"
SENDING = ("Sending-eu-west-1", "Sending-us-east-1")


def test_by_default_nothing_is_published() -> None:
    assert not environment().feedback.publishes
    for stack in SENDING:
        assert {each["Type"] for each in stage_templates(environment())[stack]["Resources"].values()} == {
            "AWS::SES::ConfigurationSet"
        }


@pytest.mark.parametrize(
    "option",
    [
        {"topics": (BOUNCES,)},
        {"event_bridge": EventBridgeDestination()},
        {"cloud_watch": CloudWatchDestination(dimensions=(Dimension(name="a", default="b"),))},
    ],
)
def test_any_destination_publishes_in_every_region(option: dict[str, Any]) -> None:
    templates = stage_templates(environment(feedback=MailFeedback(**option)))
    for stack in SENDING:
        assert len(resources(templates[stack], "AWS::SES::ConfigurationSetEventDestination")) == 1


def test_a_key_of_ones_own_is_used_in_its_region_and_one_is_made_in_the_other() -> None:
    config = environment(feedback=MailFeedback(topics=(BOUNCES,)), existing_key_arns={"eu-west-1": KEY})
    theirs, made = (stage_templates(config)[stack] for stack in SENDING)
    assert not resources(theirs, "AWS::KMS::Key")
    assert {
        queue["Properties"]["KmsMasterKeyId"] for queue in resources(theirs, "AWS::SQS::Queue").values()
    } == {KEY}
    assert len(resources(made, "AWS::KMS::Key")) == 1


def test_a_rehearsal_keeps_neither_queues_nor_key() -> None:
    feedback = MailFeedback(topics=(BOUNCES,))
    template = stage_templates(environment(feedback=feedback, retain=False))["Sending-eu-west-1"]
    assert {each.get("DeletionPolicy", "Delete") for each in template["Resources"].values()} == {"Delete"}


@pytest.mark.parametrize(
    "options, code, fragment",
    [
        ({"topics": (BOUNCES, BOUNCES)}, "feedback-topics-invalid", "topics"),
        ({"forwards": (ANALYTICS,)}, "environment-invalid", "event_bridge=EventBridgeDestination()"),
        (
            {"forwards": (ANALYTICS, ANALYTICS), "event_bridge": EventBridgeDestination()},
            "environment-invalid",
            "each name once",
        ),
    ],
)
def test_refuses(options: dict[str, Any], code: str, fragment: str) -> None:
    with refuses(code, fragment):
        MailFeedback(**options)


@pytest.mark.parametrize(
    "arns, code, fragment",
    [
        ({"eu-west-2": KEY}, "environment-invalid", "test: existing_key_arns"),
        ({"eu-west-1": "alias/aws/sns"}, "encryption-key-unusable", "alias/aws/sns"),
        ({"us-east-1": KEY}, "encryption-key-unusable", "in us-east-1"),
    ],
)
def test_a_key_that_cannot_be_used_in_its_region_is_refused(
    arns: dict[str, str], code: str, fragment: str
) -> None:
    with refuses(code, fragment):
        environment(existing_key_arns=arns)


def test_reordering_topics_or_adding_one_renames_nothing() -> None:
    inbox = FeedbackTopic(kind=Feedback.COMPLAINT, subscribers=(EmailSubscriber(address="ops@example.net"),))
    before = stage_templates(environment(feedback=MailFeedback(topics=(BOUNCES,))))
    after = stage_templates(environment(feedback=MailFeedback(topics=(inbox, BOUNCES))))
    for stack in SENDING:
        assert before[stack]["Resources"].keys() < after[stack]["Resources"].keys()


def test_events_are_sent_on_in_the_region_of_each_bus() -> None:
    feedback = MailFeedback(event_bridge=EventBridgeDestination(), forwards=(ANALYTICS, ELSEWHERE))
    templates = stage_templates(environment(feedback=feedback))
    targets = [
        target["Arn"]
        for stack in SENDING
        for rule in resources(templates[stack], "AWS::Events::Rule").values()
        for target in rule["Properties"]["Targets"]
    ]
    assert targets == [ANALYTICS.to.arn, ELSEWHERE.to.arn]
    alone = MailFeedback(event_bridge=EventBridgeDestination(), forwards=(ANALYTICS,))
    assert not resources(stage_templates(environment(feedback=alone))[SENDING[1]], "AWS::Events::Rule")


def test_what_was_not_sent_on_is_told_to_the_topic_of_alarms_which_is_there_first() -> None:
    feedback = MailFeedback(event_bridge=EventBridgeDestination(), forwards=(ANALYTICS,))
    watched = environment(feedback=feedback, monitoring=MailMonitoring())
    stacks = stage_stacks(watched)
    (alarm,) = resources(stacks[SENDING[0]].template, "AWS::CloudWatch::Alarm").values()
    assert alarm["Properties"]["AlarmName"] == "transactional-analytics-dead-letters"
    assert alarm["Properties"]["AlarmName"] in alarm_names(watched, "eu-west-1")
    assert alarm["Properties"]["AlarmName"] not in alarm_names(watched, "us-east-1")
    assert "test-alarms" in json.dumps(alarm["Properties"]["AlarmActions"])
    assert "Monitoring-eu-west-1" in stacks[SENDING[0]].dependencies
    assert "Monitoring-us-east-1" not in stacks[SENDING[1]].dependencies
    queues = dead_letter_queues(watched, "eu-west-1")
    assert queues["events to analytics"] == "transactional-analytics-dlq"


def test_a_forward_that_no_rule_can_make_is_refused() -> None:
    feedback = MailFeedback(event_bridge=EventBridgeDestination(), forwards=(ANALYTICS,))
    with refuses("environment-invalid", "test: feedback: forwards"):
        environment(feedback=feedback, regions=("us-east-1",), domains=())
    with refuses("event-forwarding-invalid", "48 characters"):
        environment(feedback=feedback, configuration_set_name="s" * 40)
    with refuses("event-forwarding-invalid", "another account"):
        environment(feedback=feedback, account="222222222222")


def test_each_region_lets_its_own_queues_of_other_accounts() -> None:
    queues = tuple(f"arn:aws:sqs:{region}:222222222222:bounces" for region in ("eu-west-1", "us-east-1"))
    topic = FeedbackTopic(kind=Feedback.BOUNCE, subscribing_queues=queues)
    feedback = MailFeedback(topics=(topic,))
    policies = [
        json.dumps(resources(stage_templates(environment(feedback=feedback))[stack], "AWS::SNS::TopicPolicy"))
        for stack in SENDING
    ]
    assert [[queue in policy for queue in queues] for policy in policies] == [[True, False], [False, True]]
    with refuses("environment-invalid", "test: feedback: bounce: subscribing_queues"):
        environment(feedback=feedback, regions=("eu-west-1",))
