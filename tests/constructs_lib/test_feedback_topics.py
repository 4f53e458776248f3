import json
from typing import Any

import aws_cdk as cdk
import pytest

from constructs_lib.event_destinations import (
    CloudWatchDestination,
    Dimension,
    EventBridgeDestination,
    FirehoseDestination,
)
from constructs_lib.feedback import Feedback, FeedbackQueue, FeedbackTopic, SendingEvent
from constructs_lib.feedback_topics import FeedbackTopics
from constructs_lib.sending_profile import SendingProfile
from constructs_lib.subscribers import EmailSubscriber
from tests.support import refuses
from tests.synthesis import ACCOUNT, REGION, new_stack, only, outputs, resources, template_of
from tests.test_nag import PACKS, findings

NAME = "transactional"
SET_ARN = f"arn:aws:ses:{REGION}:{ACCOUNT}:configuration-set/{NAME}"
FROM_SET = {"StringEquals": {"aws:SourceAccount": ACCOUNT, "aws:SourceArn": SET_ARN}}
KEY = f"arn:aws:kms:{REGION}:222222222222:key/1234abcd-12ab-34cd-56ef-1234567890ab"
STREAM = f"arn:aws:firehose:{REGION}:{ACCOUNT}:deliverystream/events"
USE = ["kms:Decrypt", "kms:GenerateDataKey*"]
SILENT = tuple(FeedbackTopic(kind=kind) for kind in Feedback)
QUEUED = (
    FeedbackTopic(kind=Feedback.BOUNCE, queue=FeedbackQueue()),
    FeedbackTopic(kind=Feedback.COMPLAINT, subscribers=(EmailSubscriber(address="ops@example.com"),)),
    FeedbackTopic(kind=Feedback.DELIVERY),
)
SES_STATEMENT = {
    "Sid": "SesPublishesEvents",
    "Effect": "Allow",
    "Principal": {"Service": "ses.amazonaws.com"},
    "Action": USE,
    "Resource": "*",
    "Condition": FROM_SET,
}
SNS_STATEMENT = {
    "Sid": "SnsFillsQueues",
    "Effect": "Allow",
    "Principal": {"Service": "sns.amazonaws.com"},
    "Action": USE,
    "Resource": "*",
    "Condition": {
        "ArnEquals": {
            "aws:SourceArn": [
                f"arn:aws:sns:{REGION}:{ACCOUNT}:{NAME}-bounce",
                f"arn:aws:sns:{REGION}:{ACCOUNT}:{NAME}-complaint",
            ]
        }
    },
}
DESTINATION = "AWS::SES::ConfigurationSetEventDestination"


def build(stack: cdk.Stack, **overrides: Any) -> FeedbackTopics:  # noqa: ANN401 - any option
    options: dict[str, Any] = {"topics": SILENT} | overrides
    if "configuration_set" not in options:
        options["configuration_set"] = SendingProfile(stack, "Sending", configuration_set_name=NAME)
    return FeedbackTopics(stack, "Feedback", **options)


def synth(**overrides: Any) -> dict[str, Any]:  # noqa: ANN401
    stack = new_stack()
    build(stack, **overrides)
    return template_of(stack)


