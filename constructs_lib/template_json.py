"""The JSON of a template file: one object of strings, read strictly, and what is wrong where it is not one.

The file is what ``aws ses create-custom-verification-email-template --cli-input-json file://...`` takes.
Samples of it, the SES Developer Guide's own included, hold raw line breaks and quotes inside the HTML, which
JSON does not (RFC 8259, section 7). `find_fault` names the first such place and its cause in words.
"""

import json
import re
from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from constructs_lib.errors import ConfigurationError

CONTENT_KEY: Final = "TemplateContent"
KEYS: Final = (
    "TemplateName",
    "FromEmailAddress",
    "TemplateSubject",
    CONTENT_KEY,
    "SuccessRedirectionURL",
    "FailureRedirectionURL",
)
"""The keys, in the order of the SES Developer Guide."""

_SPACE: Final = re.compile(r"[ \t\n\r]*")
_KEY: Final = re.compile(rf"[\"'“”„‘’]?({'|'.join(KEYS)})\b")
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


def find_fault(text: str) -> Fault | None:
    """What keeps a text from being JSON, or None."""
    try:
        json.loads(text)
    except (json.JSONDecodeError, RecursionError) as error:
        scanner = _Scanner(text)
        cause, offset = Cause.NOT_JSON, getattr(error, "pos", 0)
        try:
            scanner.scan()
        except _FaultFound as found:
            cause, offset = found.cause, found.offset
        return _fault(text, cause, offset, scanner.key)
    return None


def decode(data: bytes, *, source: str) -> str:
    """The text of a file that must be UTF-8.

    Raises:
        ConfigurationError: ``template-file-broken``.
    """
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        if data.startswith((b"\xff\xfe", b"\xfe\xff")):
            raise _broken(_fault("", Cause.UTF_16, 0, None), source, "save the file as UTF-8") from error
        before = data[: error.start].decode("utf-8")
        fault = _fault(before, Cause.NOT_UTF_8, len(before), None)
        raise _broken(fault, source, "save the file as UTF-8") from error


def read_fields(text: str, *, source: str, way_out: str) -> dict[str, str]:
    """The fields of a template file.

    Args:
        text: The JSON.
        source: What to call it in errors, such as the path of its file.
        way_out: What repairs it when it is no JSON.

    Returns:
        Every key of `KEYS`, `CONTENT_KEY` only where the file has it.

    Raises:
        ConfigurationError: ``template-file-broken``: it is no JSON. ``template-keys-invalid``: it is, of
            something else.
    """
    fault = find_fault(text)
    if fault is not None:
        raise _broken(fault, source, way_out)
    pairs = json.loads(text, object_pairs_hook=_Pairs)
    if not isinstance(pairs, _Pairs):
        raise _keys_invalid(source, type(pairs).__name__, "write one object, { ... }")
    names = Counter(key for key, _ in pairs)
    for name, count in names.items():
        if name not in KEYS:
            similar = next((key for key in KEYS if key.lower() == name.lower()), None)
            fix = f"write {similar}" if similar else "take it out"
            raise _keys_invalid(source, name, fix)
        if count > 1:
            raise _keys_invalid(source, f"{name} {count} times", "keep one of them")
    missing = [key for key in KEYS if key not in names and key != CONTENT_KEY]
    if missing:
        raise _keys_invalid(source, f"no {', '.join(missing)}", "add what is missing")
    for name, value in pairs:
        if not isinstance(value, str):
            raise _keys_invalid(f"{source}: {name}", value, "write a string, in double quotes")
    return dict(pairs)


class _Pairs(list[tuple[str, object]]):
    """An object that still has its repeated keys."""


class _Scanner:
    """Walks an object of strings until something is wrong; `key` is where it is."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
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
            if not _KEY.match(self._text, self._at) and ended is not None and self._peek() not in "/#":
                raise _FaultFound(Cause.UNESCAPED_QUOTE, ended)
            self._refuse_strangers()
            cause = Cause.UNQUOTED_KEY if re.match(r"\w", self._peek()) else Cause.NOT_JSON
            raise _FaultFound(cause, self._at)
        start = self._at + 1
        self._skip_string()
        name = self._text[start : self._at - 1]
        if self._peek() != ":":
            if ended is not None and name not in KEYS:
                raise _FaultFound(Cause.UNESCAPED_QUOTE, ended)
            self.key = name
            raise _FaultFound(Cause.MISSING_COLON, self._at)
        self._at += 1
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
                if self._peek() and ended is not None and '"' in self._text[self._at :]:
                    raise _FaultFound(Cause.UNESCAPED_QUOTE, ended)
                if self._peek():
                    raise _FaultFound(Cause.TEXT_AFTER_END, self._at)
                return False
            case "":
                raise _FaultFound(Cause.UNCLOSED_OBJECT, self._at)
        if _KEY.match(self._text, self._at):
            raise _FaultFound(Cause.MISSING_COMMA, len(self._text[: self._at].rstrip()))
        if re.match(r"//|/\*|#", self._text[self._at :]):
            raise _FaultFound(Cause.COMMENT, self._at)
        if ended is None:
            self._refuse_strangers()
            raise _FaultFound(Cause.NOT_JSON, self._at)
        raise _FaultFound(Cause.UNESCAPED_QUOTE, ended)

    def _refuse_strangers(self) -> None:
        """Name what people write where JSON wants something else."""
        char = self._peek()
        if char in "“”„‘’" and char:
            raise _FaultFound(Cause.CURLY_QUOTE, self._at)
        if char == "'":
            raise _FaultFound(Cause.SINGLE_QUOTE, self._at)
        if re.match(r"//|/\*|#", self._text[self._at :]):
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


def _fault(text: str, cause: Cause, offset: int, key: str | None) -> Fault:
    line, column = position(text, offset)
    snippet = text[max(0, offset - _SNIPPET) : offset + _SNIPPET]
    return Fault(cause=cause, line=line, column=column, key=key, snippet=snippet)


def _broken(fault: Fault, source: str, way_out: str) -> ConfigurationError:
    where = f"{source}, line {fault.line}, column {fault.column}"
    return ConfigurationError(
        "template-file-broken",
        option=f"{where}: {fault.key}" if fault.key else where,
        rule=f"the file must be JSON (RFC 8259). Found: {fault.cause}.",
        got=fault.snippet,
        fix=way_out,
    )


def _keys_invalid(option: str, got: object, fix: str) -> ConfigurationError:
    return ConfigurationError(
        "template-keys-invalid",
        option=option,
        rule=f"exactly the keys of the AWS CLI, each a string: {', '.join(KEYS)}.",
        got=got,
        fix=fix,
    )
