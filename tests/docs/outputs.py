"""What makes two outputs of a command the same."""

import re
from collections.abc import Iterable
from typing import Final

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


def masked(line: str) -> str:
    """A line without what differs from run to run: times, ids, ports, indents, widths of columns."""
    for pattern, instead in _MASKS:
        line = pattern.sub(instead, line)
    return line.strip()


def missing_line(expected: Iterable[str], printed: str) -> str | None:
    """The first expected line that was not printed, in this order; a page may leave out whole lines."""
    rest = iter([masked(line) for line in printed.splitlines()])
    return next((line for line in expected if masked(line) not in rest), None)
