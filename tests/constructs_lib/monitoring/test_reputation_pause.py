import json
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_sns as sns

from constructs_lib.monitoring.reputation_alarms import ReputationAlarms
from constructs_lib.monitoring.reputation_pause import ReputationPause
from tests.constructs_lib.monitoring.test_reputation_alarms import OF_SET
from tests.lint_templates import findings as lint
from tests.support import refuses
from tests.synthesis import REGION, new_stack, only, outputs, resources, template_of
from tests.test_nag import PACKS, findings


def build(*, told: bool = True) -> tuple[cdk.Stack, ReputationAlarms, ReputationPause, sns.ITopic]:
    stack = new_stack()
    topic = sns.Topic.from_topic_arn(stack, "Operators", f"arn:aws:sns:{REGION}:111111111111:operators")
    do = [actions.SnsAction(topic)] if told else []
    alarms = ReputationAlarms(stack, "Alarms", alarm_actions=do, **OF_SET)
    pause = ReputationPause(stack, "Pause", reputation=alarms, name_prefix="prod-news", alarm_actions=do)
    return stack, alarms, pause, topic


def actions_of(template: dict[str, Any], threshold: float) -> tuple[str, Any]:
    ((key, alarm),) = (
        (key, alarm["Properties"])
        for key, alarm in resources(template, "AWS::CloudWatch::Alarm").items()
        if alarm["Properties"]["Threshold"] == threshold
    )
    return key, alarm["AlarmActions"]


def test_the_critical_alarms_and_no_other_call_the_function() -> None:
    stack, _, _, topic = build()
    template = template_of(stack)
    function, _ = only(template, "AWS::Lambda::Function")
    arn = {"Fn::GetAtt": [function, "Arn"]}
    critical = [actions_of(template, threshold) for threshold in (0.08, 0.004)]
    for _, called in critical:
        assert called == [topic.topic_arn, arn]
    for threshold in (0.04, 0.0008):
        assert actions_of(template, threshold)[1] == [topic.topic_arn]
    for alarm in resources(template, "AWS::CloudWatch::Alarm").values():
        assert arn not in alarm["Properties"].get("OKActions", [])
    permissions = [
        permission["Properties"] for permission in resources(template, "AWS::Lambda::Permission").values()
    ]
    assert {json.dumps(permission["SourceArn"]) for permission in permissions} == {
        json.dumps({"Fn::GetAtt": [key, "Arn"]}) for key, _ in critical
    }
    for permission in permissions:
        assert permission["Principal"] == "lambda.alarms.cloudwatch.amazonaws.com"
        assert permission["Action"] == "lambda:InvokeFunction"
        assert permission["SourceAccount"] == "111111111111"
        assert permission["FunctionName"] == arn


def test_it_may_pause_this_set_and_nothing_else() -> None:
    stack, _, _, _ = build()
    template = template_of(stack)
    _, role = only(template, "AWS::IAM::Role")
    (policy,) = role["Properties"]["Policies"]
    _, given = policy["PolicyDocument"]["Statement"]
    assert given["Action"] == "ses:PutConfigurationSetSendingOptions"
    assert given["Resource"] == f"arn:aws:ses:{REGION}:111111111111:configuration-set/transactional"
    _, function = only(template, "AWS::Lambda::Function")
    assert function["Properties"]["Environment"] == {"Variables": {"CONFIGURATION_SET_NAME": "transactional"}}
    assert function["Properties"]["Handler"] == "runtimes.reputation_pause.handler.handle"


@pytest.mark.parametrize("told", [True, False])
def test_a_failure_is_an_alarm(told: bool) -> None:  # noqa: FBT001 - a parameter
    stack, _, _, topic = build(told=told)
    template = template_of(stack)
    function, _ = only(template, "AWS::Lambda::Function")
    (failure,) = (
        alarm["Properties"]
        for alarm in resources(template, "AWS::CloudWatch::Alarm").values()
        if alarm["Properties"].get("MetricName") == "Errors"
    )
    assert failure["Dimensions"] == [{"Name": "FunctionName", "Value": {"Ref": function}}]
    assert failure["AlarmName"] == "prod-news-pause-failure"
    assert (failure["Threshold"], failure["TreatMissingData"]) == (1, "notBreaching")
    assert failure.get("AlarmActions") == ([topic.topic_arn] if told else None)


def test_the_command_that_resumes_is_an_output() -> None:
    stack, _, pause, _ = build()
    assert pause.resume_command == (
        f"aws sesv2 put-configuration-set-sending-options --region {REGION} "
        "--configuration-set-name transactional --sending-enabled"
    )
    assert pause.resume_command in outputs(template_of(stack)).values()


def test_the_account_is_never_paused() -> None:
    stack = new_stack()
    with refuses("reputation-pause-invalid", "alarms of the account"):
        ReputationPause(stack, "Pause", reputation=ReputationAlarms(stack, "Account"))


@pytest.mark.parametrize("told", [True, False])
def test_packs_and_linter_are_content(told: bool, tmp_path: Path) -> None:  # noqa: FBT001 - a parameter
    stack, _, _, _ = build(told=told)
    for pack in PACKS:
        assert findings(pack, stack) == set()
    path = tmp_path / "template.json"
    path.write_text(json.dumps(template_of(stack)), "utf-8")
    assert lint("Stack", REGION, path) == []
