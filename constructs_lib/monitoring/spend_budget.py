"""A budget for what Amazon SES costs: told when it is spent, and when it is forecast to be.

A user gets one `AWS::Budgets::Budget` of the account, limited to Amazon SES and, by a tag, to one
environment; it goes with its stack. AWS updates what was spent up to three times a day. Credits and refunds
are left out, so that they hide nothing.

What a person must still do: activate the tag as a cost allocation tag in the billing account; until then,
and for what was used before, a budget with a tag counts nothing.

Example::

    SpendBudget(
        stack, "Budget", limit=SpendLimit(monthly_usd=50, tag="environment"), tag_value="prod",
        topic=topic.topic,
    )
"""

from typing import Final

import aws_cdk as cdk
from aws_cdk import aws_budgets as budgets
from aws_cdk import aws_sns as sns
from constructs import Construct

from constructs_lib.errors import ConfigurationError
from constructs_lib.monitoring.spend_limit import SpendLimit
from constructs_lib.regions import require_budgets_region

SERVICE: Final = "Amazon Simple Email Service"
"""As Cost Explorer and AWS Budgets call it."""

_Budget = budgets.CfnBudget


class SpendBudget(Construct):
    """The budget of one environment.

    Args:
        scope: Parent construct.
        construct_id: Id below the parent.
        limit: How much, and when it is told.
        topic: Of the same account; it must let ``budgets.amazonaws.com`` publish, as `AlarmTopic` does.
        tag_value: The environment's value of the limit's tag; needed with a tag.

    Raises:
        ConfigurationError: ``spend-limit-invalid``, ``region-without-budgets``.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        limit: SpendLimit,
        topic: sns.ITopic,
        tag_value: str | None = None,
    ) -> None:
        require_budgets_region(cdk.Stack.of(scope).region, option="env.region")
        if (limit.tag is None) != (tag_value is None):
            raise ConfigurationError(
                "spend-limit-invalid",
                option="tag_value",
                rule="a value where the limit has a tag, and none where it has none.",
                got=tag_value,
                fix="give the value that the environment's resources have",
            )
        super().__init__(scope, construct_id)
        filters = {"Service": [SERVICE]}
        if tag_value is not None:
            # AWS Budgets API, CostFilters; AWS CLI, create-budget: user:<key>$<value>.
            filters["TagKeyValue"] = [f"user:{limit.tag}${tag_value}"]
        budget = _Budget(
            self,
            "Budget",
            # No name: notifications change by replacement, and AWS refuses a second budget of one name.
            budget=_Budget.BudgetDataProperty(
                budget_type="COST",
                time_unit="MONTHLY",
                budget_limit=_Budget.SpendProperty(amount=limit.monthly_usd, unit="USD"),
                cost_filters=filters,
                cost_types=_Budget.CostTypesProperty(include_credit=False, include_refund=False),
            ),
            notifications_with_subscribers=[
                _Budget.NotificationWithSubscribersProperty(
                    notification=_Budget.NotificationProperty(
                        notification_type=kind,
                        comparison_operator="GREATER_THAN",
                        threshold=percent,
                        threshold_type="PERCENTAGE",
                    ),
                    subscribers=[
                        _Budget.SubscriberProperty(subscription_type="SNS", address=topic.topic_arn)
                    ],
                )
                for kind, percents in (
                    ("ACTUAL", limit.actual_percents),
                    ("FORECASTED", limit.forecast_percents),
                )
                for percent in percents
            ],
        )
        # With its policy: AWS Budgets tells through it from the start.
        # Not on the topic as a whole: cfn-lint reports a DependsOn that repeats the reference to it.
        policy = topic.node.try_find_child("Policy")
        if policy is not None:
            budget.node.add_dependency(policy)
