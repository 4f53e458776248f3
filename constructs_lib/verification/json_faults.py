"""What keeps a text from being the JSON of one object of strings: where it is, and its cause in words.

``json`` stops where it is lost, which is often behind the cause: a quote inside HTML ends the string, and
what follows is "Expecting ',' delimiter". `find_fault` walks the text, knowing the keys that it should have,
and names the first place that a person has to change (RFC 8259).
"""

import json
import re
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

CURLY_QUOTES: Final = "\u201c\u201d\u201e\u2018\u2019"
"""The typographic quotes that word processors write."""

_SPACE: Final = re.compile(r"[ \t\n\r]*")
_COMMENT: Final = re.compile(r"//|/\*|#")
_ESCAPE: Final = re.compile(r'\\(?:["\\/bfnrt]|u[0-9A-Fa-f]{4})')
_SNIPPET: Final = 24


class Cause(StrEnum):
    """Why a file is not JSON."""

    BYTE_ORDER_MARK = "a byte order mark, which JSON text does not start with"
    COMMENT = "a comment, which JSON does not have"
    CONTROL_CHARACTER = "a raw control character in a string"
    CURLY_QUOTE = "a typographic quote where a plain one belongs"
    EMPTY = "the file is empty"
    INVALID_ESCAPE = "a backslash before something that JSON does not escape"
    MISSING_COLON = "a colon is missing after a key"
    MISSING_COMMA = "a comma is missing"
    NOT_AN_OBJECT = "the text does not start with {"
    NOT_JSON = "something that JSON does not have"
    NOT_UTF_8 = "a byte that is not UTF-8"
    RAW_LINE_BREAK = "a raw line break in a string"
    RAW_TAB = "a raw tab in a string"
    SINGLE_QUOTE = "a single quote where a double one belongs"
    STRANGE_SPACE = "an invisible character that JSON does not take as white space"
    TEXT_AFTER_END = "text after the closing brace"
    TRAILING_COMMA = "a comma after the last entry"
    UNCLOSED_OBJECT = "the closing brace is missing"
    UNCLOSED_STRING = "a string that is never closed"
    UNESCAPED_QUOTE = "an unescaped quote, which ends the string"
    UNQUOTED_KEY = "a key without quotes"
    UTF_16 = "UTF-16, which some Windows tools write"


@dataclass(frozen=True, kw_only=True)
class Fault:
    """The first thing that keeps a text from being JSON.

    Attributes:
        cause: What it is.
        line: Its line, from 1.
        column: Its column in characters, from 1.
        key: The key whose value it is in or behind, None before the first.
        snippet: The text around it.
    """

    cause: Cause
    line: int
    column: int
    key: str | None
    snippet: str


class _FaultFound(Exception):  # noqa: N818 - it carries an answer, it is not an error
    """Leaves the scanner with the place of a fault."""

    def __init__(self, cause: Cause, offset: int) -> None:
        self.cause = cause
        self.offset = offset


def position(text: str, offset: int) -> tuple[int, int]:
    """Line and column of an offset, both from 1, as editors count them."""
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)


def find_fault(text: str, keys: Collection[str]) -> Fault | None:
    """What keeps a text from being JSON, or None.

    Args:
        text: The text.
        keys: The keys that the object should have: they tell where a string was meant to end.
    """
    try:
        json.loads(text)
    except (json.JSONDecodeError, RecursionError) as error:
        scanner = _Scanner(text, keys)
        cause, offset = Cause.NOT_JSON, getattr(error, "pos", 0)
        try:
            scanner.scan()
        except _FaultFound as found:
            cause, offset = found.cause, found.offset
        return fault_at(text, cause, offset, scanner.key)
    return None


