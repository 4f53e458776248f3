"""Whether two record sets say the same in DNS, however their values are written."""

import re
from collections.abc import Iterable
from typing import Final

_STRINGS: Final = re.compile(r'"((?:[^"\\]|\\.)*)"')
_ESCAPE: Final = re.compile(r"\\(?:([0-3][0-7]{2})|(.))")


def same_values(record_type: str, one: Iterable[str], other: Iterable[str]) -> bool:
    """Whether the values are the same ones, in any order and spelling."""
    return {_normal(record_type, value) for value in one} == {_normal(record_type, value) for value in other}


def _normal(record_type: str, value: str) -> str:
    r"""A value that compares as DNS does: names without case and trailing dot, TXT as one text.

    Route 53 writes octal escapes, ``\073`` for a semicolon (Route 53 Developer Guide, DNS name format).
    """
    if record_type != "TXT":
        return " ".join(value.lower().rstrip(".").split())
    text = "".join(_STRINGS.findall(value))
    return _ESCAPE.sub(lambda found: chr(int(found[1], 8)) if found[1] else found[2], text)
