"""The summary of a message as this release knows it, written by another program at another time. Pure."""

import json
from typing import Any, Final

from constructs_lib.runtimes.inbound_mail.summary import VERSION
from ops.errors import RecordUnreadableError

_FIX: Final = "download the message; for a summary of a later release use that one's commands"


def read_summary(body: bytes, *, name: str) -> dict[str, Any]:
    """Read a summary (docs/reference/inbound_mail.md).

    Args:
        body: Its bytes.
        name: What it is called in errors.

    Raises:
        RecordUnreadableError: It is no JSON, of another version, or lacks what every summary has.
    """
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise RecordUnreadableError(f"{name} is no summary.", fix=_FIX)
    if found.get("version") != VERSION:
        raise RecordUnreadableError(
            f"{name} is of a version that this release does not know; it knows {VERSION}.", fix=_FIX
        )
    try:
        complete = all(
            isinstance(text, str) for text in (outcome_of(found), author_of(found), subject_of(found))
        )
    except (AttributeError, KeyError, TypeError):
        complete = False
    if not complete:
        raise RecordUnreadableError(f"{name} lacks what a summary has.", fix=_FIX)
    return found


def outcome_of(summary: dict[str, Any]) -> str:
    """What was done with the message."""
    outcome: str = summary["forwarding"]["outcome"]
    return outcome


def author_of(summary: dict[str, Any]) -> str:
    """The first address of ``From``, as the message says; empty without one."""
    authors: list[dict[str, str]] = summary["headers"].get("from", [])
    return authors[0]["address"] if authors else ""


def subject_of(summary: dict[str, Any]) -> str:
    """The subject; empty without one."""
    subject: str = summary["headers"].get("subject", "")
    return subject