class _Scanner:
    """Walks an object of strings until something is wrong; `key` is where it is."""

    def __init__(self, text: str, keys: Collection[str]) -> None:
        self._text = text
        self._keys = keys
        self._key = re.compile(rf"[\"'{CURLY_QUOTES}]?({'|'.join(keys)})\b")
        self._at = 0
        self._awaited = set(keys)
        self.key: str | None = None

    def scan(self) -> None:
        """Raise `_FaultFound` at the first fault, or return where it knows of none."""
        if self._text.startswith("\ufeff"):
            raise _FaultFound(Cause.BYTE_ORDER_MARK, 0)
        if not self._peek():
            raise _FaultFound(Cause.EMPTY, 0)
        if self._peek() != "{":
            self._refuse_strangers()
            raise _FaultFound(Cause.NOT_AN_OBJECT, self._at)
        self._at += 1
        ended: int | None = None
        while True:
            self._read_key(ended)
            if self._peek() == '"':
                self._skip_string()
                ended = self._at - 1
            else:
                self._skip_other_value()
                ended = None
            if not self._another_entry(ended):
                return

    def _read_key(self, ended: int | None) -> None:
        """A key and its colon; `ended` is the quote that ended the string before, which may be the fault."""
        if self._peek() != '"':
            if not self._key.match(self._text, self._at) and ended is not None and self._peek() not in "/#":
                raise _FaultFound(Cause.UNESCAPED_QUOTE, ended)
            self._refuse_strangers()
            cause = Cause.UNQUOTED_KEY if re.match(r"\w", self._peek()) else Cause.NOT_JSON
            raise _FaultFound(cause, self._at)
        start = self._at + 1
        self._skip_string()
        name = self._text[start : self._at - 1]
        if self._peek() != ":":
            if ended is not None and name not in self._keys:
                raise _FaultFound(Cause.UNESCAPED_QUOTE, ended)
            self.key = name
            raise _FaultFound(Cause.MISSING_COLON, self._at)
        self._at += 1
        self._awaited.discard(name)
        self.key = name

    def _skip_string(self) -> None:
        start = self._at
        self._at += 1
        while self._at < len(self._text):
            char = self._text[self._at]
            if char == '"':
                self._at += 1
                return
            if char == "\\":
                escape = _ESCAPE.match(self._text, self._at)
                if escape is None:
                    raise _FaultFound(Cause.INVALID_ESCAPE, self._at)
                self._at = escape.end()
                continue
            if char < " ":
                raise _FaultFound(_RAW.get(char, Cause.CONTROL_CHARACTER), self._at)
            self._at += 1
        raise _FaultFound(Cause.UNCLOSED_STRING, start)

    def _skip_other_value(self) -> None:
        self._peek()
        try:
            _, self._at = json.JSONDecoder().raw_decode(self._text, self._at)
        except json.JSONDecodeError as error:
            self._refuse_strangers()
            raise _FaultFound(Cause.NOT_JSON, error.pos) from error

    def _another_entry(self, ended: int | None) -> bool:
        """Step over the comma; False after the closing brace."""
        match self._peek():
            case ",":
                comma = self._at
                self._at += 1
                if self._peek() == "}":
                    raise _FaultFound(Cause.TRAILING_COMMA, comma)
                return True
            case "}":
                self._at += 1
                if not self._peek():
                    return False
                rest = self._text[self._at :]
                if ended is not None and any(key in rest for key in self._awaited):
                    raise _FaultFound(Cause.UNESCAPED_QUOTE, ended)
                raise _FaultFound(Cause.TEXT_AFTER_END, self._at)
            case "":
                raise _FaultFound(Cause.UNCLOSED_OBJECT, self._at)
        if self._key.match(self._text, self._at):
            raise _FaultFound(Cause.MISSING_COMMA, len(self._text[: self._at].rstrip()))
        if _COMMENT.match(self._text, self._at):
            raise _FaultFound(Cause.COMMENT, self._at)
        if ended is None:
            self._refuse_strangers()
            raise _FaultFound(Cause.NOT_JSON, self._at)
        raise _FaultFound(Cause.UNESCAPED_QUOTE, ended)

    def _refuse_strangers(self) -> None:
        """Name what people write where JSON wants something else."""
        char = self._peek()
        if char and char in CURLY_QUOTES:
            raise _FaultFound(Cause.CURLY_QUOTE, self._at)
        if char == "'":
            raise _FaultFound(Cause.SINGLE_QUOTE, self._at)
        if _COMMENT.match(self._text, self._at):
            raise _FaultFound(Cause.COMMENT, self._at)
        if char and (char.isspace() or char in "\u200b\ufeff"):
            raise _FaultFound(Cause.STRANGE_SPACE, self._at)
        if not char:
            raise _FaultFound(Cause.UNCLOSED_OBJECT, self._at)

    def _peek(self) -> str:
        """The next character that is no white space, "" at the end."""
        space = _SPACE.match(self._text, self._at)
        self._at = space.end() if space else self._at
        return self._text[self._at : self._at + 1]


_RAW: Final = {"\n": Cause.RAW_LINE_BREAK, "\r": Cause.RAW_LINE_BREAK, "\t": Cause.RAW_TAB}


def fault_at(text: str, cause: Cause, offset: int, key: str | None = None) -> Fault:
    """A fault at an offset of a text."""
    line, column = position(text, offset)
    snippet = text[max(0, offset - _SNIPPET) : offset + _SNIPPET]
    return Fault(cause=cause, line=line, column=column, key=key, snippet=snippet)
