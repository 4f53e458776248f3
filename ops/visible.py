"""Text from outside, so that what a person sees is all that is there."""

import re
from typing import Final

_HIDDEN: Final = re.compile(
    "[\x00-\x1f\x7f-\x9f"  # controls: escape sequences of terminals, line breaks
    "\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff"  # marks that are not seen or change the direction
    "\ud800-\udfff]"  # halves of a character, which no encoding can write
)


def visible(text: str) -> str:
    r"""The text with ``\uXXXX`` in place of characters that hide, move or reorder others."""
    return _HIDDEN.sub(lambda match: f"\\u{ord(match[0]):04x}", text)
