"""What another AWS account may send with an identity of ours, as data. Nothing is made from it alone.

`constructs_lib.sending.sending_authorizations` deploys it, and the other account needs its `settings`.

Example::

    SendingAuthorization(
        name="billing", identity="example.com", account="222222222222",
        principals=("role/Billing",),
        conditions=SendConditions(from_addresses=("billing@example.com",)),
    )
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from constructs_lib.account_id import require_account_id
from constructs_lib.domain_name import is_token, normalize_domain
from constructs_lib.email_address import normalize_address
from constructs_lib.errors import ConfigurationError
from constructs_lib.policy_size import policy_size
from constructs_lib.sending.delegate_settings import DelegateSettings, delegate_settings
from constructs_lib.sending.send_conditions import SendConditions
from constructs_lib.sending.send_permission import SendPermission
from constructs_lib.sending.send_policy import SendingIdentity

MAX_POLICY_SIZE: Final = 4096 - 500
"""Characters: SES takes 4 KB (policy anatomy), and the owner's mark that is added has 480 at most."""

SEND_ACTIONS: Final = ("ses:SendEmail", "ses:SendRawEmail")
"""What another account may do with an identity, templates of the API v1 apart."""

_TEMPLATED: Final = ("ses:SendTemplatedEmail", "ses:SendBulkTemplatedEmail")
_NAME: Final = re.compile(r"[A-Za-z0-9_-]{1,50}")
_PRINCIPAL: Final = re.compile(r"(role|user)/([\w+=,.@-]+/)*[\w+=,.@-]{1,64}", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class SendingAuthorization:
    """What one other account may send.

    Attributes:
        name: 1 to 50 letters, digits, hyphens and underscores. The policy's name begins with it; another
            name is another authorization.
        identity: The domain or address, or its construct. It must be in the stack's account and Region.
        account: The other account's id: 12 digits, as text.
        principals: Its roles or users, as ``role/Billing`` or ``user/billing``, with their path if they have
            one; each must exist. Default: whomever that account's administrators allow to.
        conditions: What each message must be like. `SendConditions()` allows any address of the identity.
        templated: Also SendTemplatedEmail and SendBulkTemplatedEmail of the API v1. Default: not.

    Raises:
        ConfigurationError: ``account-invalid``, ``from-address-outside-identity``, ``principal-invalid``,
            ``sending-authorization-invalid``, and the codes of addresses and domains.
    """

    name: str
    identity: str | SendingIdentity
    account: str
    conditions: SendConditions
    principals: Sequence[str] = ()
    templated: bool = False

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise _invalid(
                "name",
                "1 to 50 ASCII letters, digits, hyphens and underscores (SES API v2, PolicyName).",
                self.name,
                "choose such a name, for example that of the other team",
            )
        if isinstance(self.identity, str):
            normalize = normalize_address if "@" in self.identity else normalize_domain
            object.__setattr__(self, "identity", normalize(self.identity, option="identity"))
        # What this account could not send from is refused for another one as well.
        SendPermission(identities=(self.identity_name,), conditions=self.conditions)
        if is_token(self.identity_name):
            raise _invalid(
                f"{self.name}: identity",
                "a name that is known now: each identity has a place of its own in the template.",
                self.identity_name,
                "write the name out",
            )
        require_account_id(self.account, option=f"{self.name}: account")
        object.__setattr__(self, "principals", _principals(self))

    @property
    def identity_name(self) -> str:
        """The domain or address."""
        return self.identity if isinstance(self.identity, str) else self.identity.domain

    @property
    def actions(self) -> tuple[str, ...]:
        """What is allowed: those actions with which SES passes the keys of the conditions."""
        wanted = SEND_ACTIONS + (_TEMPLATED if self.templated else ())
        return tuple(action for action in wanted if self.conditions.applies_to(action))

    def policy(self, *, identity_arn: str, partition: str) -> dict[str, Any]:
        """The policy to put on the identity, as data.

        Raises:
            ConfigurationError: ``sending-authorization-invalid``: it is longer than SES takes.
        """
        statement: dict[str, Any] = {
            "Sid": "Send",
            "Effect": "Allow",
            "Principal": {
                "AWS": [
                    f"arn:{partition}:iam::{self.account}:{name}" for name in self.principals or ("root",)
                ]
            },
            "Action": list(self.actions),
            "Resource": identity_arn,
        }
        if block := self.conditions.block():
            statement["Condition"] = block
        size = policy_size([statement])
        if size > MAX_POLICY_SIZE:
            raise _invalid(
                f"{self.name}: principals and conditions",
                f"at most {MAX_POLICY_SIZE} characters as a policy: SES takes 4 KB.",
                f"{size} characters",
                "use * before the @ instead of single addresses, or make two authorizations",
            )
        return {"Version": "2012-10-17", "Statement": [statement]}

    def settings(self, *, identity_arn: str, region: str, partition: str) -> DelegateSettings:
        """What the other account must set."""
        return delegate_settings(
            identity_arn=identity_arn,
            region=region,
            partition=partition,
            account=self.account,
            actions=self.actions,
            conditions=self.conditions.block(),
        )


def _principals(authorization: SendingAuthorization) -> tuple[str, ...]:
    if isinstance(authorization.principals, str):
        raise _principal_invalid(authorization, "write a sequence, even for one role")
    for name in authorization.principals:
        if not is_token(name) and not _PRINCIPAL.fullmatch(name):
            raise _principal_invalid(
                authorization,
                "write role/<name> or user/<name>, no ARN; for the whole account leave principals out",
            )
    return tuple(authorization.principals)


def _invalid(option: str, rule: str, got: object, fix: str) -> ConfigurationError:
    return ConfigurationError("sending-authorization-invalid", option=option, rule=rule, got=got, fix=fix)


def _principal_invalid(authorization: SendingAuthorization, fix: str) -> ConfigurationError:
    return ConfigurationError(
        "principal-invalid",
        option=f"{authorization.name}: principals",
        rule=f"roles or users of account {authorization.account}, without wildcards.",
        got=authorization.principals,
        fix=fix,
    )
