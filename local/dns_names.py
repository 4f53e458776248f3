"""DNS names and TXT values in the form that Route 53 stores them, made comparable."""

import re
from typing import Final

_OCTAL: Final = re.compile(r"\\([0-3][0-7]{2})")
_TXT_STRING: Final = re.compile(r'"((?:[^"\\]|\\.)*)"')


def unescaped(text: str) -> str:
    r"""Read the three-digit octal escapes of Route 53 (``\052`` is ``*``).

    Route 53 Developer Guide, DNS domain name format: octal, where master files (RFC 1035) are decimal.
    """
    return _OCTAL.sub(lambda match: chr(int(match[1], 8)), text)


def normal_name(name: str) -> str:
    """A name that compares as DNS compares: escapes read, no trailing dot, lower case."""
    return unescaped(name.strip()).removesuffix(".").lower()


def txt_text(value: str) -> str:
    """The text of a TXT value: its quoted strings joined without a space (RFC 7208 3.3)."""
    strings = _TXT_STRING.findall(value)
    if not strings:
        return unescaped(value)
    return "".join(re.sub(r"\\(\D)", r"\1", unescaped(string)) for string in strings)


def ancestors(name: str) -> list[str]:
    """The name itself and every parent of it, the longest first; the root is not among them."""
    labels = normal_name(name).split(".")
    return [".".join(labels[index:]) for index in range(len(labels))]
