import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from constructs_lib.events.event_destinations import COUNTED
from constructs_lib.monitoring.spend_limit import SpendLimit
from stacks.environments import ENVIRONMENTS
from stacks.feedback_config import MailFeedback
from stacks.monitoring_config import MailMonitoring
from stacks.monitoring_names import alarm_names
from tests.synthesis import environment_templates, only, resources, stage_stacks, stage_templates

PROD = ENVIRONMENTS["prod"]
ALARM = "AWS::CloudWatch::Alarm"
DESTINATION = "AWS::SES::ConfigurationSetEventDestination"
TOPIC = "arn:aws:sns:eu-west-1:222222222222:prod-alarms"

Templates = Mapping[str, Mapping[str, Any]]


@pytest.fixture(scope="module")
def off() -> Templates:
    return stage_templates(replace(PROD, monitoring=None))


def names(template: Mapping[str, Any]) -> set[str]:
    return {alarm["Properties"]["AlarmName"] for alarm in resources(template, ALARM).values()}


def test_off_and_on_differ_only_by_what_they_should(off: Templates) -> None:
    on = environment_templates("prod")
    assert on.keys() - off.keys() == {"Monitoring-eu-west-1", "Monitoring-us-east-1"}
    assert off.keys() <= on.keys()
    for stack, template in off.items():
        more = json.loads(json.dumps(on[stack]))
        counts = [
            key
            for key, each in resources(more, DESTINATION).items()
            if each["Properties"]["EventDestination"]["Name"] == "counts"
        ]
        assert len(counts) == (1 if stack.startswith(("Sending-", "Receiving-")) else 0)
        for key in counts:
            del more["Resources"][key]
        for alarm in resources(more, ALARM).values():
            region = stack[stack.index("-") + 1 :]
            assert alarm["Properties"].pop("AlarmActions") == [TOPIC.replace("eu-west-1", region)]
        assert more == template


def test_the_names_that_everybody_knows_are_those_of_the_alarms() -> None:
    for config in ENVIRONMENTS.values():
        for region in config.regions:
            found = [
                name
                for stack, template in environment_templates(config.name).items()
                if stack.endswith(region) and config.monitoring is not None
                for name in names(template)
            ]
            assert sorted(found) == sorted(alarm_names(config, region))


def test_every_alarm_tells_the_topic_of_its_region() -> None:
    for region in PROD.regions:
        template = environment_templates("prod")[f"Monitoring-{region}"]
        topic, made = only(template, "AWS::SNS::Topic")
        assert made["Properties"]["TopicName"] == "prod-alarms"
        for alarm in resources(template, ALARM).values():
            assert {"Ref": topic} in alarm["Properties"]["AlarmActions"]


def test_dashboard_and_budget_are_made_once() -> None:
    first, second = (environment_templates("prod")[f"Monitoring-{region}"] for region in PROD.regions)
    _, dashboard = only(first, "AWS::CloudWatch::Dashboard")
    body = json.dumps(dashboard)
    assert dashboard["Properties"]["DashboardName"] == "prod-mail"
    for region in PROD.regions:
        for name in alarm_names(PROD, region):
            assert f":cloudwatch:{region}:222222222222:alarm:{name}" in body
    only(first, "AWS::Budgets::Budget")
    for kind in ("AWS::CloudWatch::Dashboard", "AWS::Budgets::Budget"):
        assert resources(second, kind) == {}


def test_the_budget_is_where_cloudformation_makes_one() -> None:
    monitoring = MailMonitoring(spend=SpendLimit(monthly_usd=5, tag="environment"))
    domains = tuple(replace(each, regions=(), receives_mail=False) for each in PROD.domains)
    config = replace(
        PROD, regions=("eu-north-1", "eu-west-1"), domains=domains, receiving=None, monitoring=monitoring
    )
    found = stage_templates(config)
    assert resources(found["Monitoring-eu-north-1"], "AWS::Budgets::Budget") == {}
    only(found["Monitoring-eu-west-1"], "AWS::Budgets::Budget")


def test_only_the_sets_that_are_named_may_be_paused() -> None:
    template = environment_templates("prod")["Monitoring-eu-west-1"]
    _, function = only(template, "AWS::Lambda::Function")
    assert function["Properties"]["Environment"]["Variables"] == {"CONFIGURATION_SET_NAME": "forwarding"}
    callers = {
        alarm["Properties"]["AlarmName"]
        for alarm in resources(template, ALARM).values()
        if any("Fn::GetAtt" in action for action in alarm["Properties"]["AlarmActions"])
    }
    assert callers == {"prod-set-forwarding-bounce-critical", "prod-set-forwarding-complaint-critical"}


def test_a_topic_of_ones_own_is_told_and_none_is_made() -> None:
    theirs = "arn:aws:sns:eu-west-1:333333333333:pager"
    config = replace(PROD, monitoring=MailMonitoring(existing_topic_arns={"eu-west-1": theirs}))
    found = stage_templates(config)
    assert resources(found["Monitoring-eu-west-1"], "AWS::SNS::Topic") == {}
    for stack in ("Monitoring-eu-west-1", "Receiving-eu-west-1", "Access-eu-west-1"):
        for alarm in resources(found[stack], ALARM).values():
            assert alarm["Properties"]["AlarmActions"] == [theirs]
    only(found["Monitoring-us-east-1"], "AWS::SNS::Topic")


def test_a_destination_that_counts_already_is_not_made_twice() -> None:
    config = replace(PROD, feedback=MailFeedback(cloud_watch=COUNTED))
    made = resources(stage_templates(config)["Sending-eu-west-1"], DESTINATION).values()
    assert [each["Properties"]["EventDestination"]["Name"] for each in made] == ["cloud-watch"]


def test_what_tells_comes_after_the_topic() -> None:
    stacks = stage_stacks(PROD)
    for region in PROD.regions:
        assert stacks[f"Monitoring-{region}"].dependencies == frozenset()
        assert f"Monitoring-{region}" in stacks[f"Access-{region}"].dependencies
    assert "Monitoring-eu-west-1" in stacks["Receiving-eu-west-1"].dependencies
