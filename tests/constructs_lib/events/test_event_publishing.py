import json
from pathlib import Path

import aws_cdk as cdk
import pytest
from cdk_nag import NagPack

from constructs_lib.events.event_destinations import (
    CloudWatchDestination,
    Dimension,
    EventBridgeDestination,
    FirehoseDestination,
)
from constructs_lib.events.feedback import Feedback, FeedbackTopic, SendingEvent
from constructs_lib.events.subscribers import HttpsSubscriber, QueueSubscriber
from tests.constructs_lib.events.feedback_stacks import FROM_SET, QUEUED, build, destinations, synth
from tests.lint_templates import findings as lint_findings
from tests.synthesis import ACCOUNT, REGION, new_stack, only, template_of
from tests.test_nag import PACKS, findings

STREAM = f"arn:aws:firehose:{REGION}:{ACCOUNT}:deliverystream/events"
HOOKS = (
    HttpsSubscriber(url="https://hooks.example.com/ses"),
    HttpsSubscriber(url="{{resolve:secretsmanager:hooks/failures}}"),
    QueueSubscriber(queue_arn="arn:aws:sqs:eu-central-1:222222222222:theirs"),
)


def test_eventbridge_gets_the_default_bus() -> None:
    assert destinations(synth(event_bridge=EventBridgeDestination(events=(SendingEvent.OPEN,))))[
        "event-bridge"
    ] == {
        "MatchingEventTypes": ["open"],
        "EventBridgeDestination": {"EventBusArn": f"arn:aws:events:{REGION}:{ACCOUNT}:event-bus/default"},
    }


def test_firehose_gets_a_role_that_only_ses_for_this_set_may_take() -> None:
    template = synth(firehose=FirehoseDestination(delivery_stream_name="events"))
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


def build_everything(stack: cdk.Stack) -> None:
    build(
        stack,
        topics=(*QUEUED, FeedbackTopic(kind=Feedback.FAILURE, subscribers=HOOKS)),
        event_bridge=EventBridgeDestination(),
        firehose=FirehoseDestination(delivery_stream_name="events"),
        cloud_watch=CloudWatchDestination(dimensions=(Dimension(name="a", default="b"),)),
    )


@pytest.mark.parametrize("pack", PACKS)
def test_packs_are_clean_with_every_option(pack: type[NagPack]) -> None:
    stack = new_stack()
    build_everything(stack)
    assert findings(pack, stack) == set()


def test_cloudformation_would_take_it_with_every_option(tmp_path: Path) -> None:
    stack = new_stack()
    build_everything(stack)
    file = tmp_path / "template.json"
    file.write_text(json.dumps(template_of(stack)))
    assert lint_findings("Stack", REGION, file) == []
