from dataclasses import replace
from typing import Any

import pytest

from constructs_lib.monitoring.reputation_thresholds import ReputationThresholds
from constructs_lib.monitoring.ses_metric_names import SesMetric
from ops.prices import read_prices
from ops.reputation import read_reputation
from ops.reputation_numbers import Sending, judge
from ops.reputation_ports import AccountAnswer, AlarmAnswer
from stacks.environments import ENVIRONMENTS
from stacks.monitoring_names import alarm_names
from tests.ops.reputation_fakes import NOW, FakeReputation, raised

PROD = ENVIRONMENTS["prod"]
ALL = [
    "cloudwatch:GetMetricData",
    "cloudwatch:DescribeAlarms",
    "ses:GetAccount",
    "ses:GetConfigurationSet",
    "sqs:GetQueueUrl",
]


def test_counts_are_added_and_of_rates_the_newest_counts() -> None:
    gateway = FakeReputation(
        metrics={
            ("Send", None): (10, 20, 30),
            ("Send", "transactional"): (4,),
            ("Reputation.BounceRate", None): (0.02, 0.09),
            ("NumberOfMessagesSent", "prod-inbox-support"): (2, 3),
        }
    )
    first, second = read_reputation(PROD, gateway, now=NOW).regions
    account, transactional, forwarding = first.numbers
    assert account.by_metric == {SesMetric.SEND: 60, SesMetric.BOUNCE_RATE: 0.02}
    assert transactional.by_metric == {SesMetric.SEND: 4}
    assert (forwarding.whose, forwarding.by_metric) == ("forwarding", {})
    assert first.received == {"support": 5}
    assert [each.whose for each in second.numbers] == [None, "transactional"]
    assert second.received == {}
    assert first.sent_in_a_month == 60 * 30


def test_the_cost_is_that_of_every_region_at_the_price_of_the_budget() -> None:
    gateway = FakeReputation(metrics={("Send", None): (100_000,)})
    read = read_reputation(PROD, gateway, now=NOW)
    assert read.estimated_usd == pytest.approx(2 * 30 * 100_000 * 0.10 / 1000)
    assert read.monthly_usd == 200
    assert read.usd_per_thousand == float(read_prices().prices["ses-outbound"].tiers[0].price)


def test_queues_are_those_of_the_dashboard() -> None:
    first, second = read_reputation(PROD, FakeReputation(), now=NOW).regions
    assert list(first.waiting) == [
        "prod-inbox-support",
        "prod-inbox-support-dlq",
        "transactional-bounce-dlq",
        "transactional-complaint-dlq",
        "transactional-failure-dlq",
        "prod-alarms-dlq",
        "transactional-analytics-dlq",
        "transactional-bounce",
        "transactional-complaint",
    ]
    assert "prod-inbox-support" not in second.waiting


def test_every_alarm_that_exists_is_told() -> None:
    states = {name: AlarmAnswer(name=name, state="OK", reason="") for name in alarm_names(PROD, "eu-west-1")}
    states["another"] = raised("another")
    first, _ = read_reputation(PROD, FakeReputation(states=states), now=NOW).regions
    assert first.alarms is not None
    assert {each.name for each in first.alarms} == set(alarm_names(PROD, "eu-west-1"))
    assert first.raised == ()


@pytest.mark.parametrize(
    "changes, well",
    [
        ({}, True),
        ({"states": {"prod-account-quota": raised("prod-account-quota")}}, False),
        ({"sets": {("forwarding", "eu-west-1"): False}}, False),
        ({"missing": {"forwarding"}}, True),
        (
            {
                "accounts": {
                    "us-east-1": AccountAnswer(sending=True, enforcement="PROBATION", quota=1, sent=0)
                }
            },
            False,
        ),
        (
            {"accounts": {"us-east-1": AccountAnswer(sending=False, enforcement="HEALTHY", quota=1, sent=0)}},
            False,
        ),
    ],
    ids=["well", "alarm", "paused", "not deployed", "under review", "account paused"],
)
def test_what_is_wrong(changes: dict[str, Any], well: bool) -> None:  # noqa: FBT001 - a parameter
    assert read_reputation(PROD, FakeReputation(**changes), now=NOW).well is well


@pytest.mark.parametrize("action", ALL)
def test_a_missing_permission_is_not_known_and_the_rest_is_told(action: str) -> None:
    gateway = FakeReputation(metrics={("Send", None): (7,)}, denied={action})
    first, _ = read_reputation(PROD, gateway, now=NOW).regions
    assert first.not_known == (f"allow {action} for this role or user",)
    assert first.well
    assert (first.account is None) is (action == "ses:GetAccount")
    assert (first.alarms is None) is (action == "cloudwatch:DescribeAlarms")
    assert (first.numbers[1].sending is Sending.NOT_KNOWN) is (action == "ses:GetConfigurationSet")
    assert (first.numbers[0].by_metric == {}) is (action == "cloudwatch:GetMetricData")
    assert all(value is None for value in first.waiting.values()) is (action == "sqs:GetQueueUrl")


def test_nothing_may_be_asked() -> None:
    read = read_reputation(PROD, FakeReputation(denied=set(ALL)), now=NOW)
    assert read.estimated_usd is None
    assert read.well
    assert len(read.regions[0].not_known) == len(ALL)


def test_an_environment_that_nobody_watches_is_told_too() -> None:
    gateway = FakeReputation(metrics={("Send", None): (7,)})
    read = read_reputation(replace(PROD, monitoring=None), gateway, now=NOW)
    assert read.regions[0].numbers[0].by_metric == {SesMetric.SEND: 7}
    assert (read.regions[0].alarms, read.monthly_usd, read.levels) == ((), None, ReputationThresholds())


@pytest.mark.parametrize(
    "rate, metric, word",
    [
        (0.0399, SesMetric.BOUNCE_RATE, ""),
        (0.04, SesMetric.BOUNCE_RATE, "warning"),
        (0.05, SesMetric.BOUNCE_RATE, "SES reviews"),
        (0.08, SesMetric.BOUNCE_RATE, "critical"),
        (0.10, SesMetric.BOUNCE_RATE, "SES may pause"),
        (0.0008, SesMetric.COMPLAINT_RATE, "warning"),
        (0.001, SesMetric.COMPLAINT_RATE, "SES reviews"),
        (0.004, SesMetric.COMPLAINT_RATE, "critical"),
        (0.005, SesMetric.COMPLAINT_RATE, "SES may pause"),
    ],
)
def test_a_rate_is_judged_by_the_highest_level_that_it_reached(
    rate: float, metric: SesMetric, word: str
) -> None:
    assert judge(rate, metric, ReputationThresholds()) == word
