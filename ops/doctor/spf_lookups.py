"""How many DNS look-ups the SPF records of an environment cost a receiver, nested ones included.

RFC 7208 4.6.4: the terms include, a, mx, ptr, exists and redirect cost one each, in the record and in every
record that it includes, and more than 10 are a permerror; so are more than 10 names behind one mx. Void
look-ups, those without an answer, are not counted: receivers choose their limit.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from constructs_lib.identity.dns_records import DnsRecord, Purpose, RecordType
from constructs_lib.identity.spf import MAX_LOOKUPS
from ops.dns_check import LookUp
from ops.doctor.findings import Finding, Severity
from ops.doctor.public_dns import find, find_text, silent
from ops.doctor.spf_merge import SPF, is_all, merged, terms
from ops.records import needed_records
from stacks.config import MailEnvironment

MOST_MX_NAMES: Final = 10
"""Names behind one mx term that a receiver looks up (RFC 7208 4.6.4)."""

_ENOUGH: Final = 3 * MAX_LOOKUPS
"""Where counting ends: a record that needs so many is hopeless."""

_TERM: Final = re.compile(
    r"[+?~-]?(?P<name>[a-z][a-z0-9._-]*)(?:[:=](?P<target>[^/]+))?(?:/.*)?", re.IGNORECASE
)
_COSTLY: Final = frozenset({"include", "a", "mx", "ptr", "exists", "redirect"})
_NESTED: Final = frozenset({"include", "redirect"})


@dataclass(kw_only=True)
class SpfCost:
    """What evaluating a record costs.

    Attributes:
        lookups: Terms that need a look-up; counting ends at 30.
        faults: What makes receivers answer permerror, whatever the host.
        silent: Names that nobody could be asked about, and why.
    """

    lookups: int
    faults: list[str]
    silent: list[tuple[str, str]]


def spf_cost(name: str, text: str, look_up: LookUp) -> SpfCost:
    """Count, worst case: as for a host that no term matches.

    Args:
        name: Where the record stands.
        text: The record.
        look_up: Answers for the records that it includes.
    """
    cost = SpfCost(lookups=0, faults=[], silent=[])
    _add(cost, name.lower(), text, look_up, path=())
    return cost


def spf_records(environment: MailEnvironment) -> tuple[DnsRecord, ...]:
    """The SPF records of an environment, each text of a MAIL FROM domain once: they are all the same."""
    found: dict[object, DnsRecord] = {}
    for domain in environment.domains:
        for region in environment.regions_of(domain):
            for needed in needed_records(environment, domain, region, None):
                record = needed.record
                if record.purpose is Purpose.MAIL_FROM_SPF:
                    found.setdefault(record.values, record)
                elif record.purpose is Purpose.APEX_SPF:
                    found[record.name] = record
    return tuple(found.values())


def spf_findings(record: DnsRecord, look_up: LookUp) -> Iterator[Finding]:
    """What receivers come to with one record, as it is going to be."""
    text = record.values[0]
    if record.merge:
        there = [value for value in find_text(record.name, look_up).values if SPF.fullmatch(value)]
        text = merged(there[0], text) if len(there) == 1 else text
    cost = spf_cost(record.name, text, look_up)
    about = f"The SPF record of {record.name}, {text}"
    for name, error in cost.silent:
        yield silent(f"SPF of {name}", error)
    for fault in dict.fromkeys(cost.faults):
        yield Finding(
            severity=Severity.ERROR,
            code="spf-unusable",
            what=f"{about}, {fault}.",
            why="Receivers answer permerror, as if there were no SPF record, or worse.",
            fix="take the term out, or have its owner mend it",
        )
    if cost.lookups > MAX_LOOKUPS:
        many = f"{cost.lookups}" if cost.lookups < _ENOUGH else f"at least {_ENOUGH}"
        yield Finding(
            severity=Severity.ERROR,
            code="spf-too-many-lookups",
            what=f"{about}, needs {many} look-ups.",
            why=f"Receivers make {MAX_LOOKUPS} and answer permerror (RFC 7208 4.6.4).",
            fix="replace includes by the ip4 and ip6 ranges behind them, or move senders to subdomains",
        )


def _add(cost: SpfCost, name: str, text: str, look_up: LookUp, *, path: tuple[str, ...]) -> None:
    parsed = [_TERM.fullmatch(term) for term in terms(text)]
    has_all = any(is_all(term) for term in terms(text))
    for found in parsed:
        if cost.lookups >= _ENOUGH:
            return
        if found is None:
            continue
        term, target = found["name"].lower(), (found["target"] or name).lower().removesuffix(".")
        if term not in _COSTLY or (term == "redirect" and has_all):
            continue
        cost.lookups += 1
        if "%" in target:
            continue  # a macro: only a real message tells the name
        if term == "mx":
            _count_mx(cost, target, look_up)
        if term in _NESTED:
            _descend(cost, target, look_up, path=(*path, name))


def _count_mx(cost: SpfCost, name: str, look_up: LookUp) -> None:
    names = find(name, RecordType.MX, look_up).values
    if len(names) > MOST_MX_NAMES:
        cost.faults.append(
            f"has mx:{name}, which has {len(names)} MX records ({MOST_MX_NAMES} are looked up)"
        )


def _descend(cost: SpfCost, name: str, look_up: LookUp, *, path: tuple[str, ...]) -> None:
    if name in path:
        cost.faults.append(f"includes {name}, which includes itself")
        return
    found = find_text(name, look_up)
    if found.error:
        cost.silent.append((name, found.error))
        return
    records = [value for value in found.values if SPF.fullmatch(value)]
    if len(records) != 1:
        cost.faults.append(f"includes {name}, which has {len(records) or 'no'} SPF records")
        return
    _add(cost, name, records[0], look_up, path=path)
