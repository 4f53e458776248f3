import json
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_sns as sns

from constructs_lib.monitoring.spend_budget import SpendBudget
from constructs_lib.monitoring.spend_limit import SpendLimit
from constructs_lib.regions import has_budgets, ses_regions
from tests.lint_templates import findings as lint
from tests.support import refuses
from tests.synthesis import ACCOUNT, REGION, new_stack, only, template_of
from tests.test_nag import PACKS, findings

TOPIC = f"arn:aws:sns:{REGION}:{ACCOUNT}:prod-alarms"


def build(region: str = REGION, *, tag_value: str | None = "prod", **options: Any) -> cdk.Stack:  # noqa: ANN401 - passed on
    stack = new_stack(region)
    values: dict[str, Any] = {"monthly_usd": 50, "tag": "environment"}
    limit = SpendLimit(**values | options)
    topic = sns.Topic.from_topic_arn(stack, "Alarms", TOPIC)
    SpendBudget(stack, "Budget", limit=limit, topic=topic, tag_value=tag_value)
    return stack


def test_one_budget_of_ses_and_one_tag_without_a_name() -> None:
    template = template_of(build())
    assert len(template["Resources"]) == 1
    _, made = only(template, "AWS::Budgets::Budget")
    assert made["Properties"]["Budget"] == {
        "BudgetType": "COST",
        "TimeUnit": "MONTHLY",
        "BudgetLimit": {"Amount": 50, "Unit": "USD"},
        "CostFilters": {"Service": ["Amazon Simple Email Service"], "TagKeyValue": ["user:environment$prod"]},
        "CostTypes": {"IncludeCredit": False, "IncludeRefund": False},
    }


def test_spent_and_forecast_are_told() -> None:
    _, made = only(template_of(build()), "AWS::Budgets::Budget")
    told = made["Properties"]["NotificationsWithSubscribers"]
    assert [
        (each["Notification"]["NotificationType"], each["Notification"]["Threshold"]) for each in told
    ] == [("ACTUAL", 80), ("ACTUAL", 100), ("FORECASTED", 100)]
    for each in told:
        assert each["Notification"]["ComparisonOperator"] == "GREATER_THAN"
        assert each["Notification"]["ThresholdType"] == "PERCENTAGE"
        assert each["Subscribers"] == [{"SubscriptionType": "SNS", "Address": TOPIC}]


def test_without_a_tag_all_of_ses_counts() -> None:
    _, made = only(template_of(build(tag=None, tag_value=None)), "AWS::Budgets::Budget")
    assert made["Properties"]["Budget"]["CostFilters"] == {"Service": ["Amazon Simple Email Service"]}


def test_the_shares_are_those_given() -> None:
    stack = build(actual_percents=(50,), forecast_percents=())
    _, made = only(template_of(stack), "AWS::Budgets::Budget")
    (only_one,) = made["Properties"]["NotificationsWithSubscribers"]
    assert only_one["Notification"]["Threshold"] == 50


@pytest.mark.parametrize(
    "options, fragment",
    [
        ({"monthly_usd": 0}, "monthly_usd"),
        ({"monthly_usd": -1}, "monthly_usd"),
        ({"monthly_usd": float("nan")}, "monthly_usd"),
        ({"monthly_usd": float("inf")}, "monthly_usd"),
        ({"usd_per_thousand": 0}, "usd_per_thousand"),
        ({"tag": ""}, "tag"),
        ({"tag": "a$b"}, "without a $"),
        ({"tag": "aws:createdBy"}, "of yours"),
        ({"actual_percents": (0,)}, "actual_percents"),
        ({"actual_percents": (80, 80)}, "each once"),
        ({"forecast_percents": (1001,)}, "forecast_percents"),
        ({"actual_percents": (), "forecast_percents": ()}, "1 to 5"),
        ({"actual_percents": (1, 2, 3), "forecast_percents": (1, 2, 3)}, "1 to 5"),
    ],
    ids=lambda value: str(value) if isinstance(value, dict) else "",
)
def test_limits_refused(options: dict[str, Any], fragment: str) -> None:
    with refuses("spend-limit-invalid", fragment):
        SpendLimit(**{"monthly_usd": 50, "tag": None} | options)


@pytest.mark.parametrize(
    "options",
    [
        {"monthly_usd": 0.01},
        {"tag": "cost:centre"},
        {"actual_percents": (1, 50, 99, 100), "forecast_percents": (1000,)},
    ],
    ids=["a cent", "colon", "5"],
)
def test_near_misses_are_taken(options: dict[str, Any]) -> None:
    SpendLimit(**{"monthly_usd": 50, "tag": None} | options)


@pytest.mark.parametrize("tag, value", [("environment", None), (None, "prod")])
def test_tag_and_value_belong_together(tag: str | None, value: str | None) -> None:
    with refuses("spend-limit-invalid", "tag_value"):
        build(tag=tag, tag_value=value)


@pytest.mark.parametrize("region", ["eu-north-1", "us-gov-west-1"])
def test_a_region_without_budgets_is_refused(region: str) -> None:
    with refuses("region-without-budgets", "eu-west-1"):
        build(region)


def test_most_regions_have_them() -> None:
    assert {"us-east-1", "eu-west-1", "eu-central-1"} <= {name for name in ses_regions() if has_budgets(name)}


def test_packs_and_linter_are_content(tmp_path: Path) -> None:
    stack = build()
    for pack in PACKS:
        assert findings(pack, stack) == set()
    path = tmp_path / "template.json"
    path.write_text(json.dumps(template_of(stack)), "utf-8")
    assert lint("Stack", REGION, path) == []
