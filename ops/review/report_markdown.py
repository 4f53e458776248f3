"""The review of one environment as Markdown, for a comment on a pull request or a terminal."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from ops.review.dns_diff import RecordChange
from ops.review.finding import Finding, Subject
from ops.review.markdown import Markdown, cell, code, fenced, folded, html_code, line_length, prose, table
from ops.review.picture import picture
from ops.review.price_change import PriceChange
from ops.review.rating import Rating
from ops.review.report import Report, ResourceRow, StackDiff
from ops.review.sentence import count

COMMENT_LIMIT: Final = 65_536
"""Characters that GitHub takes in one comment."""

MARKER: Final = re.compile(r"<!-- ses-as-code review: (?P<environment>[a-z][a-z0-9-]{1,19}) -->")
"""The hidden first line of a comment."""

_SIGNS: Final = {
    Rating.NONE: "⚪",
    Rating.ROUTINE: "🟢",
    Rating.CAUTION: "🟡",
    Rating.DANGER: "🟠",
    Rating.BLOCK: "🔴",
}
_CUT: Final = "*Longer than a comment may be: {} left out. `make review` prints everything.*"
_ROOM: Final = 400
_DIFF_FRAME: Final = 200
_ROUTINE_SHOWN: Final = 3
_BULLETS: Final = 40
_ROWS: Final = 150


def marker(environment: str) -> str:
    """The hidden first line by which the comment of an environment is found again."""
    return f"<!-- ses-as-code review: {environment} -->"


def report_markdown(report: Report, *, limit: int | None = COMMENT_LIMIT) -> str:
    """The report, its hidden marker first.

    Args:
        report: The review of one environment.
        limit: Characters at most, 4,000 or more; what is longer loses lines of template diffs first, then
            whole parts from the end. None: nothing is left out.
    """
    if report.rating is Rating.NONE or report.only_rebuilt:
        return f"{marker(report.environment)}\n{_one_line(report)}\n"
    sections = list(_sections(report, most=_ROWS if limit else len(report.resources) + len(report.records)))
    whole = _joined([*sections, *_diffs(report.diffs)])
    if limit is None or len(whole) <= limit:
        return whole
    return _within(sections, report.diffs, limit - _ROOM)


def _one_line(report: Report) -> str:
    line = f"{_SIGNS[Rating.NONE]} {code(report.environment)}: no change"
    if report.only_rebuilt:
        return f"{line} but rebuilt assets, on {count(report.rebuilt, 'resource')}."
    return f"{line}."


def _within(sections: list[str], diffs: Sequence[StackDiff], room: int) -> str:
    kept: list[str] = []
    for section in sections:
        if len(_joined([*kept, section])) > room:
            break
        kept.append(section)
    left = [count(len(sections) - len(kept), "part")] if len(kept) < len(sections) else []
    shown = [] if left else _shortened(diffs, room - len(_joined(kept)))
    if len(_joined([*kept, *_diffs(shown)])) > room:
        shown = []
    lines = sum(len(diff.lines) for diff in diffs) - sum(len(diff.lines) for diff in shown)
    left += [f"{count(lines, 'line')} of template diffs"] if lines else []
    return _joined([*kept, *_diffs(shown), _CUT.format(" and ".join(left))])


def _shortened(diffs: Sequence[StackDiff], room: int) -> list[StackDiff]:
    """As many lines as fit, from the first one on."""
    shown: list[StackDiff] = []
    for diff in diffs:
        room -= _DIFF_FRAME + len(html_code(diff.stack))
        lines: list[str] = []
        for line in diff.lines:
            room -= line_length(line)
            if room < 0:
                break
            lines.append(line)
        if lines:
            shown.append(StackDiff(stack=diff.stack, lines=tuple(lines)))
        if room < 0:
            break
    return shown


def _joined(parts: Sequence[str]) -> str:
    return "\n\n".join(parts) + "\n"


def _sections(report: Report, *, most: int) -> Iterator[str]:
    yield f"{marker(report.environment)}\n{_verdict(report)}\n\n{_summary(report)}"
    yield from (f"> {code(note, longest=1000)}" for note in report.notes)
    for subject in Subject:
        findings = [finding for finding in report.findings if finding.subject is subject]
        if findings:
            yield from _subject(subject, findings)
        if subject is Subject.DNS and report.records:
            yield _records(report.records, most=most)
    if report.price:
        yield _price(report.price)
    if lines := picture(report):
        yield f"### What changes where\n\n{fenced(lines, language='mermaid')}"
    if report.resources:
        yield folded(
            Markdown(count(len(report.resources), "resource")), _resources(report.resources, most=most)
        )


def _verdict(report: Report) -> str:
    word, meaning = report.rating.word, report.rating.meaning
    return f"## {_SIGNS[report.rating]} {code(report.environment)}: {word} - {meaning}"


def _summary(report: Report) -> str:
    counts = Counter(finding.rating for finding in report.findings)
    found = ", ".join(f"{counts[rating]} {rating.word}" for rating in sorted(counts, reverse=True))
    stacks = count(len({row.stack for row in report.resources}), "stack")
    parts = [f"Findings: {found or 'none'}. {count(len(report.resources), 'resource')} in {stacks}."]
    if report.price:
        difference = report.price.after - report.price.before
        parts.append(f"Fixed price: {difference:+f} {code(report.price.currency)} a month.")
    return " ".join(parts) + f" From {code(report.base)} to {code(report.head)}."


def _subject(subject: Subject, findings: list[Finding]) -> Iterator[str]:
    read = [finding for finding in findings if finding.rating > Rating.ROUTINE]
    routine = [finding for finding in findings if finding.rating <= Rating.ROUTINE]
    if len(routine) <= _ROUTINE_SHOWN:
        read, routine = findings, []
    title = f"### {subject}"
    yield f"{title}\n\n{_bullets(read)}" if read else title
    if routine:
        yield folded(
            Markdown(f"{_SIGNS[Rating.ROUTINE]} {len(routine)} {Rating.ROUTINE.word}"), _bullets(routine)
        )
    if lines := [line for finding in findings for line in finding.lines]:
        yield folded(Markdown("As statements"), fenced(lines, language="diff"))


def _bullets(findings: Sequence[Finding]) -> Markdown:
    lines = [
        f"- {_SIGNS[it.rating]} **{it.rating.word}** {prose(it.sentence)} {_where(it.stacks)}"
        for it in findings[:_BULLETS]
    ]
    if len(findings) > _BULLETS:
        lines.append(f"- and {len(findings) - _BULLETS} more")
    return Markdown("\n".join(lines))


def _where(stacks: Sequence[str]) -> str:
    return f"<sub>{', '.join(code(stack) for stack in stacks)}</sub>"


def _records(records: Sequence[RecordChange], *, most: int) -> Markdown:
    rows = [(_name(it), cell(it.type), _values(it.before), _new_values(it)) for it in records[:most]]
    return _cut(table(("DNS name", "type", "old", "new"), rows), len(records), most)


def _name(record: RecordChange) -> Markdown:
    return Markdown(f"{cell(record.name)}{' by hand' if record.by_hand else ''}")


def _values(values: tuple[str, ...]) -> Markdown:
    return Markdown("<br>".join(cell(value) for value in values) or "none")


def _new_values(record: RecordChange) -> Markdown:
    if record.before == record.after:
        return Markdown(f"{_values(record.after)}<br>TTL {cell(record.ttl[1])}, was {cell(record.ttl[0])}")
    return Markdown("stays, not declared") if record.kept and not record.after else _values(record.after)


def _price(price: PriceChange) -> str:
    rows = [
        (cell(line.what), *_numbers(f"{line.before:f}", f"{line.after:f}", f"{line.monthly:+.2f}"))
        for line in price.lines
    ]
    total = _numbers(f"{price.before:f}", f"{price.after:f}", f"{price.after - price.before:+f}")
    rows.append((Markdown(f"**all of it, {cell(price.currency)}**"), *total))
    content = table(("a month", "before", "after", "difference"), rows)
    assumed = (
        f"What costs by being there, at the prices of {code(price.prices_of)}; what is used comes on top."
    )
    return f"### Price\n\n{content}\n\n{assumed}"


def _numbers(*numbers: str) -> tuple[Markdown, ...]:
    return tuple(map(Markdown, numbers))


def _resources(resources: Sequence[ResourceRow], *, most: int) -> Markdown:
    rows = (
        (
            Markdown(row.fate),
            cell(row.stack),
            cell(row.type),
            cell(row.name),
            Markdown(", ".join(cell(name) for name in row.properties)),
        )
        for row in resources[:most]
    )
    return _cut(table(("what happens", "stack", "type", "name", "what differs"), rows), len(resources), most)


def _cut(content: Markdown, length: int, most: int) -> Markdown:
    return Markdown(f"{content}\n\nand {length - most} more") if length > most else content


def _diffs(diffs: Sequence[StackDiff]) -> list[str]:
    parts = [folded(html_code(diff.stack), fenced(diff.lines, language="diff")) for diff in diffs]
    return [folded(Markdown("Template diff"), Markdown("\n\n".join(parts)))] if parts else []
