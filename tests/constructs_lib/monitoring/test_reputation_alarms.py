import json
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_sns as sns

from constructs_lib.events.event_destinations import COUNTED, CloudWatchDestination, Dimension
from constructs_lib.events.feedback import SendingEvent
from constructs_lib.monitoring.alarm_names import RATES, AlarmKind
from constructs_lib.monitoring.reputation_alarms import ReputationAlarms
from constructs_lib.monitoring.reputation_thresholds import ReputationThresholds
from tests.lint_templates import findings as lint
from tests.support import TOKEN, refuses
from tests.synthesis import REGION, new_stack, resources, template_of
from tests.test_nag import PACKS, findings

BY_SET = Dimension(name="ses:configuration-set", default="none")
OF_SET: dict[str, Any] = {"configuration_set_name": "transactional", "event_metrics": COUNTED}
DIMENSIONS = [{"Name": "ses:configuration-set", "Value": "transactional"}]


def synth(**options: Any) -> dict[str, dict[str, Any]]:  # noqa: ANN401 - passed on
    """Properties of each alarm by its construct's id."""
    stack = new_stack()
    alarms = ReputationAlarms(stack, "Alarms", **options)
    template = template_of(stack)
    assert {resource["Type"] for resource in template["Resources"].values()} == {"AWS::CloudWatch::Alarm"}
    found = resources(template, "AWS::CloudWatch::Alarm")
    return {
        alarm.node.id: found[stack.get_logical_id(child)]["Properties"]
        for alarm in alarms.alarms
        if isinstance(child := alarm.node.default_child, cdk.CfnElement)
    }


def queries(alarm: dict[str, Any]) -> dict[str, Any]:
    return {query["Id"]: query for query in alarm["Metrics"]}


def test_four_alarms_and_no_other_below_the_levels_of_ses() -> None:
    alarms = synth()
    assert {name: alarm["Threshold"] for name, alarm in alarms.items()} == {
        "BounceCritical": 0.08,
        "ComplaintCritical": 0.004,
        "BounceWarning": 0.04,
        "ComplaintWarning": 0.0008,
    }
    for name, alarm in alarms.items():
        assert alarm["ComparisonOperator"] == "GreaterThanOrEqualToThreshold"
        assert alarm["TreatMissingData"] == "notBreaching"
        assert (alarm["DatapointsToAlarm"], alarm["EvaluationPeriods"]) == (
            (1, 4) if "Critical" in name else (2, 8)
        )
        assert not alarm.keys() & {"AlarmName", "AlarmActions", "OKActions", "Dimensions", "MetricName"}


@pytest.mark.parametrize("options, dimensions", [({}, None), (OF_SET, DIMENSIONS)])
def test_a_rate_counts_with_the_sends_of_the_same_account_or_set(
    options: dict[str, Any], dimensions: list[dict[str, str]] | None
) -> None:
    for name, alarm in synth(**options).items():
        rate = "Reputation.BounceRate" if "Bounce" in name else "Reputation.ComplaintRate"
        by_id = queries(alarm)
        for query, metric, statistic in (("rate", rate, "Maximum"), ("sends", "Send", "Sum")):
            stat = by_id.pop(query)
            assert stat["ReturnData"] is False
            assert stat["MetricStat"]["Metric"] == {
                "Namespace": "AWS/SES",
                "MetricName": metric,
                **({"Dimensions": dimensions} if dimensions else {}),
            }
            assert (stat["MetricStat"]["Stat"], stat["MetricStat"]["Period"]) == (statistic, 21600)
        (expression,) = by_id.values()
        assert expression["Expression"] == "IF(sends >= 50, rate, 0)"


def test_without_a_minimum_the_rate_counts_always_and_sends_need_not_be_counted() -> None:
    alarms = synth(configuration_set_name="transactional", thresholds=ReputationThresholds(minimum_sends=0))
    for alarm in alarms.values():
        assert "Metrics" not in alarm
        assert alarm["MetricName"].startswith("Reputation.")
        assert (alarm["Dimensions"], alarm["Period"]) == (DIMENSIONS, 21600)


def test_thresholds_are_those_given_and_are_told() -> None:
    levels = ReputationThresholds(bounce_warning=0.02, bounce_critical=0.07, minimum_sends=1000)
    alarms = synth(thresholds=levels)
    assert alarms["BounceWarning"]["Threshold"] == 0.02
    assert alarms["BounceCritical"]["Threshold"] == 0.07
    assert "7 % or more" in alarms["BounceCritical"]["AlarmDescription"]
    assert "the account in this Region" in alarms["BounceCritical"]["AlarmDescription"]
    assert any(
        query.get("Expression") == "IF(sends >= 1000, rate, 0)"
        for query in alarms["BounceWarning"]["Metrics"]
    )


@pytest.mark.parametrize("options, dimensions", [({}, None), (OF_SET, DIMENSIONS)])
def test_silence_is_an_alarm_on_request(
    options: dict[str, Any], dimensions: list[dict[str, str]] | None
) -> None:
    alarm = synth(no_send_after=cdk.Duration.hours(6), **options)["NoSend"]
    assert (alarm["MetricName"], alarm["Statistic"], alarm["Period"]) == ("Send", "Sum", 3600)
    assert (alarm["Threshold"], alarm["ComparisonOperator"]) == (1, "LessThanThreshold")
    assert (alarm["EvaluationPeriods"], alarm["TreatMissingData"]) == (6, "breaching")
    assert alarm.get("Dimensions") == dimensions
    assert "DatapointsToAlarm" not in alarm


