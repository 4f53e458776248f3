"""Who may publish alarms and use their key: decided by an independent evaluator."""

from functools import cache
from typing import Any

import pytest

from constructs_lib.monitoring.alarm_topic import AlarmTopic
from tests.iam import Policy, evaluate, from_service, resolve
from tests.synthesis import ACCOUNT, REGION, new_stack, only, resources, template_of

OTHER = "222222222222"
TOPIC = f"arn:aws:sns:{REGION}:{ACCOUNT}:prod-alarms"
KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab"
ALARM = f"arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:prod-account-bounce-critical"
BUDGET = f"arn:aws:budgets::{ACCOUNT}:budget/prod-Monitoring-Spend"
CLOUDWATCH, BUDGETS = "cloudwatch.amazonaws.com", "budgets.amazonaws.com"

OURS = {"an alarm": (CLOUDWATCH, ACCOUNT, ALARM), "a budget": (BUDGETS, ACCOUNT, BUDGET)}
OTHERS = {
    "an alarm of another account": (CLOUDWATCH, OTHER, ALARM.replace(ACCOUNT, OTHER)),
    "another account that claims our alarm": (CLOUDWATCH, OTHER, ALARM),
    "an alarm of another Region": (CLOUDWATCH, ACCOUNT, ALARM.replace(REGION, "us-east-1")),
    "something else of CloudWatch": (CLOUDWATCH, ACCOUNT, ALARM.replace(":alarm:", ":dashboard/")),
    "a budget of another account": (BUDGETS, OTHER, BUDGET.replace(ACCOUNT, OTHER)),
    "another service": ("events.amazonaws.com", ACCOUNT, ALARM),
}


@cache
def policies(*, for_budgets: bool) -> dict[str, Policy]:
    """The policy by what it protects."""
    stack = new_stack()
    AlarmTopic(stack, "Alarms", topic_name="prod-alarms", for_budgets=for_budgets)
    template = template_of(stack)
    (topic,) = resources(template, "AWS::SNS::Topic")
    key, made = only(template, "AWS::KMS::Key")
    names = {topic: TOPIC, f"{key}.Arn": KEY}
    written: dict[str, Any] = {
        TOPIC: only(template, "AWS::SNS::TopicPolicy")[1]["Properties"]["PolicyDocument"],
        KEY: made["Properties"]["KeyPolicy"],
    }
    return {resource: resolve(policy, names) for resource, policy in written.items()}


@pytest.mark.parametrize(
    "action, resource", [("sns:Publish", TOPIC), ("kms:GenerateDataKey", KEY), ("kms:Decrypt", KEY)]
)
def test_exactly_alarms_and_budgets_of_this_account_may(action: str, resource: str) -> None:
    policy = policies(for_budgets=True)[resource]
    whose = {**OURS, **OTHERS}
    decisions = evaluate([from_service(action, resource, policy, who) for who in whose.values()])
    assert {who: decision.allowed for who, decision in zip(whose, decisions, strict=True)} == {
        who: who in OURS for who in whose
    }


@pytest.mark.parametrize("action, resource", [("sns:Publish", TOPIC), ("kms:Decrypt", KEY)])
def test_budgets_may_not_unless_asked_for(action: str, resource: str) -> None:
    policy = policies(for_budgets=False)[resource]
    alarm, budget = evaluate([from_service(action, resource, policy, who) for who in OURS.values()])
    assert (alarm.allowed, budget.allowed) == (True, False)


def test_no_alarm_is_published_without_tls() -> None:
    policy = policies(for_budgets=True)[TOPIC]
    plain = {"aws:SecureTransport": "false"}
    (decision,) = evaluate([from_service("sns:Publish", TOPIC, policy, OURS["an alarm"], **plain)])
    assert set(decision.results.values()) == {"ExplicitlyDenied"}
