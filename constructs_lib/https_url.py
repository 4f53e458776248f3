"""What is wrong with an ``https://`` URL, where something must call it or open it (RFC 3986)."""

import re
from enum import Enum, auto
from typing import Final
from urllib.parse import SplitResult, urlsplit

_CHARACTERS: Final = re.compile(r"(?:[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})+")


class UrlFault(Enum):
    """The first thing to change in a URL."""

    CHARACTERS = auto()
    HOST = auto()
    SCHEME = auto()
    CREDENTIALS = auto()


def split_https_url(url: str) -> SplitResult | UrlFault:
    """The parts of an absolute ``https://`` URL without user name and password, or what to change in it."""
    if url.strip().partition(":")[0].lower() != "https":
        return UrlFault.SCHEME
    if not _CHARACTERS.fullmatch(url):
        return UrlFault.CHARACTERS
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018 - raises when it is none
    except ValueError:
        return UrlFault.HOST
    if "@" in parts.netloc:
        return UrlFault.CREDENTIALS
    return parts if parts.hostname else UrlFault.HOST


def without_password(url: str) -> str:
    """The URL as an error message may show it."""
    return re.sub(r"//.*@", "//***@", url, flags=re.DOTALL)
