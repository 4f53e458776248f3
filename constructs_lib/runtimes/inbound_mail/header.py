"""The header block of a message, as it is: offsets into its bytes, nothing decoded, nothing copied.

RFC 5322 2.2 with what is found in mail besides: bare LF, CR alone, no separator before the body, an mbox line
in front, bytes above 127, NUL. Everything is a header block followed by a body.
"""

import re
from typing import Final, NamedTuple

Raw = bytes | bytearray

MAX_FIELDS: Final = 10_000
"""More are not looked at, and such a message is not forwarded: each could tell SES something."""

MAX_VALUE: Final = 65_536
"""Bytes of a field that are looked at."""

_NAME: Final = re.compile(rb"([!-9;-~]+)[ \t]*:")
_NAME_BYTES: Final = 1_000
_BLANK: Final = (b"\r\n", b"\n", b"\r")
_FOLD: Final = re.compile(rb"(?:\r\n|\n|\r)(?=[ \t])")


class Field(NamedTuple):
    """One field, its folded lines and its line ending included.

    Attributes:
        name: In lower case.
        start: Where it begins.
        colon: Where its value begins.
        end: Where the next one begins.
    """

    name: bytes
    start: int
    colon: int
    end: int


class Header(NamedTuple):
    """A header block.

    Attributes:
        fields: In their order.
        separator: The empty line; nothing where it is missing.
        body: Where the body begins.
        newline: What ends the lines of the block.
        complete: Whether the end of the block was found within `MAX_FIELDS`.
        defects: What is wrong with it.
    """

    fields: tuple[Field, ...]
    separator: bytes
    body: int
    newline: bytes
    complete: bool
    defects: tuple[str, ...]


def read_header(raw: Raw, start: int = 0, end: int | None = None) -> Header:
    """Find the header block at the start of a region. Never fails.

    Args:
        raw: The message.
        start: Where the region begins: a part of a message has a header too.
        end: Where it ends. Default: with the message.
    """
    end = len(raw) if end is None else end
    line_end, newline = _newline(raw, start, end)
    fields: list[Field] = []
    defects: list[str] = []
    position = start
    while position < end:
        following = raw.find(line_end, position, end) + 1 or end
        opening = bytes(raw[position : min(following, position + _NAME_BYTES)])
        if opening in _BLANK and following - position == len(opening):
            return Header(tuple(fields), opening, following, newline, complete=True, defects=tuple(defects))
        named = _NAME.match(opening)
        if opening[:1] in {b" ", b"\t"} and fields:
            last = fields[-1]
            fields[-1] = Field(last.name, last.start, last.colon, following)
        elif position == start and opening.startswith((b"From ", b">From ")):
            defects.append("mbox-line")
        elif named is None:
            defects.append("no-separator")
            return Header(tuple(fields), b"", position, newline, complete=True, defects=tuple(defects))
        elif len(fields) == MAX_FIELDS:
            defects.append("too-many-fields")
            return Header(tuple(fields), b"", position, newline, complete=False, defects=tuple(defects))
        else:
            fields.append(Field(named[1].lower(), position, position + named.end(), following))
        position = following
    if start < end:
        defects.append("no-body")
    return Header(tuple(fields), b"", end, newline, complete=True, defects=tuple(defects))


def value(raw: Raw, field: Field) -> bytes:
    """The value of a field on one line, without white space around it; at most `MAX_VALUE` bytes."""
    return _FOLD.sub(b"", bytes(raw[field.colon : min(field.end, field.colon + MAX_VALUE)])).strip()


def first(raw: Raw, header: Header, name: bytes) -> bytes | None:
    """The value of the first field of a name."""
    for field in header.fields:
        if field.name == name:
            return value(raw, field)
    return None


def _newline(raw: Raw, start: int, end: int) -> tuple[bytes, bytes]:
    """What to look for at the end of a line, and what to write there."""
    found = raw.find(b"\n", start, end)
    if found < 0:
        return (b"\r", b"\r") if raw.find(b"\r", start, end) >= 0 else (b"\n", b"\r\n")
    return b"\n", b"\r\n" if found > start and raw[found - 1 : found] == b"\r" else b"\n"
