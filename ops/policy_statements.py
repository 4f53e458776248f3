"""Statements of policies, compared: pure.

One covers another where it allows at least as much: the same principal or every one, the actions, the
resources, and no condition that the other does not meet. Source: IAM User Guide, policy elements.
"""

import re
from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Any, Final

Statement = Mapping[str, Any]
Conditions = Mapping[tuple[str, str], frozenset[str]]
"""Values by operator and key."""

_NEGATIONS: Final = ("NotAction", "NotPrincipal", "NotResource")
_ROOT: Final = re.compile(r"arn:[a-z0-9-]+:iam::([0-9]{12}):root$")
_ONE_OF: Final = frozenset({"arnequals", "arnlike", "stringequals", "stringlike"})
"""Operators that one matching value of a list meets (IAM User Guide, multiple values in a condition)."""


def covers(there: Statement, wanted: Statement) -> bool:
    """Whether a statement allows at least what another one does."""
    return (
        there.get("Effect") == "Allow"
        and not any(each in there for each in _NEGATIONS)
        and _principals_cover(there.get("Principal"), wanted.get("Principal"))
        and _matched(there.get("Action"), wanted.get("Action"), case=False)
        and _matched(there.get("Resource"), wanted.get("Resource"), case=True)
        and _conditions_met(conditions(there), conditions(wanted))
    )


def _principals_cover(there: object, wanted: object) -> bool:
    if there == "*":
        return True
    if not isinstance(there, Mapping) or not isinstance(wanted, Mapping):
        return False
    return "*" in _named(there.get("AWS")) or all(
        _named(values) <= _named(there.get(kind)) for kind, values in wanted.items()
    )


def _named(values: object) -> set[str]:
    """Principals of one kind."""
    return {account_named(str(value)) for value in listed(values)}


def _matched(patterns: object, wanted: object, *, case: bool) -> bool:
    def same(text: str) -> str:
        return text if case else text.lower()

    return all(
        any(fnmatchcase(same(value), same(pattern).replace("[", "[[]")) for pattern in listed(patterns))
        for value in listed(wanted)
    )


def _conditions_met(there: Conditions, wanted: Conditions) -> bool:
    """Whether whatever meets the wanted conditions meets those that are there."""
    return all(
        key in wanted and (wanted[key] <= values if key[0] in _ONE_OF else wanted[key] == values)
        for key, values in there.items()
    )


def conditions(statement: Statement) -> Conditions:
    """Each condition once, however lists are written; operators and keys ignore case."""
    return {
        (operator.lower(), key.lower()): frozenset(str(value) for value in listed(values))
        for operator, keys in (statement.get("Condition") or {}).items()
        for key, values in keys.items()
    }


def account_named(principal: str) -> str:
    """The id of an account that is named by the ARN of its root, which is the same; else what was given."""
    return _ROOT.sub(r"\1", principal)


def listed(value: object) -> list[Any]:
    """An element's values: one needs no list, and there may be none."""
    return value if isinstance(value, list) else [] if value is None else [value]
