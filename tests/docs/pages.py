"""Pages of the documentation, and the code blocks in them.

A block has a language, one of `LANGUAGES`. In a console block, commands begin with ``$ ``, and the
rest is what they print. An HTML comment right before it says more: ``<!-- rehearsed -->`` before a bash
block, that the rehearsal runs it, ``<!-- rehearsed, exit 1 -->`` that its last command ends so;
``<!-- written: NAME -->``, that it is the file NAME, which the page uses later.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from textwrap import dedent
from typing import Final

from tests.support import ROOT

LANGUAGES: Final = ("bash", "console", "json", "python", "text", "toml", "yaml")

_FENCE: Final = re.compile(r"^( *)(`{3,}|~{3,})(.*)$")
_COMMENT: Final = re.compile(r"^ *<!-- (?:(rehearsed)(?:, exit (\d))?|written: (\S+)) -->$")


@dataclass(frozen=True)
class Block:
    """A fenced block.

    Attributes:
        where: The page and the line of the fence, as ``docs/x.md:12``.
        line: The line of the fence, from 1.
        language: What the fence names; empty for nothing.
        source: What is in it.
        rehearsed: Whether the rehearsal runs it.
        exit_code: How its last command then ends.
        file: Which file it is; None for none.
    """

    where: str
    line: int
    language: str
    source: str
    rehearsed: bool
    exit_code: int
    file: str | None

    @property
    def commands(self) -> str:
        """The commands of a bash or console block."""
        if self.language != "console":
            return self.source
        return "".join(line[2:] for line in self.source.splitlines(keepends=True) if line.startswith("$ "))


@dataclass(frozen=True)
class Page:
    """A page, by its path in the repository."""

    name: str
    text: str

    @property
    def blocks(self) -> tuple[Block, ...]:
        """Its blocks, in order."""
        return tuple(_blocks(self.name, self.text))

    def blocks_in(self, *languages: str) -> tuple[Block, ...]:
        """Those in one of these languages."""
        return tuple(block for block in self.blocks if block.language in languages)


@cache
def pages() -> tuple[Page, ...]:
    """The pages of ``docs``, the README, and those of the examples."""
    paths = [
        ROOT / "README.md",
        *sorted((ROOT / "docs").rglob("*.md")),
        *sorted(ROOT.glob("examples/*/*.md")),
    ]
    return tuple(read(path) for path in paths)


def read(path: Path) -> Page:
    """The page of a file of the repository."""
    return Page(path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8"))


def _blocks(name: str, text: str) -> Iterator[Block]:
    lines = iter(enumerate(text.splitlines(), start=1))
    said: re.Match[str] | None = None
    for number, line in lines:
        fence = _FENCE.match(line)
        if fence is None:
            if line.strip():
                said = _COMMENT.match(line)
            continue
        inside = []
        for _, inner in lines:
            if inner.strip() == fence[2]:
                break
            inside.append(inner)
        yield Block(
            where=f"{name}:{number}",
            line=number,
            language=fence[3].strip(),
            source=dedent("\n".join(inside)) + "\n",
            rehearsed=said is not None and said[1] is not None,
            exit_code=int(said[2] or 0) if said else 0,
            file=said[3] if said else None,
        )
        said = None
