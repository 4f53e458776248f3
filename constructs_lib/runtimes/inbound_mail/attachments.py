"""Which parts are stored beside the raw mail, and under which names.

A name is the number of the part and what is left of its author's name for it: letters, digits, ``._-``. So it
is the same at every attempt, no two are equal, and none leaves its folder.
"""

import re
from typing import Final

from .mime import Part

MAX_ATTACHMENTS: Final = 200
"""More are counted, not stored."""

_UNSAFE: Final = re.compile(r"[^A-Za-z0-9._-]+")
_LONGEST: Final = 80

_ENDINGS: Final = {
    "application/json": ".json",
    "application/pdf": ".pdf",
    "application/xml": ".xml",
    "application/zip": ".zip",
    "image/gif": ".gif",
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "message/rfc822": ".eml",
    "text/calendar": ".ics",
    "text/csv": ".csv",
    "text/html": ".html",
    "text/plain": ".txt",
    "text/vcard": ".vcf",
}


def is_attachment(part: Part) -> bool:
    """Whether a part is stored: an attached message as a whole, else what is no text to read and no box."""
    if part.in_message or (part.path == "1" and part.content_type.startswith("text/")):
        return False
    if part.content_type == "message/rfc822":
        return True
    if part.container or part.content_type.startswith("multipart/"):
        return False
    return bool(
        part.disposition == "attachment" or part.filename or not part.content_type.startswith("text/")
    )


def safe_name(part: Part) -> str:
    """A name for a part that is good in any key and on any file system."""
    name = part.filename.replace("\\", "/").rpartition("/")[2]
    stem, dot, ending = name.rpartition(".")
    ending = _UNSAFE.sub("", ending)[:10] if dot else ""
    stem = _UNSAFE.sub("-", stem if dot else name).strip(".-")[: _LONGEST - len(ending)].strip(".-")
    ending = f".{ending}" if ending else _ENDINGS.get(part.content_type, ".bin" if not stem else "")
    return f"{part.path.replace('.', '-')}-{stem or 'part'}{ending}"
