"""Talks to SES and to the Parameter Store; the only module here that does.

The API v1 of SES: the API v2 knows no receipt rules.
"""

import time
from typing import TYPE_CHECKING, Final

import boto3

from ..aws_calls import PATIENT, PAUSE_SECONDS, asked, asked_or_none  # noqa: TID252 - Lambda has no constructs_lib
from ..custom_resource import RefusedError  # noqa: TID252 - Lambda has no constructs_lib

if TYPE_CHECKING:
    from mypy_boto3_ses import SESClient
    from mypy_boto3_ssm import SSMClient

READS: Final = 4
"""How often a parameter is read that exists, as its writing was refused for that."""

_DESCRIPTION: Final = "The receipt rule set that becomes active again when its CloudFormation stack goes"


class SesAndSsm:
    """The account and Region that the function runs in.

    Args:
        ses: Default: a client with the function's role.
        ssm: Default: as above.
    """

    def __init__(self, ses: "SESClient | None" = None, ssm: "SSMClient | None" = None) -> None:
        self._ses = ses or boto3.client("ses", config=PATIENT)
        self._ssm = ssm or boto3.client("ssm", config=PATIENT)

    def active(self) -> str | None:
        """Return the name of the active receipt rule set, or None."""
        found = asked("DescribeActiveReceiptRuleSet", self._ses.describe_active_receipt_rule_set)
        # Without an active set the answer is empty.
        metadata = found.get("Metadata") if found else None
        return metadata.get("Name") if metadata else None

    def exists(self, name: str) -> bool:
        """Whether there is a receipt rule set of that name."""
        found = asked_or_none(
            f"DescribeReceiptRuleSet for {name}",
            lambda: self._ses.describe_receipt_rule_set(RuleSetName=name),
            fine="RuleSetDoesNotExist",
        )
        return found is not None

    def switch(self, name: str | None) -> bool:
        """Make a set active, or none; False where there is no set of that name."""
        switched = asked_or_none(
            f"SetActiveReceiptRuleSet for {name or 'none'}",
            # Without a name SES receives nothing any more.
            lambda: self._ses.set_active_receipt_rule_set(**({"RuleSetName": name} if name else {})),
            fine="RuleSetDoesNotExist",
        )
        return switched is not None

    def recall(self, place: str) -> str | None:
        """Return a parameter's value, or None."""
        found = asked_or_none(
            f"GetParameter for {place}",
            lambda: self._ssm.get_parameter(Name=place),
            fine="ParameterNotFound",
        )
        return found["Parameter"]["Value"] if found else None

    def remember(self, place: str, text: str) -> None:
        """Write a parameter, whatever was there."""
        asked(
            f"PutParameter for {place}",
            lambda: self._ssm.put_parameter(
                Name=place, Value=text, Type="String", Description=_DESCRIPTION, Overwrite=True
            ),
        )

    def remember_first(self, place: str, text: str) -> str:
        """Write a parameter that does not exist, and return the value that is there then."""
        written = asked_or_none(
            f"PutParameter for {place}",
            lambda: self._ssm.put_parameter(
                Name=place, Value=text, Type="String", Description=_DESCRIPTION, Overwrite=False
            ),
            fine="ParameterAlreadyExists",
        )
        if written is not None:
            return text
        for _ in range(READS):
            found = self.recall(place)
            if found is not None:
                return found
            time.sleep(PAUSE_SECONDS)
        raise RefusedError(f"The parameter {place} exists and cannot be read. Fix: deploy again.")

    def forget(self, place: str) -> None:
        """Delete a parameter; one that is gone already is fine."""
        asked_or_none(
            f"DeleteParameter for {place}",
            lambda: self._ssm.delete_parameter(Name=place),
            fine="ParameterNotFound",
        )
