"""Reads the guides: their code blocks, and what makes two outputs of a command the same."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.support import ROOT

GUIDES: Final = ROOT / "docs" / "guides"

_MARKER: Final = re.compile(r"<!-- (?P<marker>rehearsed|written)(?:[:,] (?P<detail>[^>]+))? -->")
_FENCE: Final = re.compile(r"```(?P<language>\w*)")
_MASKS: Final = (
    (re.compile(r"\x1b\[[0-9;]*m"), ""),
    (re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?: UTC|Z|\+00:00)?"), "TIME"),
    (re.compile(r"\b\d{1,2}:\d\d:\d\d [AP]M\b"), "TIME"),
    (re.compile(r"\b\d+ h left"), "N h left"),
    (re.compile(r"\b\d+\.\d+ ?s\b"), "N s"),
    (re.compile(r"\b\d+ bytes\b"), "N bytes"),
    (re.compile(r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b"), "ID"),
    (re.compile(r"[0-9a-f]{8}-[0-9a-f]{13}\b"), "ID"),
    (re.compile(r"\b(?:[a-z0-9]{32}|[a-z0-9]{40})\b"), "ID"),
    (re.compile(r"\b127\.0\.0\.1:\d+"), "ADDRESS"),
    (re.compile(r" {2,}"), "  "),
)


@dataclass(frozen=True, kw_only=True)
class Block:
    """A code block.

    Attributes:
        place: Page and line, for people.
        language: What the fence says.
        lines: Its text.
        marker: ``rehearsed``, ``written`` or empty.
        detail: What the marker says further: the name of a file, ``exit 1``.
    """

    place: str
    language: str
    lines: tuple[str, ...]
    marker: str
    detail: str

    @property
    def exit_code(self) -> int:
        """How the last command of a rehearsed block ends."""
        return int(self.detail.removeprefix("exit ")) if self.detail else 0


def blocks(page: Path) -> tuple[Block, ...]:
    """The code blocks of a page, in order."""
    found: list[Block] = []
    inside: list[str] | None = None
    language = marker = detail = ""
    start = 0
    for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), start=1):
        if inside is not None:
            if line == "```":
                place = f"{page.name}:{start}"
                found.append(
                    Block(place=place, language=language, lines=tuple(inside), marker=marker, detail=detail)
                )
                inside, marker, detail = None, "", ""
            else:
                inside.append(line)
        elif fence := _FENCE.fullmatch(line):
            inside, language, start = [], fence["language"], number
        elif comment := _MARKER.fullmatch(line):
            marker, detail = comment["marker"], comment["detail"] or ""
        elif line:
            marker = detail = ""
    assert inside is None, f"{page.name}:{start}: the block does not end"
    return tuple(found)


def masked(line: str) -> str:
    """A line without what differs from run to run: times, ids, ports, widths of columns."""
    for pattern, instead in _MASKS:
        line = pattern.sub(instead, line)
    return line.rstrip()


def missing_line(expected: tuple[str, ...], printed: str) -> str | None:
    """The first expected line that was not printed, in this order; a page may leave out whole lines."""
    rest = iter([masked(line) for line in printed.splitlines()])
    return next((line for line in expected if masked(line) not in rest), None)
