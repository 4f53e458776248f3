import json
from typing import Any

import pytest
from botocore.exceptions import WaiterError

from local.embedded import ACCOUNT
from tests.local.conftest import Aws
from tests.local.test_cloudformation_identity import FAST, update


def template(**changes: Any) -> str:  # noqa: ANN401 - any property
    notifications = [
        {
            "Notification": {
                "NotificationType": "FORECASTED",
                "ComparisonOperator": "GREATER_THAN",
                "Threshold": changes.pop("threshold", 100),
            },
            "Subscribers": [{"SubscriptionType": "EMAIL", "Address": "ops@example.com"}],
        }
    ]
    budget = {
        "BudgetType": "COST",
        "TimeUnit": "MONTHLY",
        "BudgetLimit": {"Amount": 50, "Unit": "USD"},
        "CostFilters": {"TagKeyValue": ["user:environment$prod"]},
    }
    properties = {"Budget": budget | changes, "NotificationsWithSubscribers": notifications}
    return json.dumps({"Resources": {"Spend": {"Type": "AWS::Budgets::Budget", "Properties": properties}}})


@pytest.fixture
def budgets(aws: Aws) -> Any:  # noqa: ANN401 - no stubs for it
    return aws._client("budgets")


def names(budgets: Any, stack: str) -> list[str]:  # noqa: ANN401
    found = budgets.describe_budgets(AccountId=ACCOUNT)["Budgets"]
    return [each["BudgetName"] for each in found if each["BudgetName"].startswith(stack)]


def test_made_changed_replaced_and_deleted(aws: Aws, domain: str, budgets: Any) -> None:  # noqa: ANN401
    stack = domain.removesuffix(".example")
    aws.cloudformation.create_stack(StackName=stack, TemplateBody=template())
    aws.cloudformation.get_waiter("stack_create_complete").wait(StackName=stack, WaiterConfig=FAST)
    (name,) = names(budgets, stack)
    budget = budgets.describe_budget(AccountId=ACCOUNT, BudgetName=name)["Budget"]
    assert (budget["BudgetLimit"], budget["CostFilters"]) == (
        {"Amount": "50", "Unit": "USD"},
        {"TagKeyValue": ["user:environment$prod"]},
    )
    update(aws, stack, template(BudgetLimit={"Amount": 60, "Unit": "USD"}))
    assert names(budgets, stack) == [name]
    changed = budgets.describe_budget(AccountId=ACCOUNT, BudgetName=name)["Budget"]
    assert changed["BudgetLimit"]["Amount"] == "60"
    # Notifications change by replacement: another budget of another name.
    update(aws, stack, template(threshold=80))
    (other,) = names(budgets, stack)
    assert other != name
    aws.cloudformation.delete_stack(StackName=stack)
    aws.cloudformation.get_waiter("stack_delete_complete").wait(StackName=stack, WaiterConfig=FAST)
    assert names(budgets, stack) == []


def test_what_aws_budgets_refuses_fails_the_stack(aws: Aws, domain: str, budgets: Any) -> None:  # noqa: ANN401
    stack = domain.removesuffix(".example")
    aws.cloudformation.create_stack(StackName=stack, TemplateBody=template(BudgetType="MONEY"))
    with pytest.raises(WaiterError):
        aws.cloudformation.get_waiter("stack_create_complete").wait(StackName=stack, WaiterConfig=FAST)
    events = aws.cloudformation.describe_stack_events(StackName=stack)["StackEvents"]
    assert any("BudgetType" in each.get("ResourceStatusReason", "") for each in events)
    assert names(budgets, stack) == []
