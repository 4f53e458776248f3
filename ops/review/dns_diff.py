"""The DNS diff of an environment: record sets as its stacks write them or ask a person for them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from ops.review.changes import EnvironmentChange, Fate, Place, end_of
from ops.review.values import Reader

_SET: Final = "AWS::Route53::RecordSet"
_LEGACY: Final = "Custom::LegacyVerification"
_FOREIGN: Final = "Custom::CrossAccountRecord"
_BY_HAND: Final = re.compile(r"(?:Add to|Merge into) DNS by hand\b")
_WRITTEN: Final = re.compile(r"(?P<name>.+?) (?P<type>[A-Z]{1,10}) (?P<values>.+)", re.DOTALL)
_QUOTED: Final = re.compile(r'"((?:[^"\\]|\\.)*)"')
_FEEDBACK_HOST: Final = "feedback-smtp."
_ELSEWHERE: Final = "DNS elsewhere"

Key = tuple[str, str, str, str]
"""Zone, name, type and set identifier."""


class Purpose(Enum):
    """What a record set is for."""

    DKIM = auto()
    MAIL_FROM = auto()
    INBOUND = auto()
    SPF = auto()
    DMARC = auto()
    REPORTS = auto()
    DELEGATION = auto()
    OTHER = auto()


@dataclass(frozen=True, kw_only=True)
class RecordChange:
    """One record set on both sides.

    Attributes:
        name: Absolute, without the dot at the end.
        type: Its DNS type.
        before: Its values, sorted; empty for a new one.
        after: Its values, sorted; empty for one that is declared no more.
        ttl: Of both sides, in seconds; empty where there is none.
        kept: Whether it stays in DNS although it is declared no more.
        by_hand: Whether a person keeps it at another DNS provider.
        stack: Id of its stack.
    """

    name: str
    type: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    ttl: tuple[str, str]
    kept: bool
    by_hand: bool
    stack: str

    @property
    def purpose(self) -> Purpose:
        """What it is for, by its name and values."""
        text = " ".join(self.after or self.before)
        if "_domainkey." in self.name:
            return Purpose.DKIM
        if "._report._dmarc." in self.name:
            return Purpose.REPORTS
        if self.name.startswith("_dmarc."):
            return Purpose.DMARC
        if self.type == "NS":
            return Purpose.DELEGATION
        if self.type == "MX":
            return Purpose.MAIL_FROM if _FEEDBACK_HOST in text else Purpose.INBOUND
        return Purpose.SPF if self.type == "TXT" and "v=spf1" in text else Purpose.OTHER


@dataclass(frozen=True, kw_only=True)
class _Declared:
    values: tuple[str, ...]
    ttl: str
    stack: str
    kept: bool


def record_changes(environment: EnvironmentChange) -> tuple[RecordChange, ...]:
    """The DNS diff, sorted by name: what stays the same in DNS is not in it, wherever it is declared."""
    before = dict(_declared(environment, after=False))
    after = dict(_declared(environment, after=True))
    found = []
    for key in sorted({**before, **after}, key=lambda each: (each[1], each)):
        old, new = before.get(key), after.get(key)
        values = old.values if old else (), new.values if new else ()
        ttl = old.ttl if old else "", new.ttl if new else ""
        if values[0] == values[1] and ttl[0] == ttl[1]:
            continue
        found.append(
            RecordChange(
                name=key[1],
                type=key[2],
                before=values[0],
                after=values[1],
                ttl=ttl,
                kept=bool(old and not new and old.kept),
                by_hand=key[0] == _ELSEWHERE,
                stack=(new or old).stack,  # type: ignore[union-attr]  # a key is of one side at least
            )
        )
    return tuple(found)


def _declared(environment: EnvironmentChange, *, after: bool) -> Iterator[tuple[Key, _Declared]]:
    for change in environment.of_type(_SET, _FOREIGN, _LEGACY):
        place = change.after if after else change.before
        if place:
            kept = end_of(place, environment.after) is not Fate.DESTROYED
            key, values, ttl = _legacy(place) if place.type == _LEGACY else _set(place)
            yield key, _Declared(values=values, ttl=ttl, stack=place.stack.id, kept=kept)
    for stack in (environment.after if after else environment.before).values():
        for output in stack.template.get("Outputs", {}).values():
            written = _WRITTEN.fullmatch(Reader(stack).text(output.get("Value")))
            if _BY_HAND.match(str(output.get("Description"))) and written:
                key = (_ELSEWHERE, _absolute(written["name"]), written["type"], "")
                values = (_unquoted(written["values"], written["type"]),)
                yield key, _Declared(values=values, ttl="", stack=stack.id, kept=True)


def _set(place: Place) -> tuple[Key, tuple[str, ...], str]:
    kind = place.text("Type")
    key = (place.text("HostedZoneId"), _absolute(place.text("Name")), kind, place.text("SetIdentifier"))
    if place.get("AliasTarget") is not None:
        return key, (f"alias of {place.text('AliasTarget.DNSName')}",), ""
    reader = Reader(place.stack)
    values_in, ttl_in = ("ResourceRecords", "TTL") if place.type == _SET else ("Values", "Ttl")
    # Name servers come as one value, which the deployment fills in.
    given = place.several(values_in) or [place.get(values_in)]
    values = (_unquoted(reader.text(value), kind) for value in given)
    return key, tuple(sorted(values)), place.text(ttl_in)


def _legacy(place: Place) -> tuple[Key, tuple[str, ...], str]:
    """The value that a function merges into a record set of others."""
    key = (place.text("HostedZoneId"), _absolute(place.text("RecordName")), "TXT", _LEGACY)
    return key, (f"<value of SES for {place.text('Domain')}>",), place.text("Ttl")


def _unquoted(value: str, kind: str) -> str:
    """The text of a TXT value, whose strings belong together."""
    return "".join(_QUOTED.findall(value)) or value if kind == "TXT" else value


def _absolute(name: str) -> str:
    return name.rstrip(".").lower() if "<" not in name else name
