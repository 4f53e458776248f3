"""Talks to SES; the only module here that does.

The API v2, because IAM can limit its calls to an identity and those of the API v1 not (Service Authorization
Reference, Amazon SES). Permissions: ``ses:GetEmailIdentityPolicies``,
``ses:CreateEmailIdentityPolicy``, ``ses:UpdateEmailIdentityPolicy``, ``ses:DeleteEmailIdentityPolicy``.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from ..custom_resource import RefusedError  # noqa: TID252 - Lambda has no constructs_lib

if TYPE_CHECKING:
    from mypy_boto3_sesv2 import SESV2Client

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


class SesPolicies:
    """Identity policies of the account and Region that the function runs in.

    Args:
        client: Default: one with the function's role.
    """

    def __init__(self, client: "SESV2Client | None" = None) -> None:
        self._client = client or boto3.client("sesv2", config=_CONFIG)

    def find(self, identity: str, name: str) -> str | None:
        """Return the policy's JSON, or None."""
        with _refusals("GetEmailIdentityPolicies", identity):
            try:
                policies = self._client.get_email_identity_policies(EmailIdentity=identity)["Policies"]
            except self._client.exceptions.NotFoundException:
                return None
        return policies.get(name)

    def create(self, identity: str, name: str, policy: str) -> bool:
        """Put a new policy; False where one of that name exists."""
        with _refusals("CreateEmailIdentityPolicy", identity):
            try:
                self._client.create_email_identity_policy(
                    EmailIdentity=identity, PolicyName=name, Policy=policy
                )
            except self._client.exceptions.AlreadyExistsException:
                return False
        return True

    def update(self, identity: str, name: str, policy: str) -> None:
        """Replace a policy."""
        with _refusals("UpdateEmailIdentityPolicy", identity):
            self._client.update_email_identity_policy(EmailIdentity=identity, PolicyName=name, Policy=policy)

    def delete(self, identity: str, name: str) -> None:
        """Delete a policy; one that is gone already is fine."""
        with _refusals("DeleteEmailIdentityPolicy", identity):
            try:
                self._client.delete_email_identity_policy(EmailIdentity=identity, PolicyName=name)
            except self._client.exceptions.NotFoundException:
                return


@contextmanager
def _refusals(call: str, identity: str) -> Iterator[None]:
    """Turn what SES refuses into what a person reads; a policy holds no secret that its text could quote."""
    try:
        yield
    except ClientError as error:
        code, text = error.response["Error"].get("Code", ""), error.response["Error"].get("Message", "")
        fix = f" Fix: {_FIXES[code]}." if code in _FIXES else ""
        raise RefusedError(f"SES refused {call} for identity {identity}: {code}: {text}{fix}") from error
    except BotoCoreError as error:
        raise RefusedError(f"{call} for identity {identity} got no answer: {type(error).__name__}") from error
