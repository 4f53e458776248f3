"""Talks to SES and to the Parameter Store; the only module here that does.

The API v1 of SES: the API v2 knows no receipt rules.
"""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Final, TypeVar

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from ..custom_resource import RefusedError  # noqa: TID252 - Lambda has no constructs_lib

if TYPE_CHECKING:
    from mypy_boto3_ses import SESClient
    from mypy_boto3_ssm import SSMClient

TRIES: Final = 12
PAUSE_SECONDS: Final = 5.0
"""How often and how far apart a denied call is tried: IAM needs some seconds to spread a new permission."""

READS: Final = 4
"""How often a parameter is read that exists, as its writing was refused for that."""

_DENIED: Final = frozenset({"AccessDenied", "AccessDeniedException"})
_DESCRIPTION: Final = "The receipt rule set that becomes active again when its CloudFormation stack goes"

# SES takes each of these calls once a second (SES API v1): the standard mode waits before each attempt.
_CONFIG: Final = Config(
    connect_timeout=5, read_timeout=10, retries={"mode": "standard", "total_max_attempts": 8}
)

_Answer = TypeVar("_Answer")


class SesAndSsm:
    """The account and Region that the function runs in.

    Args:
        ses: Default: a client with the function's role.
        ssm: Default: as above.
    """

    def __init__(self, ses: "SESClient | None" = None, ssm: "SSMClient | None" = None) -> None:
        self._ses = ses or boto3.client("ses", config=_CONFIG)
        self._ssm = ssm or boto3.client("ssm", config=_CONFIG)

    def active(self) -> str | None:
        """Return the name of the active receipt rule set, or None."""
        found = _asked("DescribeActiveReceiptRuleSet", self._ses.describe_active_receipt_rule_set)
        # Without an active set the answer is empty.
        metadata = found.get("Metadata") if found else None
        return metadata.get("Name") if metadata else None

    def exists(self, name: str) -> bool:
        """Whether there is a receipt rule set of that name."""
        found = _asked(
            f"DescribeReceiptRuleSet for {name}",
            lambda: self._ses.describe_receipt_rule_set(RuleSetName=name),
            fine="RuleSetDoesNotExist",
        )
        return found is not None

    def switch(self, name: str | None) -> bool:
        """Make a set active, or none; False where there is no set of that name."""
        switched = _asked(
            f"SetActiveReceiptRuleSet for {name or 'none'}",
            # Without a name SES receives nothing any more.
            lambda: self._ses.set_active_receipt_rule_set(**({"RuleSetName": name} if name else {})),
            fine="RuleSetDoesNotExist",
        )
        return switched is not None

    def recall(self, place: str) -> str | None:
        """Return a parameter's value, or None."""
        found = _asked(
            f"GetParameter for {place}",
            lambda: self._ssm.get_parameter(Name=place),
            fine="ParameterNotFound",
        )
        return found["Parameter"]["Value"] if found else None

    def remember(self, place: str, text: str) -> None:
        """Write a parameter, whatever was there."""
        _asked(
            f"PutParameter for {place}",
            lambda: self._ssm.put_parameter(
                Name=place, Value=text, Type="String", Description=_DESCRIPTION, Overwrite=True
            ),
        )

    def remember_first(self, place: str, text: str) -> str:
        """Write a parameter that does not exist, and return the value that is there then."""
        written = _asked(
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
        _asked(
            f"DeleteParameter for {place}",
            lambda: self._ssm.delete_parameter(Name=place),
            fine="ParameterNotFound",
        )


def _asked(what: str, call: Callable[[], _Answer], *, fine: str = "") -> _Answer | None:
    """Return the answer, or None where the code of a refusal is `fine`."""
    for tries_left in reversed(range(TRIES)):
        try:
            return call()
        except ClientError as error:
            code = error.response["Error"].get("Code", "")
            if code == fine:
                return None
            if code not in _DENIED or not tries_left:
                # Names of rule sets and of a parameter: nothing in them that must not be read.
                text = error.response["Error"].get("Message", "")
                raise RefusedError(f"{what}: {code}: {text}") from error
            time.sleep(PAUSE_SECONDS)
        except BotoCoreError as error:
            raise RefusedError(f"{what}: {type(error).__name__}") from error
    return None
