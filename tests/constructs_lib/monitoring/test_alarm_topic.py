import json
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest

from constructs_lib.events.subscribers import EmailSubscriber, HttpsSubscriber
from constructs_lib.events.topic_queues import TOPIC_ACTIONS
from constructs_lib.monitoring.alarm_topic import AlarmTopic
from constructs_lib.monitoring.topic_arns import require_topic_arn
from tests.lint_templates import findings as lint
from tests.support import TOKEN, refuses
from tests.synthesis import ACCOUNT, REGION, new_stack, only, resources, template_of
from tests.test_nag import PACKS, findings

OPS = EmailSubscriber(address="ops@example.com")
HOOK = HttpsSubscriber(url="https://hooks.example.com/alarms")
ALARMS = f"arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:*"
TOPIC_ARN = f"arn:aws:sns:{REGION}:{ACCOUNT}:prod-alarms"


def build(**options: Any) -> cdk.Stack:  # noqa: ANN401 - passed on
    stack = new_stack()
    AlarmTopic(stack, "Alarms", **{"topic_name": "prod-alarms"} | options)
    return stack


def statements(template: dict[str, Any], kind: str) -> dict[str, dict[str, Any]]:
    properties = only(template, kind)[1]["Properties"]
    policy = properties.get("PolicyDocument") or properties["KeyPolicy"]
    return {each.get("Sid", "administration"): each for each in policy["Statement"]}


def test_an_encrypted_topic_that_only_alarms_of_the_account_publish_to() -> None:
    template = template_of(build())
    kinds = sorted(resource["Type"] for resource in template["Resources"].values())
    assert kinds == ["AWS::KMS::Key", "AWS::SNS::Topic", "AWS::SNS::TopicPolicy"]
    key, made = only(template, "AWS::KMS::Key")
    assert made["Properties"]["EnableKeyRotation"] is True
    topic, properties = only(template, "AWS::SNS::Topic")
    assert properties["Properties"] == {
        "TopicName": "prod-alarms",
        "KmsMasterKeyId": {"Fn::GetAtt": [key, "Arn"]},
    }
    held = {"StringEquals": {"aws:SourceAccount": ACCOUNT}, "ArnLike": {"aws:SourceArn": ALARMS}}
    policy = statements(template, "AWS::SNS::TopicPolicy")
    assert policy.keys() == {"CloudWatchAlarms", "TlsOnly"}
    publishes = policy["CloudWatchAlarms"]
    assert (publishes["Principal"], publishes["Action"], publishes["Condition"]) == (
        {"Service": "cloudwatch.amazonaws.com"},
        "sns:Publish",
        held,
    )
    assert publishes["Resource"] == {"Ref": topic}
    assert policy["TlsOnly"]["Effect"] == "Deny"
    assert policy["TlsOnly"]["Action"] == list(TOPIC_ACTIONS)
    uses = statements(template, "AWS::KMS::Key")
    assert uses.keys() == {"administration", "CloudWatchAlarms"}
    assert (uses["CloudWatchAlarms"]["Action"], uses["CloudWatchAlarms"]["Condition"]) == (
        ["kms:Decrypt", "kms:GenerateDataKey*"],
        held,
    )


def test_budgets_of_the_account_publish_on_request() -> None:
    template = template_of(build(for_budgets=True))
    for kind in ("AWS::SNS::TopicPolicy", "AWS::KMS::Key"):
        statement = statements(template, kind)["Budgets"]
        assert statement["Principal"] == {"Service": "budgets.amazonaws.com"}
        assert statement["Condition"] == {
            "StringEquals": {"aws:SourceAccount": ACCOUNT},
            "ArnLike": {"aws:SourceArn": f"arn:aws:budgets::{ACCOUNT}:*"},
        }


def test_subscribers_with_a_dead_letter_queue() -> None:
    template = template_of(build(subscribers=[OPS, HOOK]))
    queue, properties = only(template, "AWS::SQS::Queue")
    assert properties["Properties"]["QueueName"] == "prod-alarms-dlq"
    found = resources(template, "AWS::SNS::Subscription").values()
    assert {each["Properties"]["Endpoint"] for each in found} == {OPS.address, HOOK.url}
    for each in found:
        assert each["Properties"]["RedrivePolicy"] == {"deadLetterTargetArn": {"Fn::GetAtt": [queue, "Arn"]}}
    sns = statements(template, "AWS::KMS::Key")["SnsFillsQueues"]
    assert sns["Condition"] == {"ArnEquals": {"aws:SourceArn": [TOPIC_ARN]}}


def test_everything_goes_with_the_stack() -> None:
    for resource in template_of(build(subscribers=[OPS]))["Resources"].values():
        assert resource.get("DeletionPolicy", "Delete") == "Delete"


@pytest.mark.parametrize(
    "options, fragment",
    [
        ({"topic_name": ""}, "topic_name"),
        ({"topic_name": "prod alarms"}, "topic_name"),
        ({"topic_name": "prod-alarms.fifo"}, "topic_name"),
        ({"topic_name": "a" * 77}, "76"),
        ({"subscribers": [OPS, HOOK, OPS]}, "subscribers"),
    ],
    ids=["empty", "space", "fifo", "long", "twice"],
)
def test_refused(options: dict[str, Any], fragment: str) -> None:
    with refuses("alarm-topic-invalid", fragment):
        build(**options)


@pytest.mark.parametrize("name", ["a" * 76, "A_b-1", cdk.Aws.STACK_NAME], ids=["long", "all", "token"])
def test_near_misses_are_taken(name: str) -> None:
    build(topic_name=name)


@pytest.mark.parametrize(
    "arn",
    [
        "",
        "operators",
        "arn:aws:sns:us-east-1:111111111111:operators",
        "arn:aws:sns:eu-west-1:111111111111:operators.fifo",
        "arn:aws:sqs:eu-west-1:111111111111:operators",
        "arn:aws-us-gov:sns:eu-west-1:111111111111:operators",
    ],
)
def test_a_topic_that_an_alarm_cannot_publish_to_is_refused(arn: str) -> None:
    with refuses("alarm-topic-invalid", "eu-west-1"):
        require_topic_arn(arn, region=REGION, option="topic_arns")


@pytest.mark.parametrize("arn", [TOKEN, TOPIC_ARN, TOPIC_ARN.replace(ACCOUNT, "222222222222")])
def test_other_topics_are_taken(arn: str) -> None:
    assert require_topic_arn(arn, region=REGION, option="topic_arns") == arn


def test_packs_and_linter_are_content(tmp_path: Path) -> None:
    stack = build(subscribers=[OPS, HOOK], for_budgets=True)
    for pack in PACKS:
        assert findings(pack, stack) == set()
    path = tmp_path / "template.json"
    path.write_text(json.dumps(template_of(stack)), "utf-8")
    assert lint("Stack", REGION, path) == []
