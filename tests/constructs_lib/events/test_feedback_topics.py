import json

import aws_cdk as cdk
import pytest

from constructs_lib.events.event_destinations import EventBridgeDestination
from constructs_lib.events.feedback import Feedback, FeedbackQueue, FeedbackTopic
from constructs_lib.events.feedback_topics import FeedbackTopics
from constructs_lib.owner_statements import OUTPUT
from tests.constructs_lib.events.feedback_stacks import (
    DESTINATION,
    FROM_SET,
    NAME,
    QUEUED,
    SILENT,
    build,
    destinations,
    synth,
)
from tests.support import refuses
from tests.synthesis import ACCOUNT, REGION, new_stack, only, outputs, resources, template_of

KEY = f"arn:aws:kms:{REGION}:222222222222:key/1234abcd-12ab-34cd-56ef-1234567890ab"
TOPIC = f"arn:aws:sns:{REGION}:{ACCOUNT}:bounces"
USE = ["kms:Decrypt", "kms:GenerateDataKey*"]
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


def test_what_holds_events_is_kept_and_nothing_else() -> None:
    template = synth(topics=QUEUED)
    kept = {
        each["Type"]
        for each in template["Resources"].values()
        if (each.get("DeletionPolicy"), each.get("UpdateReplacePolicy")) == ("RetainExceptOnCreate", "Retain")
    }
    gone = {each["Type"] for each in template["Resources"].values() if "DeletionPolicy" not in each}
    assert kept == {"AWS::KMS::Key", "AWS::SQS::Queue"}
    assert not kept & gone


def test_a_rehearsal_keeps_nothing() -> None:
    template = synth(topics=QUEUED, removal_policy=cdk.RemovalPolicy.DESTROY)
    assert {resource.get("DeletionPolicy", "Delete") for resource in template["Resources"].values()} == {
        "Delete"
    }


def test_a_key_of_ones_own_is_used_and_its_owner_told_what_to_add() -> None:
    stack = new_stack()
    feedback = build(stack, topics=QUEUED, existing_key_arn=KEY)
    template = template_of(stack)
    assert not resources(template, "AWS::KMS::Key")
    encrypted = resources(template, "AWS::SNS::Topic") | resources(template, "AWS::SQS::Queue")
    assert {each["Properties"]["KmsMasterKeyId"] for each in encrypted.values()} == {KEY}
    assert stack.resolve([each.to_statement_json() for each in feedback.key_statements]) == [
        SES_STATEMENT,
        SNS_STATEMENT,
    ]
    told = {text: json.loads(value) for text, value in outputs(template).items()}
    (of_account,) = (text for text in told if "AccountThroughSnsAndSqs" in text)
    assert told.pop(of_account)["PolicyOf"] == KEY
    assert told == {
        f"{OUTPUT}SesPublishesEvents": {"PolicyOf": KEY, "Statement": SES_STATEMENT},
        f"{OUTPUT}SnsFillsQueues": {"PolicyOf": KEY, "Statement": SNS_STATEMENT},
    }


def test_a_topic_that_exists_gets_a_queue_and_its_owner_a_statement_to_add() -> None:
    stack = new_stack()
    topics = (
        FeedbackTopic(kind=Feedback.BOUNCE, queue=FeedbackQueue(), existing_topic_arns={REGION: TOPIC}),
    )
    build(stack, topics=topics)
    template = template_of(stack)
    assert not resources(template, "AWS::SNS::Topic")
    assert not resources(template, "AWS::SNS::TopicPolicy")
    _, subscription = only(template, "AWS::SNS::Subscription")
    assert subscription["Properties"]["TopicArn"] == TOPIC
    _, destination = only(template, DESTINATION)
    assert destination["Properties"]["EventDestination"]["SnsDestination"] == {"TopicARN": TOPIC}
    _, key = only(template, "AWS::KMS::Key")
    statements = {each.get("Sid"): each for each in key["Properties"]["KeyPolicy"]["Statement"]}
    assert statements["SnsFillsQueues"]["Condition"] == {"ArnEquals": {"aws:SourceArn": [TOPIC]}}
    ((_, told),) = outputs(template).items()
    assert json.loads(told) == {
        "PolicyOf": TOPIC,
        "Statement": {
            "Sid": "SesPublishesEvents",
            "Effect": "Allow",
            "Principal": {"Service": "ses.amazonaws.com"},
            "Action": "sns:Publish",
            "Resource": TOPIC,
            "Condition": FROM_SET,
        },
    }


