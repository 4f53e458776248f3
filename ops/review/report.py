"""The review of one environment as data: what every format is written from."""

import difflib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from ops.prices import PriceTable
from ops.review.alarms import alarm_findings
from ops.review.assembly import Stack, Stacks
from ops.review.changes import Change, EnvironmentChange, without_assets
from ops.review.comparison import ChangeSets, compare
from ops.review.custom_resources import custom_resource_findings
from ops.review.dns_changes import dns_findings
from ops.review.dns_diff import RecordChange, record_changes
from ops.review.event_rules import event_rule_findings
from ops.review.finding import Finding, Subject
from ops.review.identities import identity_findings
from ops.review.moves import move_findings
from ops.review.other_changes import other_findings
from ops.review.permissions import permission_findings
from ops.review.price_change import PriceChange, price_change
from ops.review.rating import Rating
from ops.review.receiving import receiving_findings
from ops.review.secret_values import Mask
from ops.review.sending import sending_findings
from ops.review.sides import Side
from ops.review.stored_data import data_findings

_RULES: Final = (
    identity_findings,
    dns_findings,
    receiving_findings,
    sending_findings,
    event_rule_findings,
    permission_findings,
    data_findings,
    alarm_findings,
    custom_resource_findings,
    move_findings,
    other_findings,
)
_SUBJECTS: Final = list(Subject)


@dataclass(frozen=True, kw_only=True)
class ResourceRow:
    """One changed resource.

    Attributes:
        stack: Id of its stack.
        type: CloudFormation type.
        name: Its own name, or its logical id.
        fate: What becomes of it, in words.
        properties: What differs, with what brings about a replacement marked.
    """

    stack: str
    type: str
    name: str
    fate: str
    properties: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class StackDiff:
    """The template of one stack, line by line.

    Attributes:
        stack: Id of the stack.
        lines: A unified diff.
    """

    stack: str
    lines: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Report:
    """What a change does to one environment.

    Attributes:
        environment: Its name.
        base: The side before, as asked for.
        head: The side after, as asked for.
        notes: What a reader has to know about the sides.
        rating: The highest rating of any finding.
        findings: By subject, the highest rating first.
        records: The DNS diff.
        price: The difference of a month; None for none.
        resources: Changed resources, the gravest fate first.
        diffs: Changed templates.
        rebuilt: How many resources get rebuilt assets and nothing else.
    """

    environment: str
    base: str
    head: str
    notes: tuple[str, ...]
    rating: Rating
    findings: tuple[Finding, ...]
    records: tuple[RecordChange, ...]
    price: PriceChange | None
    resources: tuple[ResourceRow, ...]
    diffs: tuple[StackDiff, ...]
    rebuilt: int

    @property
    def only_rebuilt(self) -> bool:
        """Whether all that changes are hashes of assets."""
        return bool(self.rebuilt) and not self.resources and not self.diffs


def reports(
    before: Side,
    after: Side,
    *,
    table: PriceTable,
    only: tuple[str, ...] = (),
    change_sets: Mapping[str, ChangeSets] | None = None,
) -> list[Report]:
    """A report for each environment of either side.

    Args:
        before: The base.
        after: The head.
        table: The prices.
        only: Names of environments. Default: all.
        change_sets: What CloudFormation answered, by environment and stack. Default: it was not asked.

    Raises:
        ReviewToolError: ``review-tool-missing``.
    """
    mask = Mask()
    sides = [
        mask.stacks({name: stacks for name, stacks in side.environments.items() if not only or name in only})
        for side in (before, after)
    ]
    notes = tuple(side.note for side in (before, after) if side.note)
    asked = change_sets or {}
    return [
        replace(
            report_of(change, table=table),
            base=before.label,
            head=after.label,
            notes=(*notes, *_asked(asked.get(change.name, {}))),
        )
        for change in compare(*sides, change_sets=change_sets)
    ]


def _asked(change_sets: ChangeSets) -> Iterator[str]:
    if change_sets:
        names = ", ".join(change_sets)
        yield f"CloudFormation was asked about {names}: its change sets decide what is replaced."


def report_of(change: EnvironmentChange, *, table: PriceTable) -> Report:
    """The report of one environment."""
    found = tuple(_merged(finding for rule in _RULES for finding in rule(change)))
    diffs = tuple(_diffs(change.before, change.after))
    rows = sorted((_row(each) for each in change.changes if each.counts), key=_gravity)
    differs = bool(diffs or rows or found)
    rating = max((finding.rating for finding in found), default=Rating.ROUTINE if differs else Rating.NONE)
    return Report(
        environment=change.name,
        base="",
        head="",
        notes=(),
        rating=rating,
        findings=found,
        records=record_changes(change),
        price=price_change(change.before, change.after, table),
        resources=tuple(rows),
        diffs=diffs,
        rebuilt=sum(each.rebuilt for each in change.changes),
    )


def _merged(found: Iterator[Finding]) -> list[Finding]:
    """Findings that say the same of several stacks once, in the order of the report."""
    merged: dict[tuple[object, ...], Finding] = {}
    for finding in found:
        key = (finding.rating, finding.subject, finding.sentence)
        known = merged.get(key)
        merged[key] = (
            finding
            if known is None
            else replace(
                known,
                stacks=tuple(dict.fromkeys((*known.stacks, *finding.stacks))),
                lines=tuple(dict.fromkeys((*known.lines, *finding.lines))),
            )
        )
    return sorted(merged.values(), key=lambda each: (_SUBJECTS.index(each.subject), -each.rating))


_GRAVITY: Final = (
    "deleted",
    "replaced",
    "may be replaced",
    "kept, unmanaged",
    "left with its stack",
    "created",
    "updated",
    "the same",
)


def _gravity(row: ResourceRow) -> tuple[int, str, str, str]:
    return _GRAVITY.index(row.fate), row.stack, row.type, row.name


def _row(change: Change) -> ResourceRow:
    replacing = {"WILL_REPLACE": "replaces", "MAY_REPLACE": "may replace"}
    properties = [
        f"{name} ({replacing[impact]})" if (impact := change.impacts.get(name)) in replacing else name
        for name in change.properties
    ]
    moved = (
        [f"was {change.before.stack.id}/{change.before.logical_id}"] if change.moved and change.before else []
    )
    return ResourceRow(
        stack=change.stack,
        type=change.type,
        name=change.place.name,
        fate=change.fate.word,
        properties=(*moved, *properties, *change.attributes),
    )


def _diffs(before: Stacks, after: Stacks) -> Iterator[StackDiff]:
    for key, stack in after.items():
        old, new = _readable(before.get(key)), _readable(stack)
        if old != new:
            lines = difflib.unified_diff(old, new, n=3, lineterm="")
            yield StackDiff(stack=key, lines=tuple(lines)[2:])


def _readable(stack: Stack | None) -> list[str]:
    if stack is None:
        return []
    return json.dumps(
        without_assets(stack.template), indent=1, sort_keys=True, ensure_ascii=False
    ).splitlines()