def destinations(template: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The event destinations by name, checked to be on and to come after the configuration set."""
    found = {}
    profile, _ = only(template, "AWS::SES::ConfigurationSet")
    for resource in resources(template, DESTINATION).values():
        assert resource["Properties"]["ConfigurationSetName"] == NAME
        assert profile in resource["DependsOn"]
        destination = dict(resource["Properties"]["EventDestination"])
        assert destination.pop("Enabled") is True
        found[destination.pop("Name")] = destination
    return found


def test_by_default_each_kind_has_its_topic_and_nothing_else_is_made() -> None:
    template = synth()
    assert sorted(resource["Type"] for resource in template["Resources"].values()) == sorted(
        ["AWS::SES::ConfigurationSet", "AWS::KMS::Key"]
        + ["AWS::SNS::Topic", "AWS::SNS::TopicPolicy", DESTINATION] * 4
    )
    assert "Outputs" not in template
    topics = {
        resource["Properties"]["TopicName"]: key
        for key, resource in resources(template, "AWS::SNS::Topic").items()
    }
    assert destinations(template) == {
        "bounce": {
            "MatchingEventTypes": ["bounce"],
            "SnsDestination": {"TopicARN": {"Ref": topics[f"{NAME}-bounce"]}},
        },
        "complaint": {
            "MatchingEventTypes": ["complaint"],
            "SnsDestination": {"TopicARN": {"Ref": topics[f"{NAME}-complaint"]}},
        },
        "delivery": {
            "MatchingEventTypes": ["delivery"],
            "SnsDestination": {"TopicARN": {"Ref": topics[f"{NAME}-delivery"]}},
        },
        "failure": {
            "MatchingEventTypes": ["reject", "renderingFailure", "deliveryDelay"],
            "SnsDestination": {"TopicARN": {"Ref": topics[f"{NAME}-failure"]}},
        },
    }


def test_the_key_is_rotated_kept_and_lets_exactly_ses_and_the_topics_with_queues_use_it() -> None:
    template = synth(topics=QUEUED)
    key, resource = only(template, "AWS::KMS::Key")
    assert resource["Properties"]["EnableKeyRotation"] is True
    assert (resource["DeletionPolicy"], resource["UpdateReplacePolicy"]) == ("RetainExceptOnCreate", "Retain")
    root, *services = resource["Properties"]["KeyPolicy"]["Statement"]
    assert root["Principal"] == {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}
    assert services == [SES_STATEMENT, SNS_STATEMENT]
    arn = {"Fn::GetAtt": [key, "Arn"]}
    encrypted = resources(template, "AWS::SNS::Topic") | resources(template, "AWS::SQS::Queue")
    assert len(encrypted) == 6
    assert all(each["Properties"]["KmsMasterKeyId"] == arn for each in encrypted.values())


def test_without_queues_sns_has_no_use_of_the_key() -> None:
    _, resource = only(synth(), "AWS::KMS::Key")
    assert resource["Properties"]["KeyPolicy"]["Statement"][1:] == [SES_STATEMENT]


def test_a_rehearsal_keeps_nothing() -> None:
    template = synth(topics=QUEUED, removal_policy=cdk.RemovalPolicy.DESTROY)
    assert {resource.get("DeletionPolicy", "Delete") for resource in template["Resources"].values()} == {
        "Delete"
    }


def test_a_key_of_ones_own_is_used_and_its_owner_told_what_to_add() -> None:
    stack = new_stack()
    feedback = build(stack, topics=QUEUED, key_arn=KEY)
    template = template_of(stack)
    assert not resources(template, "AWS::KMS::Key")
    encrypted = resources(template, "AWS::SNS::Topic") | resources(template, "AWS::SQS::Queue")
    assert {each["Properties"]["KmsMasterKeyId"] for each in encrypted.values()} == {KEY}
    assert stack.resolve([each.to_statement_json() for each in feedback.key_statements]) == [
        SES_STATEMENT,
        SNS_STATEMENT,
    ]
    told = {text: json.loads(value) for text, value in outputs(template).items()}
    assert told == {
        f"Add to the policy of {KEY}: SesPublishesEvents": SES_STATEMENT,
        f"Add to the policy of {KEY}: SnsFillsQueues": SNS_STATEMENT,
    }


def test_a_name_stands_for_a_configuration_set_that_exists() -> None:
    template = synth(configuration_set="theirs")
    assert not resources(template, "AWS::SES::ConfigurationSet")
    names = {each["Properties"]["ConfigurationSetName"] for each in resources(template, DESTINATION).values()}
    assert names == {"theirs"}


def test_arns_follow_partition_region_and_account() -> None:
    gov = new_stack("us-gov-west-1")
    build(gov)
    _, key = only(template_of(gov), "AWS::KMS::Key")
    condition = key["Properties"]["KeyPolicy"]["Statement"][1]["Condition"]["StringEquals"]
    assert condition["aws:SourceArn"].startswith("arn:aws-us-gov:ses:us-gov-west-1:")
    anywhere = new_stack(None)
    build(anywhere, topics=QUEUED, event_bridge=EventBridgeDestination())
    assert "arn:aws:" not in json.dumps(template_of(anywhere))


def test_eventbridge_gets_the_default_bus() -> None:
    assert destinations(synth(event_bridge=EventBridgeDestination(events=(SendingEvent.OPEN,))))[
        "event-bridge"
    ] == {
        "MatchingEventTypes": ["open"],
        "EventBridgeDestination": {"EventBusArn": f"arn:aws:events:{REGION}:{ACCOUNT}:event-bus/default"},
    }


def test_firehose_gets_a_role_that_only_ses_for_this_set_may_take() -> None:
    template = synth(firehose=FirehoseDestination(delivery_stream_arn=STREAM))
    role, resource = only(template, "AWS::IAM::Role")
    assert resource["Properties"]["AssumeRolePolicyDocument"]["Statement"] == [
        {
            "Action": "sts:AssumeRole",
            "Effect": "Allow",
            "Principal": {"Service": "ses.amazonaws.com"},
            "Condition": FROM_SET,
        }
    ]
    policy, written = only(template, "AWS::IAM::ManagedPolicy")
    assert resource["Properties"]["ManagedPolicyArns"] == [{"Ref": policy}]
    assert written["Properties"]["PolicyDocument"]["Statement"] == [
        {"Action": "firehose:PutRecordBatch", "Effect": "Allow", "Resource": STREAM}
    ]
    assert destinations(template)["firehose"]["KinesisFirehoseDestination"] == {
        "DeliveryStreamARN": STREAM,
        "IAMRoleARN": {"Fn::GetAtt": [role, "Arn"]},
    }


def test_cloudwatch_counts_by_dimension() -> None:
    wanted = CloudWatchDestination(dimensions=(Dimension(name="ses:configuration-set", default="none"),))
    found = destinations(synth(cloud_watch=wanted))["cloud-watch"]
    assert found["CloudWatchDestination"]["DimensionConfigurations"] == [
        {
            "DimensionName": "ses:configuration-set",
            "DimensionValueSource": "messageTag",
            "DefaultDimensionValue": "none",
        }
    ]
    assert found["MatchingEventTypes"] == [
        "send", "reject", "bounce", "complaint", "delivery", "renderingFailure", "deliveryDelay"
    ]  # fmt: skip


@pytest.mark.parametrize(
    "option, value, code, fragment",
    [
        ("topics", (), "feedback-topics-invalid", "topics"),
        ("topics", SILENT * 2, "feedback-topics-invalid", "topics"),
        ("key_arn", "alias/aws/sns", "encryption-key-unusable", "key_arn"),
        ("key_arn", KEY.replace(REGION, "eu-west-2"), "encryption-key-unusable", "key_arn"),
        ("configuration_set", "my set", "configuration-set-name-invalid", "configuration_set"),
        (
            "firehose",
            FirehoseDestination(delivery_stream_arn=STREAM.replace(REGION, "eu-west-2")),
            "event-destination-invalid",
            "delivery_stream_arn",
        ),
    ],
)
def test_refuses_before_anything_is_built(option: str, value: object, code: str, fragment: str) -> None:
    stack = new_stack()
    with refuses(code, f"{fragment}: "):
        FeedbackTopics(stack, "Feedback", **{"configuration_set": NAME, "topics": SILENT} | {option: value})  # type: ignore[arg-type]
    assert not stack.node.children


@pytest.mark.parametrize("pack", PACKS)
def test_packs_are_clean_with_every_option(pack: Any) -> None:  # noqa: ANN401
    stack = new_stack()
    build(
        stack,
        topics=QUEUED,
        event_bridge=EventBridgeDestination(),
        firehose=FirehoseDestination(delivery_stream_arn=STREAM),
        cloud_watch=CloudWatchDestination(dimensions=(Dimension(name="a", default="b"),)),
    )
    assert findings(pack, stack) == set()
