"""Talks to SES; the only module here that does.

The API v1: the API v2 knows no receipt rules.
"""

import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final, TypeVar

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from ..custom_resource import RefusedError  # noqa: TID252 - Lambda has no constructs_lib

if TYPE_CHECKING:
    from mypy_boto3_ses import SESClient

TRIES: Final = 12
PAUSE_SECONDS: Final = 5.0
"""How often and how far apart a denied call is tried: IAM needs some seconds to spread a new permission."""

# SES takes each of these calls once a second (SES API v1), and CloudFormation has just made a rule.
_CONFIG: Final = Config(
    connect_timeout=5, read_timeout=10, retries={"mode": "standard", "total_max_attempts": 8}
)

_Answer = TypeVar("_Answer")


class SesReceiptRules:
    """Receipt rule sets of the account and Region that the function runs in.

    Args:
        client: Default: one with the function's role.
    """

    def __init__(self, client: "SESClient | None" = None) -> None:
        self._client = client or boto3.client("ses", config=_CONFIG)

    def rules(self, rule_set: str) -> tuple[str, ...]:
        """Return the names of a set's rules in their order."""
        found = _asked(
            f"DescribeReceiptRuleSet for {rule_set}",
            lambda: self._client.describe_receipt_rule_set(RuleSetName=rule_set),
        )
        return tuple(rule["Name"] for rule in found.get("Rules", []))

    def reorder(self, rule_set: str, names: Sequence[str]) -> None:
        """Put all rules of a set into this order."""
        _asked(
            f"ReorderReceiptRuleSet for {rule_set}",
            lambda: self._client.reorder_receipt_rule_set(RuleSetName=rule_set, RuleNames=list(names)),
        )


def _asked(what: str, call: Callable[[], _Answer]) -> _Answer:
    """Return the answer.

    Raises:
        RefusedError: SES refuses, or cannot be reached.
    """
    tries_left = TRIES
    while True:
        tries_left -= 1
        try:
            return call()
        except ClientError as error:
            code = error.response["Error"].get("Code", "")
            if code != "AccessDenied" or not tries_left:
                # Names of sets and rules: nothing in them that must not be read.
                text = error.response["Error"].get("Message", "")
                raise RefusedError(f"{what}: {code}: {text}") from error
            time.sleep(PAUSE_SECONDS)
        except BotoCoreError as error:
            raise RefusedError(f"{what}: {type(error).__name__}") from error
