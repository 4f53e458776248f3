"""Sending authorization policies of an identity: what SES takes and keeps.

Source: SES Developer Guide, policy anatomy. Whether the accounts and principals of a policy exist, which SES
also checks, cannot be known here; that nobody sends by such a policy is a limit of the rehearsal.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from local.identity import Identity

MAX_POLICIES: Final = 20
MAX_SIZE: Final = 4096
_NAME: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")


class InvalidPolicyError(ValueError):
    """SES would refuse the policy."""


class TooManyPoliciesError(ValueError):
    """The identity has as many policies as it may have."""


def with_policy(identity: Identity, name: str, policy: str, *, arn: str) -> Identity:
    """The identity with a policy, new or changed.

    Raises:
        InvalidPolicyError: the name or the policy breaks a rule.
        TooManyPoliciesError: it would be one more than an identity may have.
    """
    if not _NAME.fullmatch(name):
        raise InvalidPolicyError("A policy name has 1 to 64 letters, digits, dashes and underscores.")
    _require_valid(policy, arn)
    policies = {**identity.policies, name: policy}
    if len(policies) > MAX_POLICIES:
        raise TooManyPoliciesError(f"{identity.name} already has {MAX_POLICIES} policies.")
    return replace(identity, policies=policies)


def without_policy(identity: Identity, name: str) -> Identity:
    """The identity without a policy; one that it does not have is no error."""
    return replace(identity, policies={key: text for key, text in identity.policies.items() if key != name})


def _require_valid(policy: str, arn: str) -> None:
    if len(policy.encode()) > MAX_SIZE:
        raise InvalidPolicyError(f"A policy has {MAX_SIZE} bytes at most.")
    try:
        document = json.loads(policy)
    except ValueError:
        raise InvalidPolicyError("The policy is not JSON.") from None
    statements = document.get("Statement") if isinstance(document, dict) else None
    statements = [statements] if isinstance(statements, dict) else statements
    if not statements or not isinstance(statements, list):
        raise InvalidPolicyError("A policy has at least one statement.")
    for statement in statements:
        _require_valid_statement(statement, arn)


def _require_valid_statement(statement: Mapping[str, Any], arn: str) -> None:
    missing = [part for part in ("Effect", "Principal", "Action", "Resource") if not statement.get(part)]
    if missing:
        raise InvalidPolicyError(f"A statement lacks {', '.join(missing)}.")
    if statement["Resource"] not in (arn, [arn]):
        raise InvalidPolicyError(f"The resource of a policy is the identity that it is for: {arn}.")
