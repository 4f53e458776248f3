"""Addresses in header fields (RFC 5322 3.4): names, groups, comments, and what people write. Never fails.

The list is cut into tokens first and encoded words are read afterwards: a comma inside one ends nothing.
"""

import re
from typing import Final, NamedTuple

from .words import decode_words

MAX_ADDRESSES: Final = 1_000
"""More of a field are not looked at."""

_TOKEN: Final = re.compile(
    r'"(?:[^"\\]|\\.)*+"?|\((?:[^()\\]|\\.)*+\)?|<[^<>]*>|[,;:]|[^",;:<>()]+|.', re.DOTALL
)
_ENDS: Final = frozenset({",", ";", ":"})
_ESCAPE: Final = re.compile(r"\\(.)", re.DOTALL)
_SPACE: Final = re.compile(r"\s+")


class Address(NamedTuple):
    """A mailbox.

    Attributes:
        name: Its display name, decoded; may be empty.
        address: As it is written.
    """

    name: str
    address: str


def addresses(text: str) -> list[Address]:
    """The mailboxes of a list; those in a group are among the others."""
    found: list[Address] = []
    words: list[str] = []
    comments: list[str] = []
    angle: str | None = None
    plain = in_word = False
    for piece in (*_TOKEN.findall(text), ""):
        ends = not piece or (piece in _ENDS and not in_word)
        if piece == ":" and ends and angle is None and not plain:
            words, comments = [], []  # what stood before it is the name of a group
        elif piece != ":" and ends:
            _add(found, words, comments, angle)
            words, comments, angle, plain = [], [], None, False
            if len(found) >= MAX_ADDRESSES:
                break
        elif piece[0] == "<" and len(piece) > 1:
            angle, in_word = piece[1:-1], False
        elif piece[0] == "(" and len(piece) > 1:
            comments.append(_unescaped(piece[1:].removesuffix(")")))
        else:
            words.append(piece)
            plain = plain or "@" in piece
            # Some mailers leave a comma or a colon as it is inside of an encoded word.
            in_word = piece.rfind("=?") > piece.rfind("?=") or (in_word and "?=" not in piece)
    return found


def _add(found: list[Address], words: list[str], comments: list[str], angle: str | None) -> None:
    if angle is not None:
        name = _clean("".join(_unquoted(word) for word in words)) or _clean(" ".join(comments))
        address = angle.rpartition(":")[2] if angle.startswith("@") else angle  # a route (RFC 5322, 4.4)
        if address.strip() or name:
            found.append(Address(name, _SPACE.sub("", address)))
        return
    written = _SPACE.sub("", "".join(words))
    if written:
        found.append(Address(_clean(" ".join(comments)), written))


def _clean(text: str) -> str:
    return _SPACE.sub(" ", decode_words(text)).strip()


def _unquoted(word: str) -> str:
    return _unescaped(word[1:].removesuffix('"')) if word.startswith('"') else word


def _unescaped(text: str) -> str:
    return _ESCAPE.sub(r"\1", text)
