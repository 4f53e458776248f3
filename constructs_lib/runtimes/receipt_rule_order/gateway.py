"""Talks to SES; the only module here that does.

The API v1: the API v2 knows no receipt rules.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import boto3

from ..aws_calls import PATIENT, asked  # noqa: TID252 - Lambda has no constructs_lib

if TYPE_CHECKING:
    from mypy_boto3_ses import SESClient


class SesReceiptRules:
    """Receipt rule sets of the account and Region that the function runs in.

    Args:
        client: Default: one with the function's role.
    """

    def __init__(self, client: "SESClient | None" = None) -> None:
        self._client = client or boto3.client("ses", config=PATIENT)

    def rules(self, rule_set: str) -> tuple[str, ...]:
        """Return the names of a set's rules in their order."""
        found = asked(
            f"DescribeReceiptRuleSet for {rule_set}",
            lambda: self._client.describe_receipt_rule_set(RuleSetName=rule_set),
        )
        return tuple(rule["Name"] for rule in found.get("Rules", []))

    def reorder(self, rule_set: str, names: Sequence[str]) -> None:
        """Put all rules of a set into this order."""
        asked(
            f"ReorderReceiptRuleSet for {rule_set}",
            lambda: self._client.reorder_receipt_rule_set(RuleSetName=rule_set, RuleNames=list(names)),
        )
