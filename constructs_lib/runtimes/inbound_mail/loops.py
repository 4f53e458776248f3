"""What is not forwarded because it could go round in circles, or answers something by itself.

Sources: RFC 3834 (automatic responses), RFC 5321 6.3 (counting ``Received``, large threshold) and 4.5.5 (the
null reverse-path), and the ``X-Loop`` of mail filters.
"""

from typing import Final

from .header import Header, Raw, first, value

LOOP_FIELD: Final = b"X-Loop"
"""Names the forwarding address. Other forwarders have other addresses, so a chain of two of them works."""

_BULK: Final = frozenset({"bulk", "list"})
_NEVER: Final = frozenset({"junk", "auto_reply", "auto-reply"})


def loop_reasons(
    raw: Raw, header: Header, *, source: str, sender: str, automatic: bool, bulk: bool, max_hops: int
) -> list[str]:
    """Why a message is not forwarded. Empty when nothing speaks against it.

    Args:
        raw: The message.
        header: Its header.
        source: The envelope's sender.
        sender: The address that mail is forwarded from.
        automatic: Forward what was made automatically, except replies.
        bulk: Forward what is sent to many.
        max_hops: Most ``Received`` fields.
    """
    found = []
    if source.strip() in {"", "<>"} or _text(raw, header, b"return-path") == "<>":
        found.append("null-sender")
    loops = [value(raw, field) for field in header.fields if field.name == LOOP_FIELD.lower()]
    if sender.lower().encode() in {loop.lower() for loop in loops}:
        found.append("own-loop-field")
    submitted = (_text(raw, header, b"auto-submitted") or "no").partition(";")[0].strip()
    if submitted.startswith("auto-replied") or (submitted != "no" and not automatic):
        found.append("auto-submitted")
    precedence = _text(raw, header, b"precedence") or ""
    if precedence in _NEVER or (precedence in _BULK and not bulk):
        found.append(f"precedence-{precedence.replace('_', '-')}")
    if sum(field.name == b"received" for field in header.fields) > max_hops:
        found.append("too-many-hops")
    if not header.complete:
        found.append("header-too-long")
    return found


def _text(raw: Raw, header: Header, name: bytes) -> str | None:
    found = first(raw, header, name)
    return None if found is None else found.decode("latin-1").strip().lower()
