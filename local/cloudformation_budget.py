"""``AWS::Budgets::Budget`` as CloudFormation provides it, by the emulator's own calls of AWS Budgets.

Template reference: notifications change by replacement, Ref is the name; without one CloudFormation makes it.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final
from uuid import uuid4

from local import emulator

RESOURCE_TYPE: Final = "AWS::Budgets::Budget"
REPLACING: Final = ("NotificationsWithSubscribers",)
"""Properties whose change makes a new resource."""

Properties = Mapping[str, Any]


class BudgetRefusedError(ValueError):
    """AWS Budgets refuses a call; its text is what CloudFormation shows."""


@dataclass(frozen=True)
class BudgetType:
    """The resource type's handlers; parameter names and order are the emulator's."""

    def create(self, logical_id: str, props: Properties, stack_name: str) -> tuple[str, dict[str, str]]:
        """Make a budget.

        Raises:
            BudgetRefusedError: AWS Budgets refuses it.
        """
        budget = dict(props["Budget"])
        name = budget.setdefault("BudgetName", f"{stack_name}-{logical_id}-{uuid4().hex[:12]}")
        _call("CreateBudget", {**props, "Budget": _as_called(budget)})
        return name, {}

    def update(
        self, physical_id: str, old_props: Properties, new_props: Properties, stack_name: str
    ) -> tuple[str, dict[str, str]]:
        """Change a budget's own values.

        Raises:
            BudgetRefusedError: AWS Budgets refuses them.
        """
        del old_props, stack_name
        _call("UpdateBudget", {"NewBudget": _as_called({**new_props["Budget"], "BudgetName": physical_id})})
        return physical_id, {}

    def delete(self, physical_id: str, props: Properties) -> None:
        """Delete a budget; one that is gone already is fine."""
        del props
        emulator.budget_calls["DeleteBudget"]({"BudgetName": physical_id})


def _as_called(budget: Properties) -> dict[str, Any]:
    """The API wants the amount as text, where a template has a number."""
    limit = budget["BudgetLimit"]
    return {**budget, "BudgetLimit": {**limit, "Amount": str(limit["Amount"])}}


def _call(name: str, data: dict[str, Any]) -> None:
    status, _, body = emulator.budget_calls[name](data)
    if status != HTTPStatus.OK:
        raise BudgetRefusedError(json.loads(body).get("message", "AWS Budgets refused the call"))
