"""Links between pages: relative to the repository in the sources, relative to the site in what is built."""

import os
import re
from collections.abc import Callable
from pathlib import PurePosixPath
from typing import Final

_FENCE: Final = r"^ *(?:`{3,}|~{3,}).*?^ *(?:`{3,}|~{3,}) *$"
_BLOCK: Final = re.compile(f"({_FENCE})", re.MULTILINE | re.DOTALL)
_CODE: Final = re.compile(rf"({_FENCE}|`[^`\n]+`)", re.MULTILINE | re.DOTALL)
_LINK: Final = re.compile(r"\]\(([^()\s]+)\)")


class LinkError(ValueError):
    """A page links to something that the repository does not have."""


def relinked(text: str, moved: Callable[[str], str]) -> str:
    """A page with every link outside of code replaced.

    Args:
        text: The page.
        moved: The new target of a link; called for relative ones only.
    """

    def replaced(match: re.Match[str]) -> str:
        return f"]({moved(match[1])})" if _is_relative(match[1]) else match[0]

    parts = _CODE.split(text)
    return "".join(part if number % 2 else _LINK.sub(replaced, part) for number, part in enumerate(parts))


def in_prose(text: str, changed: Callable[[str], str]) -> str:
    """A page with every line outside of fenced code changed."""
    parts = _BLOCK.split(text)
    return "".join(
        part if number % 2 else "".join(map(changed, part.splitlines(keepends=True)))
        for number, part in enumerate(parts)
    )


def links(text: str) -> list[str]:
    """The relative links of a page, as they are written."""
    found: list[str] = []

    def note(target: str) -> str:
        found.append(target)
        return target

    relinked(text, note)
    return found


def resolved(target: str, *, page: str) -> tuple[str, str]:
    """What a link of a page leads to, by its path in the repository, and the anchor in it or nothing."""
    path, _, anchor = target.partition("#")
    if not path:
        return page, anchor
    whole = os.path.normpath(PurePosixPath(page).parent / path)
    if whole.startswith(".."):
        message = f"{page}: {target} leads out of the repository"
        raise LinkError(message)
    return whole, anchor


def relative(target: str, *, page: str) -> str:
    """A path of the site, from a page of it."""
    return os.path.relpath(target, PurePosixPath(page).parent or ".")


def _is_relative(target: str) -> bool:
    return not re.match(r"[a-z]+:|#|/", target)
