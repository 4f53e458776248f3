"""What people read. Values are never cut or wrapped, so that they can be copied; colour only helps."""

from collections.abc import Iterator, Sequence
from typing import Final

from rich.text import Text

from ops.dns_check import RecordCheck, Verdict
from ops.documents import Checks
from ops.identity_status import IdentityStatus
from ops.records import KNOWN_AFTER_DEPLOY, NeededRecord
from ops.visible import visible

GOOD: Final = "green"
BAD: Final = "red"
OPEN: Final = "yellow"
_VERDICT_STYLES: Final = {
    Verdict.RIGHT: GOOD,
    Verdict.NOT_EVERYWHERE: OPEN,
    Verdict.UNREACHABLE: OPEN,
}


def progress(statuses: Sequence[IdentityStatus], seconds_left: float) -> str:
    """What is being waited for, one line."""
    minutes, seconds = divmod(int(seconds_left), 60)
    waits = "; ".join(status.headline() for status in statuses if not status.verified)
    return f"Waiting, at most {minutes}:{seconds:02} more: {waits}"


def record_lines(records: Sequence[NeededRecord], checks: Checks | None = None) -> Iterator[Text]:
    """The records by identity and place, two lines each, and what the check found."""
    heading = None
    for needed in records:
        here = f"{needed.domain} in {needed.region}, {needed.place.text}"
        if here != heading:
            if heading is not None:
                yield Text()
            yield Text(here, style="bold")
            heading = here
        yield from _record_lines(needed, checks)
    if checks is not None:
        verdicts = [check.verdict for check in checks.values()]
        silent = verdicts.count(Verdict.UNREACHABLE)
        words = f"{verdicts.count(Verdict.RIGHT)} of {len(records)} records are right"
        yield Text()
        yield Text(f"{words}; {silent} could not be asked." if silent else f"{words}.", style="bold")


def verdict_style(check: RecordCheck) -> str:
    """The colour that helps to see a verdict."""
    return _VERDICT_STYLES.get(check.verdict, BAD)


def found_lines(check: RecordCheck) -> Iterator[Text]:
    """What is there instead of a record."""
    if check.verdict is not Verdict.UNREACHABLE:
        for value in check.found or ("nothing",):
            yield Text(f"      found     {visible(value)}")
    if check.detail:
        yield Text(f"      {visible(check.detail)}")


def _record_lines(needed: NeededRecord, checks: Checks | None) -> Iterator[Text]:
    record = needed.record
    check = checks.get(record) if checks is not None else None
    verdict = Text()
    if check is not None:
        verdict = Text.assemble("  ", (str(check.verdict), verdict_style(check)))
    merge = ", merge with the values that are there" if record.merge else ""
    yield Text.assemble(
        f"  {record.type:<5}  {record.name}  ", (f"[{record.purpose}{merge}]", "dim"), verdict
    )
    for value in record.values:
        yield Text(f"         {value}", style="" if needed.known else OPEN)
    if check is not None and check.verdict is not Verdict.RIGHT:
        yield from found_lines(check)
    elif check is not None and check.detail:
        yield Text(f"      {check.detail}")
    elif check is None and checks is not None:
        yield Text(f"      not checked: {KNOWN_AFTER_DEPLOY}")
