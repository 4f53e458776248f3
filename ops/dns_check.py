"""Does DNS hold what mail needs? Pure comparison; whoever answers questions is a `LookUp`.

The verdict on a record is worth acting on: "missing" is said only when a server said that the
name or type does not exist, never when nobody could be asked.

What a value means is the business of `ops.dns_values`.
"""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Protocol

from constructs_lib.domain_name import is_within, organizational_domain
from constructs_lib.identity.dns_records import DnsRecord, Purpose, RecordType
from ops.dns_values import is_ours, says_the_same, why_only_one

_MAX_PARALLEL: Final = 8
"""Records asked for at the same time."""


class Verdict(StrEnum):
    """What is to be said about one record."""

    RIGHT = "right"
    MISSING = "missing"
    WRONG = "wrong"
    DUPLICATED = "duplicated"
    DOUBLED_NAME = "doubled name"
    NOT_EVERYWHERE = "not yet everywhere"
    UNREACHABLE = "unreachable"


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What one server says about one name and type.

    Attributes:
        server: Who was asked, for people.
        values: Presentation values: TXT as joined strings, targets without trailing dot.
        instead: What stands at the name in place of the type: ``CNAME target``, ``alias target``.
        error: Why the server could not be asked; None when it answered.
    """

    server: str
    values: tuple[str, ...] = ()
    instead: str | None = None
    error: str | None = None


class LookUp(Protocol):
    """Somebody who can be asked about names."""

    def ask(self, name: str, record_type: RecordType) -> tuple[Answer, ...]:
        """One answer for each server that is responsible for the name; never empty, never raises."""


@dataclass(frozen=True, kw_only=True)
class RecordCheck:
    """The verdict on one record.

    Attributes:
        record: What is expected.
        verdict: See `Verdict`.
        found: What is there instead, or beside it; empty when nothing is.
        detail: One sentence for people; empty when the verdict says it all.
    """

    record: DnsRecord
    verdict: Verdict
    found: tuple[str, ...] = ()
    detail: str = ""


def check_records(records: Iterable[DnsRecord], look_up: LookUp) -> tuple[RecordCheck, ...]:
    """Check records, several at a time, in the order given."""
    with ThreadPoolExecutor(max_workers=_MAX_PARALLEL) as pool:
        return tuple(pool.map(lambda record: check_record(record, look_up), records))


def check_record(record: DnsRecord, look_up: LookUp) -> RecordCheck:
    """Compare one record with what every responsible server says."""
    answers = look_up.ask(record.name, record.type)
    reached = [answer for answer in answers if answer.error is None]
    silent = [f"{answer.server}: {answer.error}" for answer in answers if answer.error is not None]
    if not reached:
        return RecordCheck(
            record=record, verdict=Verdict.UNREACHABLE, detail="Could not ask " + "; ".join(silent) + "."
        )
    checks = [_compare(record, answer) for answer in reached]
    verdicts = {check.verdict for check in checks}
    if Verdict.RIGHT in verdicts and len(verdicts) > 1:
        behind = [
            f"{answer.server} has {', '.join(check.found) or 'nothing'}"
            for answer, check in zip(reached, checks, strict=True)
            if check.verdict is not Verdict.RIGHT
        ]
        return RecordCheck(
            record=record,
            verdict=Verdict.NOT_EVERYWHERE,
            found=tuple(dict.fromkeys(value for check in checks for value in check.found)),
            detail="; ".join(behind) + ".",
        )
    # Servers that disagree without any being right: the one that holds something tells more.
    result = next((check for check in checks if check.verdict is not Verdict.MISSING), checks[0])
    if result.verdict is Verdict.MISSING:
        result = _doubled(record, look_up) or result
    if silent:
        note = "Could not ask " + "; ".join(silent) + "."
        result = RecordCheck(
            record=record,
            verdict=result.verdict,
            found=result.found,
            detail=f"{result.detail} {note}".strip(),
        )
    return result


def _compare(record: DnsRecord, answer: Answer) -> RecordCheck:
    """The verdict of one server's answer."""
    if answer.instead is not None:
        return RecordCheck(
            record=record,
            verdict=Verdict.WRONG,
            found=(answer.instead,),
            detail=f"The name holds {answer.instead}, no {record.type}.",
        )
    ours = tuple(value for value in answer.values if is_ours(record, value))
    if not ours:
        others = f"Other {record.type} values are there and stay." if answer.values else ""
        return RecordCheck(record=record, verdict=Verdict.MISSING, detail=others)
    right = [value for value in ours if says_the_same(record, value)]
    if record.purpose is Purpose.DMARC_REPORT_AUTHORIZATION and right:
        return RecordCheck(record=record, verdict=Verdict.RIGHT, found=ours)
    if len(ours) > 1:
        return RecordCheck(
            record=record, verdict=Verdict.DUPLICATED, found=ours, detail=why_only_one(record, len(ours))
        )
    verdict = Verdict.RIGHT if right else Verdict.WRONG
    return RecordCheck(record=record, verdict=verdict, found=ours)


def _doubled(record: DnsRecord, look_up: LookUp) -> RecordCheck | None:
    """The check of a record that stands at ``name.zone.zone``: a zone added to an absolute name."""
    for suffix in _possible_zones(record.name):
        name = f"{record.name}.{suffix}"
        for answer in look_up.ask(name, record.type):
            if answer.error is None and _compare(record, answer).verdict is Verdict.RIGHT:
                return RecordCheck(
                    record=record,
                    verdict=Verdict.DOUBLED_NAME,
                    found=(name,),
                    detail=f"It stands at {name}: the provider added the zone. Enter the name as "
                    f"{record.name.removesuffix(suffix).rstrip('.') or '@'}, or with a dot at its end.",
                )
    return None


def _possible_zones(name: str) -> list[str]:
    """Names that the record's zone can have: the parents that are host names, up to the registered one."""
    top = organizational_domain(name)
    labels = name.split(".")
    parents = [".".join(labels[i:]) for i in range(len(labels))]
    return [parent for parent in parents if is_within(parent, top) and "._" not in f".{parent}"]
