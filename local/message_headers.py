"""The header section of a message in bytes; its body is never looked at."""

import re
from email import message_from_bytes
from typing import Final

_END: Final = re.compile(rb"\r?\n\r?\n")
_FOLD: Final = re.compile(r"\r?\n(?=[ \t])")


def header_section(content: bytes) -> bytes:
    """Everything before the first empty line."""
    end = _END.search(content)
    return content[: end.start()] if end else content


def header_fields(content: bytes) -> list[tuple[str, str]]:
    """Names and unfolded values, in order; bytes that are no text are replaced."""
    return [
        (name, _FOLD.sub("", value).encode("utf-8", "surrogateescape").decode("utf-8", "replace").strip())
        for name, value in message_from_bytes(header_section(content)).raw_items()
    ]