def test_quota_use_is_an_alarm_on_request() -> None:
    alarm = synth(daily_quota=50_000)["Quota"]
    assert (alarm["MetricName"], alarm["Statistic"], alarm["Period"]) == ("Send", "Sum", 86400)
    assert (alarm["Threshold"], alarm["EvaluationPeriods"]) == (40_000, 1)
    assert alarm["TreatMissingData"] == "notBreaching"
    assert "Dimensions" not in alarm


def test_names_are_those_that_others_know() -> None:
    names = {name: alarm["AlarmName"] for name, alarm in synth(daily_quota=1, name_prefix="prod").items()}
    assert names == {kind.construct_id: f"prod-{kind.value}" for kind in (*RATES, AlarmKind.QUOTA)}


def test_what_alarms_do_is_done_when_each_comes_and_ends() -> None:
    stack = new_stack()
    topics = [sns.Topic(stack, "Operators"), sns.Topic(stack, "Pager")]
    ReputationAlarms(
        stack,
        "Alarms",
        alarm_actions=[actions.SnsAction(topic) for topic in topics],
        daily_quota=200,
        no_send_after=cdk.Duration.days(1),
    )
    arns = [stack.resolve(topic.topic_arn) for topic in topics]
    found = resources(template_of(stack), "AWS::CloudWatch::Alarm").values()
    assert len(found) == 6
    for alarm in found:
        assert alarm["Properties"]["AlarmActions"] == alarm["Properties"]["OKActions"] == arns


@pytest.mark.parametrize(
    "options, code, fragment",
    [
        ({"configuration_set_name": "a b"}, "configuration-set-name-invalid", "a b"),
        ({"configuration_set_name": "mail"}, "reputation-alarms-invalid", "event_metrics"),
        (
            OF_SET
            | {"event_metrics": CloudWatchDestination(dimensions=(BY_SET, Dimension(name="x", default="y")))},
            "reputation-alarms-invalid",
            "nothing else",
        ),
        (
            OF_SET | {"event_metrics": CloudWatchDestination(dimensions=(Dimension(name="x", default="y"),))},
            "reputation-alarms-invalid",
            "event_metrics",
        ),
        (
            OF_SET
            | {"event_metrics": CloudWatchDestination(dimensions=(BY_SET,), events=(SendingEvent.BOUNCE,))},
            "reputation-alarms-invalid",
            "counts sends",
        ),
        (
            {
                "configuration_set_name": "mail",
                "thresholds": ReputationThresholds(minimum_sends=0),
                "no_send_after": cdk.Duration.hours(1),
            },
            "reputation-alarms-invalid",
            "event_metrics",
        ),
        ({"event_metrics": COUNTED}, "reputation-alarms-invalid", "name the configuration set"),
        ({"no_send_after": cdk.Duration.minutes(90)}, "reputation-alarms-invalid", "whole hours"),
        ({"no_send_after": cdk.Duration.seconds(0)}, "reputation-alarms-invalid", "no_send_after"),
        ({"no_send_after": cdk.Duration.hours(169)}, "reputation-alarms-invalid", "7 days"),
        ({"daily_quota": 0}, "reputation-alarms-invalid", "daily_quota"),
        ({"daily_quota": -1}, "reputation-alarms-invalid", "Max24HourSend"),
        (OF_SET | {"daily_quota": 200}, "reputation-alarms-invalid", "none for a configuration set"),
    ],
)
def test_refused(options: dict[str, Any], code: str, fragment: str) -> None:
    with refuses(code, fragment):
        ReputationAlarms(new_stack(), "Alarms", **options)


@pytest.mark.parametrize(
    "options",
    [
        OF_SET | {"configuration_set_name": TOKEN},
        {"no_send_after": cdk.Duration.days(7)},
        {"no_send_after": cdk.Duration.minutes(120)},
        {"daily_quota": 1},
    ],
    ids=["a token", "7 days", "2 hours in minutes", "a quota of 1"],
)
def test_near_misses_are_taken(options: dict[str, Any]) -> None:
    ReputationAlarms(new_stack(), "Alarms", **options)


def test_a_region_without_ses_is_refused() -> None:
    with refuses("region-without-ses", "eu-west-9"):
        ReputationAlarms(new_stack("eu-west-9"), "Alarms")


@pytest.mark.parametrize("told", [True, False], ids=["told", "untold"])
def test_packs_and_linter_are_content(told: bool, tmp_path: Path) -> None:  # noqa: FBT001 - a parameter
    stack = new_stack()
    topic = sns.Topic.from_topic_arn(stack, "Operators", f"arn:aws:sns:{REGION}:111111111111:operators")
    do = [actions.SnsAction(topic)] if told else []
    ReputationAlarms(
        stack,
        "Alarms",
        no_send_after=cdk.Duration.hours(24),
        alarm_actions=do,
        **OF_SET,
    )
    ReputationAlarms(stack, "Account", daily_quota=200, alarm_actions=do)
    for pack in PACKS:
        assert findings(pack, stack) == set()
    path = tmp_path / "template.json"
    path.write_text(json.dumps(template_of(stack)), "utf-8")
    assert lint("Stack", REGION, path) == []
