"""Whether a policy document is small enough for what holds it.

IAM has no limit on the recipients or addresses of a condition: the characters of the whole document count,
white space not (IAM User Guide, IAM and AWS STS quotas).
"""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from constructs_lib.errors import ConfigurationError

MANAGED_POLICY: Final = 6144
"""Characters of a managed policy."""
GROUP_INLINE: Final = 5120
"""Characters of all inline policies of a group together."""
ROLE_INLINE: Final = 10_240
"""Characters of all inline policies of a role together."""
USER_INLINE: Final = 2048
"""Characters of all inline policies of a user together."""
BUCKET_POLICY: Final = 20_480
"""Characters of a bucket's policy: 20 KB (S3 User Guide, bucket policies)."""

_TOKEN: Final = re.compile(r"\$\{Token\[[^]]*\]\}")
_TOKEN_STANDS_FOR: Final = "x" * 12


def policy_size(statements: Sequence[Mapping[str, Any]]) -> int:
    """Characters that IAM counts of a document with these statements.

    A value that only the deployment knows counts as twelve, as long as an account id; a partition is shorter,
    a Region of a stack without one may be two longer.
    """
    return _characters({"Version": "2012-10-17", "Statement": list(statements)})


def require_policy_size(
    statements: Sequence[Mapping[str, Any]], *, limit: int, option: str, fix: str
) -> None:
    """Refuse a policy document that its holder cannot take.

    Args:
        statements: Its statements as plain data, tokens included.
        limit: Characters that the holder takes, such as `MANAGED_POLICY`.
        option: The option's name, for the error.
        fix: What to do where recipients are not what is too much.

    Raises:
        ConfigurationError: ``recipients-too-many`` where the document would fit with fewer recipients,
            ``policy-too-large`` otherwise.
    """
    size = policy_size(statements)
    if size <= limit:
        return
    recipients = [recipient for statement in statements for recipient in _recipients(statement)]
    if recipients and size - sum(_characters(recipient) + len(",") for recipient in recipients) <= limit:
        raise ConfigurationError(
            "recipients-too-many",
            option="recipients",
            rule=f"IAM takes {limit} characters here, all addresses together "
            "(IAM User Guide, IAM and AWS STS quotas).",
            got=f"{len(recipients)} recipients in {size} characters",
            fix="write a pattern such as *@example.org for each domain, or several permissions in "
            "policies of their own",
        )
    raise ConfigurationError(
        "policy-too-large",
        option=option,
        rule=f"IAM takes {limit} characters here (IAM User Guide, IAM and AWS STS quotas).",
        got=f"{size} characters",
        fix=fix,
    )


def _characters(value: object) -> int:
    text = json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    return len(re.sub(r"\s", "", _TOKEN.sub(_TOKEN_STANDS_FOR, text)))


def _recipients(statement: Mapping[str, Any]) -> list[str]:
    values: list[str] = (
        statement.get("Condition", {}).get("ForAllValues:StringLike", {}).get("ses:Recipients", [])
    )
    return values
