"""The summary of a message: what somebody wants to know without opening it. JSON, made of plain values.

It says what the message says of itself and what was done with it; nothing of the text.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from .addresses import addresses
from .header import Header, Raw, first, value
from .mime import Part
from .notification import Received
from .words import decode_words, text_of

VERSION: Final = 1
_MAX_TEXT: Final = 2_000
"""Characters of a field."""

_TEXTS: Final = (
    "subject",
    "date",
    "message-id",
    "in-reply-to",
    "references",
    "list-id",
    "auto-submitted",
    "precedence",
    "mime-version",
    "user-agent",
    "x-mailer",
)
_ADDRESSES: Final = ("from", "sender", "reply-to", "to", "cc")
_MAX_ADDRESSES: Final = 200


def summarize(
    received: Received,
    raw: Raw,
    header: Header,
    parts: Sequence[Part],
    *,
    complete: bool,
    stored: Mapping[str, Mapping[str, Any]],
    forwarding: Mapping[str, Any],
) -> dict[str, Any]:
    """Describe a message.

    Args:
        received: What SES told.
        raw: The message.
        header: Its header.
        parts: Its parts.
        complete: Whether these are all.
        stored: By path of the part, the key and size of an attachment.
        forwarding: What was done.
    """
    return {
        "version": VERSION,
        "message_id": received.message_id,
        "received_at": received.timestamp,
        "raw": {"key": received.key, "bytes": len(raw), "header_bytes": header.body},
        "envelope": {"from": received.source, "recipients": list(received.recipients)},
        "verdicts": dict(received.verdicts),
        "dmarc_policy": received.dmarc_policy,
        "headers": _headers(raw, header),
        "hops": sum(field.name == b"received" for field in header.fields),
        "parts": [_part(part, stored.get(part.path)) for part in parts],
        "parts_complete": complete,
        "forwarding": dict(forwarding),
    }


def _headers(raw: Raw, header: Header) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name in _ADDRESSES:
        values = [value(raw, field) for field in header.fields if field.name == name.encode()][:8]
        if values:
            listed = addresses(", ".join(text_of(each[:16_384]) for each in values))
            found[name] = [
                {"name": _cut(each.name), "address": _cut(each.address)} for each in listed[:_MAX_ADDRESSES]
            ]
    for name in _TEXTS:
        written = first(raw, header, name.encode())
        if written is not None:
            found[name] = _cut(decode_words(text_of(written[: 8 * _MAX_TEXT])))
    return found


def _part(part: Part, stored: Mapping[str, Any] | None) -> dict[str, Any]:
    described: dict[str, Any] = {
        "path": part.path,
        "type": _cut(part.content_type),
        "charset": _cut(part.charset) or None,
        "encoding": part.encoding or None,
        "disposition": _cut(part.disposition) or None,
        "filename": _cut(part.filename) or None,
        "content_id": part.content_id or None,
        "bytes": part.end - part.start,
        "defects": list(part.defects),
    }
    if stored is not None:
        described["attachment"] = dict(stored)
    return described


def _cut(text: str) -> str:
    return text if len(text) <= _MAX_TEXT else text[:_MAX_TEXT] + "..."
