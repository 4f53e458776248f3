"""The header block of a message that is forwarded. What is below it is not touched, not even read.

What changes, and why:

- ``From`` becomes the configured address: SES sends only from verified identities, and the author's domain
  forbids strangers by DMARC. The display name keeps the author. ``Reply-To`` is kept, or becomes the author.
- ``Return-Path`` and ``Sender`` go: SES asks for verified identities there too. ``Bcc`` goes: it is nobody's.
- ``DKIM-Signature`` and ``DomainKey-Signature`` go: they sign what has changed, and SES adds its own.
- ``X-SES-*`` goes: SES obeys some of them (configuration set, tags, identities), and the author wrote them.
- Fields that SES refuses when they come twice stay once (SES Developer Guide, header fields).
- SES replaces ``Message-ID`` and ``Date``. So that answers to the original find their thread, the original id
  is added to ``References``; ``In-Reply-To`` and what is in ``References`` stay.
- ``X-Loop`` is added: see `loops`.
"""

import re
from typing import Final

from .addresses import addresses
from .header import Field, Header, Raw, first, value
from .loops import LOOP_FIELD
from .words import phrase, text_of

_DROPPED: Final = frozenset(
    {
        b"return-path",
        b"sender",
        b"bcc",
        b"resent-bcc",
        b"dkim-signature",
        b"domainkey-signature",
    }
)
_OBEYED: Final = b"x-ses-"

# fmt: off
_ONCE: Final = frozenset({
    b"accept-language", b"acceptlanguage", b"archived-at", b"auto-submitted", b"bounces-to", b"comments",
    b"content-alternative", b"content-base", b"content-class", b"content-description",
    b"content-disposition", b"content-duration", b"content-id", b"content-language", b"content-length",
    b"content-location", b"content-md5", b"content-transfer-encoding", b"content-type", b"date",
    b"delivered-to", b"disposition-notification-options", b"disposition-notification-to",
    b"dkim-signature", b"domainkey-signature", b"errors-to", b"from", b"importance", b"in-reply-to",
    b"keywords", b"list-archive", b"list-help", b"list-id", b"list-owner", b"list-post",
    b"list-subscribe", b"list-unsubscribe", b"list-unsubscribe-post", b"message-context", b"message-id",
    b"mime-version", b"organization", b"original-from", b"original-message-id", b"original-recipient",
    b"original-subject", b"precedence", b"priority", b"references", b"reply-to", b"return-path",
    b"return-receipt-to", b"sender", b"solicitation", b"sensitivity", b"subject", b"thread-index",
    b"thread-topic", b"user-agent", b"vbr-info",
})
# fmt: on
_MESSAGE_ID: Final = re.compile(rb"<[!-;=?-~]{1,250}>")


def forwarded_header(raw: Raw, header: Header, *, sender: str) -> bytes:
    """The new header block with its empty line.

    Args:
        raw: The message.
        header: Its header.
        sender: The address that it is forwarded from.
    """
    newline = header.newline
    out: list[bytes] = []
    seen: set[bytes] = set()
    author = _first_field(header, b"from")
    answer = first(raw, header, b"reply-to")
    message_id = _message_id(raw, header)
    for field in header.fields:
        name = field.name
        if name in _DROPPED or name.startswith(_OBEYED) or (name in _ONCE and name in seen):
            continue
        if name == b"reply-to" and not answer:
            continue
        seen.add(name)
        if name == b"from":
            out.append(_from(raw, field, sender) + newline)
        elif name == b"references" and message_id:
            out.append(_with_reference(_lines(raw, field, newline), message_id, newline))
        else:
            out.append(_lines(raw, field, newline))
    if author is None:
        out.append(b"From: " + sender.encode() + newline)
    elif not answer and b"@" in value(raw, author):
        out.append(b"Reply-To:" + _lines(raw, author, newline)[author.colon - author.start :])
    if message_id and b"references" not in seen:
        out.append(b"References: " + message_id + newline)
    out.append(LOOP_FIELD + b": " + sender.encode() + newline)
    block = b"".join([*out, header.separator or newline])
    # Lines that end with CR alone are one line to everybody else.
    return block.replace(b"\r", b"\r\n") if newline == b"\r" else block


def _first_field(header: Header, name: bytes) -> Field | None:
    return next((field for field in header.fields if field.name == name), None)


def _lines(raw: Raw, field: Field, newline: bytes) -> bytes:
    written = bytes(raw[field.start : field.end])
    return written if written.endswith((b"\n", newline)) else written + newline


def _from(raw: Raw, field: Field, sender: str) -> bytes:
    written = addresses(text_of(value(raw, field)))
    name = (written[0].name or written[0].address) if written else ""
    return (f"From: {phrase(name)} <{sender}>" if name else f"From: {sender}").encode("ascii")


def _message_id(raw: Raw, header: Header) -> bytes | None:
    found = _MESSAGE_ID.search(first(raw, header, b"message-id") or b"")
    return found[0] if found else None


def _with_reference(lines: bytes, message_id: bytes, newline: bytes) -> bytes:
    if message_id in lines:
        return lines
    return lines.removesuffix(b"\n").removesuffix(b"\r") + newline + b" " + message_id + newline
