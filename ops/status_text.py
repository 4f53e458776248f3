"""The status as people read it in a terminal or a log. Values are never cut or wrapped; colour only helps."""

from collections.abc import Iterator
from typing import Final

from rich.text import Text

from ops.dns_check import RecordCheck
from ops.environment_status import EnvironmentStatus, Item, Section, StateRow, Tone
from ops.render import BAD, GOOD, OPEN, found_lines, verdict_style
from ops.timing import utc
from ops.visible import visible

_STYLES: Final = {Tone.GOOD: GOOD, Tone.OPEN: OPEN, Tone.BAD: BAD}
_NAME_WIDTH: Final = len("configuration set")


def lines(status: EnvironmentStatus) -> Iterator[Text]:
    """The status of an environment: for each section a line to count by, then what it counts."""
    yield Text(f"{status.environment} (account {status.account}), read {utc(status.read_at)}", style="bold")
    for section in status.sections:
        if section.items:
            yield Text()
            yield Text(section.headline, style="bold")
            yield from _section_lines(status, section)


def _section_lines(status: EnvironmentStatus, section: Section) -> Iterator[Text]:
    for item in section.items:
        if section.listed:
            yield from _listed_lines(item)
        else:
            yield Text()
            yield from _block_lines(status, item)


def _listed_lines(item: Item) -> Iterator[Text]:
    yield Text.assemble(f"  {visible(item.title)}: ", (item.word, _STYLES[item.tone]))
    if item.has_next_step:
        yield _next_line("    ", item)


def _block_lines(status: EnvironmentStatus, item: Item) -> Iterator[Text]:
    note = f" ({visible(item.note)})" if item.note else ""
    yield Text.assemble((visible(item.title), "bold"), ": ", (item.word, _STYLES[item.tone]), note)
    for row in item.states:
        yield from _state_lines(status, row)
    for name, value in item.facts:
        yield Text(f"  {name:<{_NAME_WIDTH}}  {visible(value)}")
    for check in item.records:
        yield from _record_lines(check)
    yield _next_line("  ", item)


def _state_lines(status: EnvironmentStatus, row: StateRow) -> Iterator[Text]:
    note = f"  {visible(row.note)}" if row.note else ""
    yield Text.assemble(f"  {row.name:<{_NAME_WIDTH}}  ", (row.state, _STYLES[row.tone]), note)
    since, limit = visible(row.timing.since_text()), row.timing.limit_text(status.read_at)
    if since or limit:
        yield Text(f"      {'; '.join(filter(None, [since and f'since  {since}', limit]))}")


def _record_lines(check: RecordCheck) -> Iterator[Text]:
    record = check.record
    yield Text.assemble("  ", (str(check.verdict), verdict_style(check)), f": {record.type} {record.name}")
    yield Text(f"      expected  {' '.join(record.values)}")
    yield from found_lines(check)


def _next_line(indent: str, item: Item) -> Text:
    return Text(f"{indent}next ({visible(item.next_step.who)}): {visible(item.next_step.action)}")
