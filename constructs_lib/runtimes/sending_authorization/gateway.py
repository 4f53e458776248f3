"""Talks to SES; the only module here that does.

The API v2, because IAM can limit its calls to an identity and those of the API v1 not (Service Authorization
Reference, Amazon SES).
"""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Final, TypeVar

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from ..custom_resource import RefusedError  # noqa: TID252 - Lambda has no constructs_lib

if TYPE_CHECKING:
    from mypy_boto3_sesv2 import SESV2Client

TRIES: Final = 12
PAUSE_SECONDS: Final = 5.0
"""How often and how far apart a denied call is tried: IAM needs some seconds to spread a new permission."""

# SES takes each of these calls once a second (SES API v2), and CloudFormation asks for all policies at once:
# the standard mode waits longer before each attempt, 20 seconds at most.
_CONFIG: Final = Config(
    connect_timeout=5, read_timeout=10, retries={"mode": "standard", "total_max_attempts": 8}
)

_FIXES: Final = {
    "BadRequestException": "each account and principal of the policy must exist, and its account must have "
    "this Region enabled",
    "LimitExceededException": "SES keeps 20 policies for an identity; delete one that nobody needs",
    "NotFoundException": "this account has no such identity in this Region; create it first",
}

_Answer = TypeVar("_Answer")


class SesPolicies:
    """Identity policies of the account and Region that the function runs in.

    Args:
        client: Default: one with the function's role.
    """

    def __init__(self, client: "SESV2Client | None" = None) -> None:
        self._client = client or boto3.client("sesv2", config=_CONFIG)

    def find(self, identity: str, name: str) -> str | None:
        """Return the policy's JSON, or None."""
        found = _asked(
            "GetEmailIdentityPolicies",
            identity,
            lambda: self._client.get_email_identity_policies(EmailIdentity=identity),
            fine="NotFoundException",
        )
        return found["Policies"].get(name) if found else None

    def create(self, identity: str, name: str, policy: str) -> bool:
        """Put a new policy; False where one of that name exists."""
        created = _asked(
            "CreateEmailIdentityPolicy",
            identity,
            lambda: self._client.create_email_identity_policy(
                EmailIdentity=identity, PolicyName=name, Policy=policy
            ),
            fine="AlreadyExistsException",
        )
        return created is not None

    def update(self, identity: str, name: str, policy: str) -> None:
        """Replace a policy."""
        _asked(
            "UpdateEmailIdentityPolicy",
            identity,
            lambda: self._client.update_email_identity_policy(
                EmailIdentity=identity, PolicyName=name, Policy=policy
            ),
        )

    def delete(self, identity: str, name: str) -> None:
        """Delete a policy; one that is gone already is fine."""
        _asked(
            "DeleteEmailIdentityPolicy",
            identity,
            lambda: self._client.delete_email_identity_policy(EmailIdentity=identity, PolicyName=name),
            fine="NotFoundException",
        )


def _asked(name: str, identity: str, call: Callable[[], _Answer], *, fine: str = "") -> _Answer | None:
    """Return SES's answer, or None where it refuses with the code that is `fine`."""
    for tries_left in reversed(range(TRIES)):
        try:
            return call()
        except ClientError as error:
            code = error.response["Error"].get("Code", "")
            if code == fine:
                return None
            if code != "AccessDeniedException" or not tries_left:
                # A policy holds no secret that SES's text could quote.
                text = error.response["Error"].get("Message", "")
                fix = f" Fix: {_FIXES[code]}." if code in _FIXES else ""
                raise RefusedError(f"{name} for identity {identity}: {code}: {text}{fix}") from error
            time.sleep(PAUSE_SECONDS)
        except BotoCoreError as error:
            raise RefusedError(f"{name} for identity {identity}: {type(error).__name__}") from error
    return None
