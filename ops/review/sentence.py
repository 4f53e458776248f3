"""Sentences whose values stay apart from their words, so that no value can become markup."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

_SLOT = "{}"
_WORDS = re.compile(r"(?:[A-Za-z0-9 ,:;()'=-]|\.(?=[ .)]|$))*")
"""What words of ours are made of: nothing that Markdown, HTML or a host's links would take for more."""


@dataclass(frozen=True)
class Value:
    """Text that comes from a template."""

    text: str


@dataclass(frozen=True)
class Sentence:
    """Words of ours and values of templates, in turn.

    Raises:
        ValueError: The words hold signs that could become markup.
    """

    parts: tuple[str | Value, ...]

    def __post_init__(self) -> None:
        for part in self.parts:
            if isinstance(part, str) and not _WORDS.fullmatch(part):
                raise ValueError(part)

    @property
    def plain(self) -> str:
        """As text, without any markup."""
        return "".join(part.text if isinstance(part, Value) else part for part in self.parts)


def say(words: str, *values: str | Iterable[str]) -> Sentence:
    """A sentence: each ``{}`` of `words` is a value, or several of them as a list.

    Raises:
        ValueError: As many values as places are needed.
    """
    texts = words.split(_SLOT)
    if len(texts) != len(values) + 1:
        raise ValueError(words)
    parts: list[str | Value] = [texts[0]]
    for value, text in zip(values, texts[1:], strict=True):
        parts += [Value(value)] if isinstance(value, str) else _listed(list(value))
        parts.append(text)
    return Sentence(tuple(part for part in parts if part != ""))


def _listed(values: list[str]) -> list[str | Value]:
    parts: list[str | Value] = []
    for index, value in enumerate(values):
        if index:
            parts.append(" and " if index == len(values) - 1 else ", ")
        parts.append(Value(value))
    return parts


def some(values: Iterable[str], *, most: int = 4) -> list[str]:
    """The first few values, and how many more there are."""
    every = list(values)
    rest = len(every) - most
    return every if rest <= 1 else [*every[:most], f"{rest} more"]


def count(number: int, noun: str) -> str:
    """A number of things."""
    return f"{number} {noun}{'' if number == 1 else 's'}"
