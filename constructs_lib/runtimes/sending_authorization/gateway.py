"""Talks to SES; the only module here that does.

Permissions: ``ses:GetEmailIdentityPolicies``, ``ses:CreateEmailIdentityPolicy``, ``ses:UpdateEmailIdentityPolicy``,
``ses:DeleteEmailIdentityPolicy`` on the identities.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from ..custom_resource import RefusedError

if TYPE_CHECKING:
    from mypy_boto3_sesv2 import SESV2Client

# SES allows one policy call per second and identity; the standard mode waits longer each time.
_CONFIG: Final = Config(
    connect_timeout=5, read_timeout=10, retries={"mode": "standard", "total_max_attempts": 6}
)


class SesPolicies:
    """Identity policies of the account and Region that the function runs in.

    Args:
        client: Default: one with the function's role.
    """

    def __init__(self, client: "SESV2Client | None" = None) -> None:
        self._client = client or boto3.client("sesv2", config=_CONFIG)

    def find(self, identity: str, name: str) -> str | None:
        """Return the policy's JSON, or None."""
        with _refusals("read", identity):
            try:
                policies = self._client.get_email_identity_policies(EmailIdentity=identity)["Policies"]
            except self._client.exceptions.NotFoundException:
                return None
        return policies.get(name)

    def create(self, identity: str, name: str, policy: str) -> bool:
        """Put a new policy; False where one of that name exists."""
        with _refusals("create", identity):
            try:
                self._client.create_email_identity_policy(
                    EmailIdentity=identity, PolicyName=name, Policy=policy
                )
            except self._client.exceptions.AlreadyExistsException:
                return False
        return True

    def update(self, identity: str, name: str, policy: str) -> None:
        """Replace a policy."""
        with _refusals("update", identity):
            self._client.update_email_identity_policy(EmailIdentity=identity, PolicyName=name, Policy=policy)

    def delete(self, identity: str, name: str) -> None:
        """Delete a policy; one that is gone already is fine."""
        with _refusals("delete", identity):
            try:
                self._client.delete_email_identity_policy(EmailIdentity=identity, PolicyName=name)
            except self._client.exceptions.NotFoundException:
                return


@contextmanager
def _refusals(verb: str, identity: str) -> Iterator[None]:
    """Turn what SES refuses into what a person reads: SES's code, not its text, which may quote the policy."""
    try:
        yield
    except ClientError as error:
        code = error.response["Error"]["Code"]
        raise RefusedError(f"SES refused to {verb} a policy of identity {identity}: {code}.") from error
