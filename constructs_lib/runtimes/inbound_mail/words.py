"""Text in header fields: RFC 2047 encoded words, and bytes that are in no charset that anybody named.

Reads whatever comes and never fails; writes ASCII only.
"""

import binascii
import re
from functools import lru_cache
from typing import Final

_WORD: Final = re.compile(r"=\?([^?\s]{1,60})\?([bBqQ])\?([^?\s]*)\?=")
_BETWEEN: Final = re.compile(r"(\?=)[ \t\r\n]+(?==\?[^?\s]{1,60}\?[bBqQ]\?)")
_ALIASES: Final = {"iso-8859-8-i": "iso-8859-8", "cp-850": "cp850", "x-sjis": "shift_jis"}
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f]+")
_ATOMS: Final = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]+")
_WORD_BYTES: Final = 45
"""UTF-8 bytes in an encoded word: 75 characters with what is around them (RFC 2047, 2)."""


def text_of(value: bytes) -> str:
    """Bytes of a header field as text: UTF-8, or else what Windows makes of them."""
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.decode("latin-1") if _undefined(value) else value.decode("cp1252")


def _undefined(value: bytes) -> bool:
    return any(byte in value for byte in b"\x81\x8d\x8f\x90\x9d")


def decode_charset(value: bytes, charset: str) -> str:
    """Bytes in a charset as text; an unknown one, or one that they are not in, loses only what is wrong."""
    name = charset.lower().partition("*")[0].strip()
    name = _ALIASES.get(name, name)
    if not _is_charset(name):
        return text_of(value)
    try:
        found = value.decode(name, "replace")
    except (LookupError, ValueError):
        return text_of(value)
    # UTF-7 gives lone surrogates, which are no text.
    return found.encode("utf-8", "replace").decode("utf-8")


def decode_words(text: str) -> str:
    """Replace encoded words by what they say (RFC 2047, 6.2: the space between two of them goes).

    Neighbours of one charset are decoded together: many mailers cut inside a character.
    """
    if "=?" not in text:
        return text
    text = _BETWEEN.sub(r"\1", text)
    out: list[str] = []
    pending, charset, position = b"", "", 0
    for found in _WORD.finditer(text):
        between = text[position : found.start()]
        if pending and (between or found[1].lower() != charset):
            out.append(decode_charset(pending, charset))
            pending = b""
        out.append(between)
        charset = found[1].lower()
        pending += _word_bytes(found[2], found[3])
        position = found.end()
    if pending:
        out.append(decode_charset(pending, charset))
    return "".join([*out, text[position:]])


@lru_cache(maxsize=64)
def _is_charset(name: str) -> bool:
    """Whether mail has it. Python knows more codecs: some are slow by design, some no charset at all."""
    return _charsets().fullmatch(name) is not None


@lru_cache(maxsize=1)
def _charsets() -> re.Pattern[str]:
    # Compiled when it is needed: it is the longest pattern of all.
    return re.compile(
        r"(us-)?ascii|utf[-_]?(7|8|16|32)([-_]?[bl]e)?|iso[-_]?(8859[-_]?\d{1,2}|2022[-_](jp|kr)\w*)(-[ie])?"
        r"|(windows|cp|ibm)[-_]?\d{3,5}|koi8[-_][rut]|gb(k|2312|18030)|big5([-_]?hkscs)?|hz(-gb-2312)?"
        r"|euc[-_]?(jp|kr|cn)|shift[-_]?jis|sjis|ks_c_5601-1987|latin[-_]?\d|mac[-_]?\w{1,20}|tis[-_]?620|johab",
        re.IGNORECASE,
    )


def _word_bytes(encoding: str, text: str) -> bytes:
    data = text.encode("utf-8", "replace")
    if encoding in "qQ":
        return binascii.a2b_qp(data, header=True)
    kept = bytes(byte for byte in data if byte not in b"= \t")
    kept = kept[: len(kept) - (len(kept) % 4 == 1)]
    try:
        return binascii.a2b_base64(kept + b"=" * (-len(kept) % 4))
    except binascii.Error:
        return data


def phrase(text: str) -> str:
    """A display name as it stands in a header field: plain, quoted, or in encoded words (RFC 5322, 2047)."""
    text = _CONTROL.sub(" ", text).strip()[:200].strip()
    if not text.isascii():
        words, word = [], b""
        for character in text:
            encoded = character.encode("utf-8", "replace")
            if len(word) + len(encoded) > _WORD_BYTES:
                words.append(word)
                word = b""
            word += encoded
        words.append(word)
        return " ".join(f"=?utf-8?b?{binascii.b2a_base64(each, newline=False).decode()}?=" for each in words)
    if _ATOMS.fullmatch(text) and "=?" not in text:
        return text
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
