"""Roles and users of one account by their names, and how CloudTrail writes who called.

A record of a call names a role's session, ``assumed-role/<role>/<session>``, without the path that the role's
own ARN has, and a user as IAM does (CloudTrail User Guide, userIdentity element). Plain values.
"""

import re
from collections.abc import Sequence
from typing import Final

from constructs_lib.domain_name import is_token
from constructs_lib.errors import ConfigurationError

_NAME: Final = re.compile(r"(role|user)/([\w+=,.@-]+/)*[\w+=,.@-]{1,64}\*?", re.ASCII)


def require_principals(names: Sequence[str], *, option: str) -> tuple[str, ...]:
    """Refuse what is no role or user; tokens pass.

    Args:
        names: As ``role/Billing`` or ``user/billing``, with their path if they have one. ``*`` may end a
            name, for roles whose names end with what CloudFormation chose.
        option: The option's name, for the error.

    Raises:
        ConfigurationError: ``known-principal-invalid``.
    """
    for name in (names,) if isinstance(names, str) else names:
        if isinstance(names, str) or not (is_token(name) or _NAME.fullmatch(name)):
            raise ConfigurationError(
                "known-principal-invalid",
                option=option,
                rule="roles and users of the account as role/<name> and user/<name>; * only at the end, "
                "after at least one character.",
                got=names,
                fix='write a sequence such as ("role/Billing",), no ARN',
            )
    return tuple(names)


def caller_patterns(names: Sequence[str], *, partition: str, account: str) -> list[str]:
    """What ``userIdentity.arn`` is in records of their calls; ``*`` stands for any characters.

    Args:
        names: As `require_principals` takes them.
        partition: Their partition.
        account: Their account.
    """
    return [_pattern(name, partition=partition, account=account) for name in names]


def _pattern(name: str, *, partition: str, account: str) -> str:
    kind, _, rest = name.partition("/")
    if kind == "user":
        return f"arn:{partition}:iam::{account}:{name}"
    role = rest.rpartition("/")[2]
    session = "" if role.endswith("*") else "/*"
    return f"arn:{partition}:sts::{account}:assumed-role/{role}{session}"
