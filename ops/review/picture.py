"""A small picture of what changed where, in Mermaid, which GitHub and GitLab draw."""

import re
from collections.abc import Iterator
from typing import Final

from ops.review.report import Report, ResourceRow
from ops.visible import visible

_PLAIN: Final = re.compile(r"[^A-Za-z0-9 ._/@*-]")
_MOST: Final = 16
_MOST_KINDS: Final = 5
_LONGEST: Final = 60
_CLASSES: Final = {
    "deleted": "gone",
    "replaced": "gone",
    "may be replaced": "unsure",
    "kept, unmanaged": "unsure",
    "left with its stack": "unsure",
    "created": "new",
    "updated": "changed",
    "the same": "changed",
}
_STYLES: Final = (
    "classDef gone fill:#ffd7d5,stroke:#cf222e,color:#1f2328",
    "classDef unsure fill:#fff1c2,stroke:#9a6700,color:#1f2328",
    "classDef new fill:#dafbe1,stroke:#1a7f37,color:#1f2328",
    "classDef changed fill:#ddf4ff,stroke:#0969da,color:#1f2328",
)


def picture(report: Report) -> list[str]:
    """Lines of a Mermaid flow chart; none where nothing changes.

    What becomes of the resources of one stack is one node each; after sixteen nodes the rest is counted.
    """
    groups: dict[tuple[str, str], list[ResourceRow]] = {}
    for row in report.resources:
        groups.setdefault((row.stack, row.fate), []).append(row)
    return list(_lines(report.environment, groups)) if groups else []


def _lines(environment: str, groups: dict[tuple[str, str], list[ResourceRow]]) -> Iterator[str]:
    yield "flowchart LR"
    yield f'  e["{label(environment)}"]'
    shown = dict(list(groups.items())[:_MOST])
    stacks = list(dict.fromkeys(stack for stack, _ in shown))
    for number, stack in enumerate(stacks):
        yield f'  e --> s{number}["{label(stack)}"]'
    for number, ((stack, fate), rows) in enumerate(shown.items()):
        target = f'r{number}["{_what(rows)}"]:::{_CLASSES[fate]}'
        yield f'  s{stacks.index(stack)} -- "{label(fate)}" --> {target}'
    if left := sum(map(len, groups.values())) - sum(map(len, shown.values())):
        yield f'  e --> more["{left} more"]'
    yield from (f"  {style}" for style in _STYLES)


def _what(rows: list[ResourceRow]) -> str:
    """What shares a fate, by type, a line each."""
    kinds: dict[str, list[ResourceRow]] = {}
    for row in rows:
        kinds.setdefault(row.type, []).append(row)
    lines = [
        f"{_kind(kind)} {alike[0].name}" if len(alike) == 1 else f"{len(alike)} x {_kind(kind)}"
        for kind, alike in kinds.items()
    ]
    if len(lines) > _MOST_KINDS:
        lines = [*lines[: _MOST_KINDS - 1], f"{len(lines) - _MOST_KINDS + 1} more kinds"]
    return "<br/>".join(label(line) for line in lines)


def _kind(kind: str) -> str:
    return kind.removeprefix("AWS::").removeprefix("Custom::").replace("::", " ")


def label(text: str) -> str:
    """Text that cannot end its label or become markup: other signs are entities of Mermaid."""
    shown = visible(text)
    if len(shown) > _LONGEST:
        shown = shown[: _LONGEST - 1] + "…"
    return _PLAIN.sub(lambda match: f"#{ord(match[0])};", shown)
