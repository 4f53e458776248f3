import json
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_sns as sns

from constructs_lib.smtp.smtp_credentials import SmtpCredentials
from tests.constructs_lib.smtp.test_smtp_credentials import BILLING, NEWS, synth
from tests.synthesis import new_stack, only, resources, template_of


def test_the_names_of_the_secrets_are_looked_at_twice_a_day() -> None:
    template = synth(users=[BILLING, NEWS])
    rule_id, rule = only(template, "AWS::Events::Rule")
    assert rule["Properties"]["ScheduleExpression"] == "rate(12 hours)"
    (target,) = rule["Properties"]["Targets"]
    assert json.loads(target["Input"]) == {
        "KeyAgesOf": ["prod/smtp/eu-west-1/billing", "prod/smtp/us-east-1/news"]
    }
    function, _ = only(template, "AWS::Lambda::Function")
    (allowed,) = (
        permission["Properties"]
        for permission in resources(template, "AWS::Lambda::Permission").values()
        if permission["Properties"]["Principal"] == "events.amazonaws.com"
    )
    assert allowed["SourceArn"] == {"Fn::GetAtt": [rule_id, "Arn"]}
    assert allowed["FunctionName"] == target["Arn"] == {"Fn::GetAtt": [function, "Arn"]}


@pytest.mark.parametrize(
    "options,days,limit",
    [
        ({}, 60, 67),
        ({"rotation_interval": cdk.Duration.days(1)}, 1, 8),
        ({"rotation_interval": cdk.Duration.days(1000)}, 1000, 1007),
        ({"rotation_interval": cdk.Duration.hours(48), "alarm_after": cdk.Duration.days(3)}, 2, 3),
    ],
)
def test_interval_and_alarm(options: dict[str, Any], days: int, limit: int) -> None:
    template = synth(**options)
    _, schedule = only(template, "AWS::SecretsManager::RotationSchedule")
    assert schedule["Properties"]["RotationRules"] == {"AutomaticallyAfterDays": days}
    alarms = {
        alarm["Properties"]["MetricName"]: alarm["Properties"]
        for alarm in resources(template, "AWS::CloudWatch::Alarm").values()
    }
    function, _ = only(template, "AWS::Lambda::Function")
    assert alarms.keys() == {"OldestCurrentKeyDays", "Errors"}
    for alarm in alarms.values():
        assert alarm["Dimensions"] == [{"Name": "FunctionName", "Value": {"Ref": function}}]
        assert "AlarmActions" not in alarm
    age = alarms["OldestCurrentKeyDays"]
    assert (age["Threshold"], age["ComparisonOperator"]) == (limit, "GreaterThanThreshold")
    assert (age["Period"], age["Statistic"], age["TreatMissingData"]) == (86400, "Maximum", "missing")
    assert (alarms["Errors"]["Threshold"], alarms["Errors"]["TreatMissingData"]) == (1, "notBreaching")


def test_alarms_can_act() -> None:
    stack = new_stack()
    topic = sns.Topic(stack, "Operators")
    SmtpCredentials(
        stack,
        "Smtp",
        name_prefix="prod",
        users=[BILLING],
        alarm_actions=[actions.SnsAction(topic)],
    )
    for alarm in resources(template_of(stack), "AWS::CloudWatch::Alarm").values():
        assert alarm["Properties"]["AlarmActions"] == [stack.resolve(topic.topic_arn)]
