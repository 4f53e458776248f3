"""Policy statements taken apart, so that two policies can be compared whatever their order."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Final

from ops.review.values import Reader

Conditions = tuple[tuple[str, str, tuple[str, ...]], ...]
"""Operator, key and values, sorted."""

FROM_ADDRESS: Final = "ses:fromaddress"


@dataclass(frozen=True, order=True, kw_only=True)
class Permission:
    """One action on one resource for one principal.

    Attributes:
        allows: False for a statement that denies.
        principal: Who, in a resource's policy; empty in a policy of the holder's own.
        action: Such as ``ses:SendEmail``; ``all but ...`` where the statement names exceptions.
        resource: ARN or pattern.
        conditions: When.
    """

    allows: bool
    principal: str
    action: str
    resource: str
    conditions: Conditions

    def on(self, resource: str) -> "Permission":
        """The same on another resource."""
        return replace(self, resource=resource)

    def covers(self, other: "Permission") -> bool:
        """Whether whatever the other one says, this one says too."""
        return (
            self.allows == other.allows
            and self.principal in {other.principal, "*"}
            and _matches(self.action.lower(), other.action.lower())
            and _matches(self.resource, other.resource)
            and all(_weaker(condition, other.conditions) for condition in self.conditions)
        )


@dataclass(frozen=True, kw_only=True)
class Group:
    """Permissions that one statement can say."""

    allows: bool
    principal: str
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    conditions: Conditions

    @property
    def line(self) -> str:
        """As one line."""
        who = f" {self.principal}" if self.principal else ""
        what = f"{', '.join(self.actions)} on {', '.join(self.resources)}"
        conditions = " and ".join(f"{op} {key} = {', '.join(values)}" for op, key, values in self.conditions)
        effect = "Allow" if self.allows else "Deny"
        return f"{effect}{who}: {what}" + (f" if {conditions}" if conditions else "")

    @property
    def conditions_text(self) -> tuple[str, ...]:
        """The conditions without their operators."""
        return tuple(f"{key} = {', '.join(values)}" for _, key, values in self.conditions)

    @property
    def by_service(self) -> bool:
        """Whether it is for a service of AWS."""
        return self.principal.endswith(".amazonaws.com")

    def differs_little(self, other: "Group") -> bool:
        """Whether the same may do the same, on other resources or under other conditions, not both."""
        same = (self.principal, self.actions) == (other.principal, other.actions)
        return same and (self.resources == other.resources or self.conditions == other.conditions)

    @property
    def sends(self) -> bool:
        """Whether all it is about is sending mail."""
        return all(action.lower().startswith("ses:send") for action in self.actions)

    def values(self, key: str) -> tuple[str, ...]:
        """The values that a condition key must have, negations and mere presence aside."""
        return tuple(
            value
            for operator, name, values in self.conditions
            if name.lower() == key and operator != "Null" and "not" not in operator.lower()
            for value in values
        )


def permissions(document: Mapping[str, Any], reader: Reader) -> Iterator[Permission]:
    """Everything that a policy document says."""
    for statement in _listed(document.get("Statement")):
        if not isinstance(statement, Mapping):
            continue
        conditions = _conditions(statement.get("Condition"), reader)
        for principal in _principals(statement, reader):
            for action in _of(statement, "Action", reader):
                for resource in _of(statement, "Resource", reader):
                    yield Permission(
                        allows=statement.get("Effect") == "Allow",
                        principal=principal,
                        action=action,
                        resource=resource,
                        conditions=conditions,
                    )


def more_than(these: Iterable[Permission], those: Sequence[Permission]) -> list[Permission]:
    """What these say that those do not."""
    known = set(those)
    return [each for each in these if each not in known and not any(other.covers(each) for other in those)]


def grouped(found: Iterable[Permission]) -> list[Group]:
    """Permissions as statements: actions of one resource together, then resources of the same actions."""
    actions: dict[tuple[bool, str, str, Conditions], list[str]] = {}
    for each in sorted(found):
        actions.setdefault((each.allows, each.principal, each.resource, each.conditions), []).append(
            each.action
        )
    resources: dict[tuple[bool, str, tuple[str, ...], Conditions], list[str]] = {}
    for (allows, principal, resource, conditions), names in actions.items():
        resources.setdefault((allows, principal, tuple(names), conditions), []).append(resource)
    return [
        Group(
            allows=allows,
            principal=principal,
            actions=names,
            resources=tuple(on),
            conditions=conditions,
        )
        for (allows, principal, names, conditions), on in resources.items()
    ]


def _of(statement: Mapping[str, Any], key: str, reader: Reader) -> list[str]:
    if f"Not{key}" in statement:
        names = (reader.text(value) for value in _listed(statement[f"Not{key}"]))
        return [f"all but {', '.join(names)}"]
    return [reader.text(value) for value in _listed(statement.get(key))] or ["*"]


def _principals(statement: Mapping[str, Any], reader: Reader) -> list[str]:
    for key in ("Principal", "NotPrincipal"):
        if key in statement:
            found = statement[key]
            values = (
                [value for several in found.values() for value in _listed(several)]
                if isinstance(found, Mapping) and not any(name.startswith(("Fn::", "Ref")) for name in found)
                else [found]
            )
            return [("all but " if key == "NotPrincipal" else "") + reader.text(value) for value in values]
    return [""]


def _conditions(condition: Any, reader: Reader) -> Conditions:  # noqa: ANN401 - any value of a template
    if not isinstance(condition, Mapping):
        return () if condition is None else (("", "", (reader.text(condition),)),)
    found = []
    for operator, keys in condition.items():
        named = keys if isinstance(keys, Mapping) else {"": keys}
        for key, values in named.items():
            found.append((operator, key, tuple(sorted(reader.text(value) for value in _listed(values)))))
    return tuple(sorted(found))


def _weaker(condition: tuple[str, str, tuple[str, ...]], others: Conditions) -> bool:
    """Whether a condition holds whenever the other ones do."""
    operator, key, values = condition
    like = "Like" in operator
    for other_operator, other_key, other_values in others:
        same = operator == other_operator or (like and other_operator == operator.replace("Like", "Equals"))
        if not same or key.lower() != other_key.lower():
            continue
        if "Not" in operator:
            return set(values) <= set(other_values)
        return all(
            any(_matches(value, it) if like else value == it for value in values) for it in other_values
        )
    return False


@cache
def _pattern(pattern: str) -> "re.Pattern[str]":
    return re.compile(
        "".join({"*": ".*", "?": "."}.get(char, re.escape(char)) for char in pattern), re.DOTALL
    )


def _matches(pattern: str, text: str) -> bool:
    return pattern == text or _pattern(pattern).fullmatch(text) is not None


def _listed(value: Any) -> list[Any]:  # noqa: ANN401 - one or several of anything
    if value is None:
        return []
    return list(value) if isinstance(value, list) else [value]
