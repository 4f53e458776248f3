"""Markdown by function calls, so that no text of a template can become markup.

GitHub's and GitLab's flavour: values stand in code spans and fenced blocks, in which neither markup nor HTML,
links nor mentions mean anything.
"""

import re
from collections.abc import Iterable
from typing import Final, NewType

from ops.review.sentence import Sentence, Value
from ops.visible import visible

Markdown = NewType("Markdown", str)
"""Text that is Markdown already."""

_TICKS: Final = re.compile("`+")
_PUNCTUATION: Final = re.compile(r"[!-/:-@\[-`{-~]")
_BACKSLASHES: Final = re.compile(r"\\+(?=\|)")
_LONGEST: Final = 400
_LONGEST_CELL: Final = 80


def code(text: str, *, longest: int = _LONGEST) -> Markdown:
    """A value as a code span, cut in its middle where it is very long."""
    shown = _short(text, longest)
    fence = "`" * (_longest_run(shown) + 1)
    pad = " " if shown.startswith("`") or shown.endswith("`") else ""
    return Markdown(f"{fence}{pad}{shown}{pad}{fence}")


def cell(text: str) -> Markdown:
    """A value as a code span in a table, whose pipes end no cell."""
    without = _BACKSLASHES.sub(lambda match: "\\u005c" * len(match[0]), code(text, longest=_LONGEST_CELL))
    return Markdown(without.replace("|", "\\|"))


def html_code(text: str) -> Markdown:
    """A value as an HTML element, for a summary, where Markdown is not read: every sign is an entity."""
    entities = _PUNCTUATION.sub(lambda match: f"&#{ord(match[0])};", _short(text, _LONGEST))
    return Markdown(f"<code>{entities}</code>")


def prose(sentence: Sentence) -> Markdown:
    """A sentence: our words as they are, values as code."""
    return Markdown("".join(code(part.text) if isinstance(part, Value) else part for part in sentence.parts))


def table(head: Iterable[str], rows: Iterable[Iterable[Markdown]]) -> Markdown:
    """A table; its values are made by `cell`."""
    columns = list(head)
    lines = [f"| {' | '.join(columns)} |", f"|{' --- |' * len(columns)}"]
    lines += [f"| {' | '.join(row)} |" for row in rows]
    return Markdown("\n".join(lines))


def fenced(lines: Iterable[str], *, language: str) -> Markdown:
    """Lines as they are, in a block that none of them can end."""
    shown = [_line(line) for line in lines]
    fence = "`" * max(3, _longest_run("\n".join(shown)) + 1)
    return Markdown("\n".join([f"{fence}{language}", *shown, fence]))


def line_length(line: str) -> int:
    """How many characters a line of `fenced` takes."""
    return len(_line(line)) + 1


def _line(line: str) -> str:
    return visible(line.replace("\t", "    "))


def folded(summary: Markdown, content: Markdown) -> Markdown:
    """Content that is shown on request."""
    return Markdown(f"<details><summary>{summary}</summary>\n\n{content}\n\n</details>")


def _short(text: str, longest: int) -> str:
    shown = visible(text).strip() or "(empty)"
    if len(shown) <= longest:
        return shown
    half = longest // 2
    return f"{shown[:half]} … {shown[-half:]}"


def _longest_run(text: str) -> int:
    return max((len(run) for run in _TICKS.findall(text)), default=0)
