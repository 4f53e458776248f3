"""Docstrings as Markdown: they are Google style with the marks of reStructuredText."""

import ast
import re
from textwrap import dedent
from typing import Final

_ROLE: Final = re.compile(r":[a-z:]+:(?=`)")
_CODE: Final = re.compile(r"(``.+?``|`[^`\n]+`)", re.DOTALL)
_LIST: Final = re.compile(r"(?m)^(?!- |\s)(.+)\n(?=- )")
_LITERAL: Final = re.compile(r"::\n\n((?:[ ]{4}.*(?:\n|$)|\n)+)")


def to_markdown(text: str) -> str:
    """A docstring, or a part of one.

    Single and double backticks are code. A literal block is Python where it is Python, otherwise text. A list
    gets the empty line that Markdown wants. Angle brackets and stars outside of code mean themselves.
    """
    parts = _LITERAL.split(text)
    return "".join(_block(part) if number % 2 else _prose(part) for number, part in enumerate(parts)).strip()


def escaped(text: str) -> str:
    """Text without code whose signs mean themselves."""
    return re.sub(r"([*_>\[\]{}|])", r"\\\1", text).replace("<", "&lt;")


def _prose(text: str) -> str:
    text = _LIST.sub(r"\1\n\n", _ROLE.sub("", text))
    parts = _CODE.split(text)
    return "".join(
        "`" + " ".join(part.strip("`").split()) + "`"
        if number % 2
        else re.sub(r"([*>])", r"\\\1", part).replace("<", "&lt;")
        for number, part in enumerate(parts)
    )


def _block(text: str) -> str:
    code = dedent(text).strip("\n")
    try:
        ast.parse(code)
    except SyntaxError:
        language = "text"
    else:
        language = "python"
    return f":\n\n```{language}\n{code}\n```\n\n"


def without_example(text: str) -> str:
    """A module's docstring without its example: its page has one that is longer."""
    return text.partition("\nExample::\n")[0].strip()