def test_the_owner_of_a_topic_that_exists_lets_other_accounts_subscribe_too() -> None:
    theirs = f"arn:aws:sqs:{REGION}:222222222222:bounces"
    topic = FeedbackTopic(
        kind=Feedback.BOUNCE, existing_topic_arns={REGION: TOPIC}, subscribing_queues=(theirs,)
    )
    template = synth(topics=(topic,))
    assert not resources(template, "AWS::SNS::TopicPolicy")
    told = [json.loads(value) for value in outputs(template).values()]
    assert {each["PolicyOf"] for each in told} == {TOPIC}
    publishing, subscribing = sorted((each["Statement"] for each in told), key=lambda each: each["Action"])
    assert (publishing["Action"], subscribing["Action"]) == ("sns:Publish", "sns:Subscribe")
    assert subscribing["Condition"] == {"StringEquals": {"sns:Protocol": "sqs", "sns:Endpoint": [theirs]}}


def test_nothing_is_encrypted_where_the_topic_exists_and_nobody_is_put_behind_it() -> None:
    template = synth(topics=(FeedbackTopic(kind=Feedback.BOUNCE, existing_topic_arns={REGION: TOPIC}),))
    assert {each["Type"] for each in template["Resources"].values()} == {
        "AWS::SES::ConfigurationSet",
        DESTINATION,
    }


@pytest.mark.parametrize(
    "arn",
    [
        TOPIC.replace(REGION, "eu-west-2"),
        TOPIC.replace(ACCOUNT, "999999999999"),
        TOPIC.replace("arn:aws:", "arn:aws-cn:"),
        f"{TOPIC}.fifo",
        "bounces",
    ],
)
def test_a_topic_that_ses_could_not_publish_to(arn: str) -> None:
    with refuses("existing-resource-invalid", "bounce: existing_topic_arns: "):
        synth(topics=(FeedbackTopic(kind=Feedback.BOUNCE, existing_topic_arns={REGION: arn}),))


def test_a_topic_that_exists_is_one_of_a_known_region() -> None:
    topics = (FeedbackTopic(kind=Feedback.BOUNCE, existing_topic_arns={REGION: TOPIC}),)
    with refuses("existing-resource-invalid", "a stack for any Region"):
        build(new_stack(None), topics=topics)
    # That of another Region leaves this one as it is.
    elsewhere = (FeedbackTopic(kind=Feedback.BOUNCE, existing_topic_arns={"eu-west-2": TOPIC}),)
    assert only(synth(topics=elsewhere), "AWS::SNS::Topic")


def test_events_may_go_elsewhere_only_and_then_no_key_is_made() -> None:
    stack = new_stack()
    feedback = build(stack, topics=(), event_bridge=EventBridgeDestination())
    template = template_of(stack)
    assert {each["Type"] for each in template["Resources"].values()} == {
        "AWS::SES::ConfigurationSet",
        DESTINATION,
    }
    assert (feedback.key, feedback.channels, feedback.key_statements) == (None, {}, ())


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


@pytest.mark.parametrize(
    "option, value, code, fragment",
    [
        ("topics", (), "feedback-topics-invalid", "topics"),
        ("topics", SILENT * 2, "feedback-topics-invalid", "topics"),
        ("existing_key_arn", "alias/aws/sns", "encryption-key-unusable", "existing_key_arn"),
        ("existing_key_arn", KEY.replace(REGION, "eu-west-2"), "encryption-key-unusable", "existing_key_arn"),
        ("configuration_set", "my set", "configuration-set-name-invalid", "configuration_set"),
    ],
)
def test_refuses_before_anything_is_built(option: str, value: object, code: str, fragment: str) -> None:
    stack = new_stack()
    with refuses(code, f"{fragment}: "):
        FeedbackTopics(stack, "Feedback", **{"configuration_set": NAME, "topics": SILENT} | {option: value})  # type: ignore[arg-type]
    assert not stack.node.children
