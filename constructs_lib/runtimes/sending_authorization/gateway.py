"""Talks to SES; the only module here that does.

The API v2, because IAM can limit its calls to an identity and those of the API v1 not (Service Authorization
Reference, Amazon SES).
"""

from typing import TYPE_CHECKING, Final

import boto3

from ..aws_calls import PATIENT, asked, asked_or_none  # noqa: TID252 - Lambda has no constructs_lib

if TYPE_CHECKING:
    from mypy_boto3_sesv2 import SESV2Client

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
        self._client = client or boto3.client("sesv2", config=PATIENT)

    def find(self, identity: str, name: str) -> str | None:
        """Return the policy's JSON, or None."""
        found = asked_or_none(
            f"GetEmailIdentityPolicies for identity {identity}",
            lambda: self._client.get_email_identity_policies(EmailIdentity=identity),
            fine="NotFoundException",
            fixes=_FIXES,
        )
        return found["Policies"].get(name) if found else None

    def create(self, identity: str, name: str, policy: str) -> bool:
        """Put a new policy; False where one of that name exists."""
        created = asked_or_none(
            f"CreateEmailIdentityPolicy for identity {identity}",
            lambda: self._client.create_email_identity_policy(
                EmailIdentity=identity, PolicyName=name, Policy=policy
            ),
            fine="AlreadyExistsException",
            fixes=_FIXES,
        )
        return created is not None

    def update(self, identity: str, name: str, policy: str) -> None:
        """Replace a policy."""
        asked(
            f"UpdateEmailIdentityPolicy for identity {identity}",
            lambda: self._client.update_email_identity_policy(
                EmailIdentity=identity, PolicyName=name, Policy=policy
            ),
            fixes=_FIXES,
        )

    def delete(self, identity: str, name: str) -> None:
        """Delete a policy; one that is gone already is fine."""
        asked_or_none(
            f"DeleteEmailIdentityPolicy for identity {identity}",
            lambda: self._client.delete_email_identity_policy(EmailIdentity=identity, PolicyName=name),
            fine="NotFoundException",
            fixes=_FIXES,
        )
