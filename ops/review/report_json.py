"""Reports as JSON, for programs, and back: who posts a comment writes it from this data with its own code.

::

    {"version": 1, "reports": [{
        "environment": "prod", "base": "origin/main (1a2b3c4d5e)", "head": ".", "notes": ["..."],
        "rating": "block",              or danger, caution, routine, no change
        "findings": [{
            "rating": "block", "subject": "DNS", "text": "MX a.example is removed from DNS: ...",
            "parts": ["...", {"value": "a.example"}],   the same, with the values of templates apart
            "stacks": ["Sending-eu-west-1"], "lines": ["+ Allow: ..."]}],
        "records": [{"name", "type", "before": [...], "after": [...], "ttl": ["1800", "300"],
                     "kept", "by_hand", "stack"}],
        "price": {"lines": [{"what", "before", "after", "monthly"}],    numbers are strings; or null
                  "before", "after", "currency", "prices_of"},
        "resources": [{"stack", "type", "name", "fate", "properties": [...]}],
        "diffs": [{"stack", "lines": [...]}],
        "rebuilt": 0}]}
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final, TypeVar

from ops.review.changes import Fate
from ops.review.dns_diff import RecordChange
from ops.review.finding import Finding, Subject
from ops.review.price_change import PriceChange, PriceLine
from ops.review.rating import Rating
from ops.review.report import Report, ResourceRow, StackDiff
from ops.review.sentence import Sentence, Value

_VERSION: Final = 1
_NUMBER: Final = re.compile(r"-?\d{1,15}(?:\.\d{1,15})?", re.ASCII)
_MOST: Final = 1_000_000
_FATES: Final = frozenset(fate.word for fate in Fate)
_RATINGS: Final = {rating.word: rating for rating in Rating}
_T = TypeVar("_T")


def reports_json(found: Iterable[Report]) -> str:
    """The reports; the same reports give the same bytes."""
    document = {"version": _VERSION, "reports": [_report(report) for report in found]}
    return json.dumps(document, indent=1) + "\n"


def read_reports(text: str) -> list[Report]:
    """What `reports_json` wrote.

    Raises:
        ValueError: It is something else; nothing of it may be shown then.
    """
    try:
        document = json.loads(text)
        if document["version"] != _VERSION:
            raise ValueError(_VERSION)
        return _several(document["reports"], _read_report)
    except (KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError("no reports of this version") from error


def _report(report: Report) -> dict[str, object]:
    return {
        "environment": report.environment,
        "base": report.base,
        "head": report.head,
        "notes": list(report.notes),
        "rating": report.rating.word,
        "findings": [
            {
                "rating": finding.rating.word,
                "subject": str(finding.subject),
                "text": finding.sentence.plain,
                "parts": [
                    {"value": part.text} if isinstance(part, Value) else part
                    for part in finding.sentence.parts
                ],
                "stacks": list(finding.stacks),
                "lines": list(finding.lines),
            }
            for finding in report.findings
        ],
        "records": [vars(record) for record in report.records],
        "price": None
        if report.price is None
        else {
            "lines": [
                {
                    "what": line.what,
                    "before": f"{line.before:f}",
                    "after": f"{line.after:f}",
                    "monthly": f"{line.monthly:f}",
                }
                for line in report.price.lines
            ],
            "before": f"{report.price.before:f}",
            "after": f"{report.price.after:f}",
            "currency": report.price.currency,
            "prices_of": report.price.prices_of,
        },
        "resources": [vars(row) for row in report.resources],
        "diffs": [vars(diff) for diff in report.diffs],
        "rebuilt": report.rebuilt,
    }


def _read_report(data: Mapping[str, Any]) -> Report:
    return Report(
        environment=_text(data["environment"]),
        base=_text(data["base"]),
        head=_text(data["head"]),
        notes=_texts(data["notes"]),
        rating=_RATINGS[data["rating"]],
        findings=tuple(_several(data["findings"], _read_finding)),
        records=tuple(_several(data["records"], _read_record)),
        price=None if data["price"] is None else _read_price(data["price"]),
        resources=tuple(_several(data["resources"], _read_row)),
        diffs=tuple(
            _several(data["diffs"], lambda it: StackDiff(stack=_text(it["stack"]), lines=_texts(it["lines"])))
        ),
        rebuilt=_whole(data["rebuilt"]),
    )


def _read_finding(data: Mapping[str, Any]) -> Finding:
    return Finding(
        rating=_RATINGS[data["rating"]],
        subject=Subject(data["subject"]),
        sentence=Sentence(
            tuple(
                _several(
                    data["parts"],
                    lambda it: Value(_text(it["value"])) if isinstance(it, Mapping) else _text(it),
                )
            )
        ),
        stacks=_texts(data["stacks"]),
        lines=_texts(data["lines"]),
    )


def _read_record(data: Mapping[str, Any]) -> RecordChange:
    before, after = _texts(data["ttl"])
    return RecordChange(
        name=_text(data["name"]),
        type=_text(data["type"]),
        before=_texts(data["before"]),
        after=_texts(data["after"]),
        ttl=(before, after),
        kept=data["kept"] is True,
        by_hand=data["by_hand"] is True,
        stack=_text(data["stack"]),
    )


def _read_price(data: Mapping[str, Any]) -> PriceChange:
    return PriceChange(
        lines=tuple(
            _several(
                data["lines"],
                lambda it: PriceLine(
                    what=_text(it["what"]),
                    before=_number(it["before"]),
                    after=_number(it["after"]),
                    monthly=_number(it["monthly"]),
                ),
            )
        ),
        before=_number(data["before"]),
        after=_number(data["after"]),
        currency=_text(data["currency"]),
        prices_of=_text(data["prices_of"]),
    )


def _read_row(data: Mapping[str, Any]) -> ResourceRow:
    return ResourceRow(
        stack=_text(data["stack"]),
        type=_text(data["type"]),
        name=_text(data["name"]),
        fate=_one_of(data["fate"], _FATES),
        properties=_texts(data["properties"]),
    )


def _several(data: Any, read: Callable[[Any], _T]) -> list[_T]:  # noqa: ANN401 - from outside
    if not isinstance(data, Sequence) or isinstance(data, str):
        raise TypeError(data)
    return [read(item) for item in data]


def _texts(data: Any) -> tuple[str, ...]:  # noqa: ANN401 - from outside
    return tuple(_several(data, _text))


def _one_of(data: Any, known: frozenset[str]) -> str:  # noqa: ANN401 - from outside
    if data not in known:
        raise ValueError(data)
    return _text(data)


def _text(data: Any) -> str:  # noqa: ANN401 - from outside
    if not isinstance(data, str):
        raise TypeError(data)
    return data


def _whole(data: Any) -> int:  # noqa: ANN401 - from outside
    if not isinstance(data, int) or not 0 <= data <= _MOST:
        raise ValueError(data)
    return int(data)


def _number(data: Any) -> Decimal:  # noqa: ANN401 - from outside
    if not _NUMBER.fullmatch(_text(data)):
        raise ValueError(data)
    return Decimal(data)
