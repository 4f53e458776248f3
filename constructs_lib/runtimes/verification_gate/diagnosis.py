"""What is missing when a domain is not verified: each record with what is expected and what was found."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from ..custom_resource import MAX_REASON  # noqa: TID252 - Lambda has no constructs_lib
from .model import Identity, NotAnsweredError, RecordSet, Wait, Zones

SEARCH_TIME: Final = "72 hours"
"""How long SES looks for records before it gives up (SES API v2, DkimAttributes.Tokens)."""

_MAX_FOUND: Final = 100
_SECONDS_PER_MINUTE: Final = 60
_PUBLIC_KEY: Final = re.compile(r"(?:^|;)\s*p\s*=\s*[A-Za-z0-9+/]")
"""A key record that holds a key; an empty one says that it is revoked (RFC 6376 3.6.1)."""

_QUOTED: Final = re.compile(r'"((?:[^"\\]|\\.)*)"')


_ANY_KEY: Final = "v=DKIM1; k=rsa; p=<the public key of this selector>"
"""SES does not tell the public half of a key of one's own: whatever key is there may be right."""


@dataclass(frozen=True, kw_only=True)
class _Record:
    name: str
    type: str
    value: str

    def __str__(self) -> str:
        return f"{self.name} {self.type} {self.value}"


def record_problems(identity: Identity, wait: Wait, zones: Zones) -> list[str]:
    """Say about each record that SES looks for what is wrong with it; nothing about those that are right.

    In a hosted zone each is compared. With DNS elsewhere all are listed: nobody here can read it.
    """
    records = _expected(identity, wait)
    if wait.zone_id is None:
        return [f"expected: {record}" for record in records]
    problems = []
    for record in records:
        try:
            found = zones.record_sets(wait.zone_id, record.name)
        except NotAnsweredError as error:
            # One question is enough: the others would not be answered either.
            return [f"the zone was not read ({error})", *(f"expected: {item}" for item in records)]
        if problem := _problem(record, found):
            problems.append(problem)
    return problems


def explain(wait: Wait, what: str, *, fix: str | None, problems: Sequence[str], gave_up: bool) -> str:
    """Put together the reason that a person reads in the stack's events, as long as one may be.

    Args:
        wait: The wait that ended.
        what: What was seen last.
        fix: What to do; None where it is about records.
        problems: What is wrong with which record.
        gave_up: Whether it ended because waiting is pointless, rather than because time ran out.
    """
    duration = "" if gave_up else f" after {_spoken(wait.timeout)}"
    head = f"[identity-not-verified] {wait.domain} is not verified{duration}: {what}."
    tail = f" Fix: {fix or _fix(wait, problems, gave_up=gave_up)}."
    shown = list(problems)
    while True:
        left_out = len(problems) - len(shown)
        more = [f"{left_out} more in the log of the function"] if left_out else []
        middle = "; ".join([*shown, *more])
        reason = f"{head} Records: {middle}.{tail}" if middle else head + tail
        if len(reason) <= MAX_REASON or not shown:
            return reason
        shown.pop()


def _fix(wait: Wait, problems: Sequence[str], *, gave_up: bool) -> str:
    if wait.zone_id is None:
        step = f"add the records at the DNS provider of {wait.domain}"
    elif problems:
        step = f"make the records in the hosted zone {wait.zone_id} as expected"
    else:
        step = (
            f"all records are in the hosted zone {wait.zone_id}: compare its name servers with those "
            "at the registrar"
        )
    if gave_up:
        return f"{step}; start the verification again in the SES console; deploy again"
    return f"{step}; deploy again when SES has verified it, or raise the gate's timeout"


def _expected(identity: Identity, wait: Wait) -> list[_Record]:
    """What SES looks for; the SPF record it does not need, but receivers do."""
    records = [_Record(name=name, type="CNAME", value=value) for name, value in identity.dkim_records]
    records += [_Record(name=name, type="TXT", value=_ANY_KEY) for name in identity.own_dkim_names]
    if wait.mail_from and identity.mail_from_domain:
        name = identity.mail_from_domain
        records.append(_Record(name=name, type="MX", value=wait.mail_from.mx))
        records.append(_Record(name=name, type="TXT", value=wait.mail_from.spf))
    return records


def _problem(record: _Record, found: Sequence[RecordSet]) -> str | None:
    same_type = [item for item in found if item.type == record.type]
    # A CNAME leaves no room for another type at its name (RFC 1034 3.6.2).
    instead = [item for item in found if item.type == "CNAME" or (item in same_type and item.alias)]
    values = [value for item in same_type for value in item.values]
    if record.type == "TXT":
        texts = ["".join(_QUOTED.findall(value)) for value in values]
        if record.value == _ANY_KEY:
            if len(texts) == 1 and _PUBLIC_KEY.search(texts[0]):
                return None
            values = texts
        else:
            # Other texts of that name belong to somebody else.
            values = [text for text in texts if text.lower().startswith("v=spf1")]
    if [_normal(value) for value in values] == [_normal(record.value)]:
        return None
    if not values and instead:
        values = [f"alias {item.alias}" if item.alias else f"CNAME {item.values[0]}" for item in instead]
    if not values:
        return f"missing: {record}"
    return f"wrong: {record.name} {record.type}, expected {record.value}, found {_shown(values)}"


def _shown(values: Sequence[str]) -> str:
    text = " and ".join(values)
    return text if len(text) <= _MAX_FOUND else f"{text[:_MAX_FOUND]}..."


def _spoken(seconds: int) -> str:
    minutes, rest = divmod(seconds, _SECONDS_PER_MINUTE)
    return f"{seconds} seconds" if rest else f"{minutes} minutes"


def _normal(value: str) -> list[str]:
    """Names ignore case and a trailing dot (RFC 4343, RFC 1035)."""
    return value.lower().removesuffix(".").split()
