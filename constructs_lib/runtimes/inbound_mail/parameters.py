"""Parameters of Content-Type and Content-Disposition (RFC 2045, 2183, 2231), and how people misuse them."""

import re
from collections.abc import Mapping
from typing import Final, NamedTuple
from urllib.parse import unquote_to_bytes

from .words import decode_charset, decode_words, text_of

_PARAMETER: Final = re.compile(r';\s*([^\s=;"]{1,100})\s*=\s*("(?:[^"\\]|\\.)*+"?|[^;]*)', re.DOTALL)
_PIECE: Final = re.compile(r"([^*]+)(?:\*(\d{1,3}))?(\*)?")
_ESCAPE: Final = re.compile(r"\\(.)", re.DOTALL)
_COMMENT: Final = re.compile(r"\([^()]*\)")


class Parameterized(NamedTuple):
    """A value with parameters.

    Attributes:
        value: In lower case, without parameters.
        parameters: By name in lower case, decoded.
    """

    value: str
    parameters: Mapping[str, str]


def parameterized(value: bytes) -> Parameterized:
    """Read a field's value. Never fails."""
    text = text_of(value)
    main = _COMMENT.sub("", text.partition(";")[0]).strip().lower()
    plain: dict[str, str] = {}
    pieces: dict[str, dict[int, tuple[str, bool]]] = {}
    for found in _PARAMETER.finditer(text):
        name, written = found[1].lower(), found[2].strip()
        if written.startswith('"'):
            written = _ESCAPE.sub(r"\1", written[1:].removesuffix('"'))
        split = _PIECE.fullmatch(name)
        if split is None or (split[2] is None and split[3] is None):
            plain.setdefault(name, decode_words(written))
        else:
            pieces.setdefault(split[1], {})[int(split[2] or 0)] = written, split[3] is not None
    return Parameterized(main, plain | {name: _joined(found) for name, found in pieces.items()})


def _joined(pieces: Mapping[int, tuple[str, bool]]) -> str:
    """RFC 2231, 3 and 4: pieces in order, the first one names the charset."""
    charset, data = "", b""
    for number in sorted(pieces):
        text, encoded = pieces[number]
        if encoded and not data and text.count("'") >= 2:  # noqa: PLR2004 - charset'language'text
            charset, _, text = text.split("'", 2)
        data += unquote_to_bytes(text) if encoded else text.encode("utf-8", "replace")
    return decode_charset(data, charset) if charset else text_of(data)
