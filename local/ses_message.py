"""A message that SES has accepted, and the ``mail`` object that every event about it holds.

Shape: SES Developer Guide, "Contents of event data that Amazon SES publishes to Amazon SNS", mail object.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import formataddr, getaddresses, parseaddr
from typing import Any, Final

Json = dict[str, Any]
"""A JSON object."""

Headers = tuple[tuple[str, str], ...]
"""Names and values of a message's headers, in order."""

_LOOPBACK: Final = "127.0.0.1"
"""Where the emulator's callers are, and where its mail goes out from."""

_MAX_HEADERS: Final = 10 * 1024


@dataclass(frozen=True, kw_only=True)
class Message:
    """A message that SES has accepted.

    Attributes:
        message_id: What the call returned.
        sent: When it was accepted.
        source: The sender, as the call gave it.
        source_arn: The identity it was sent under.
        account: The sending account.
        configuration_set_name: The configuration set in effect.
        destination: Every recipient's address.
        headers: The message's headers.
        tags: The message tags of the call or of its header.
        template_name: The template it was rendered from, or None.
    """

    message_id: str
    sent: datetime
    source: str
    source_arn: str
    account: str
    configuration_set_name: str
    destination: tuple[str, ...]
    headers: Headers
    tags: Mapping[str, str]
    template_name: str | None = None


def timestamp(moment: datetime) -> str:
    """A moment in the form that SES writes: UTC, with milliseconds."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def mail_object(message: Message, *, rendered: bool, delivered: bool) -> Json:
    """The ``mail`` object of an event.

    Args:
        message: The message.
        rendered: Whether a template has been rendered by then; if not, its subject is not known.
        delivered: Whether SES knows the address that it delivered from.
    """
    headers = message.headers
    if message.template_name is not None and not rendered:
        headers = tuple((name, value) for name, value in headers if name.lower() != "subject")
    kept = fitting(headers)
    return {
        "timestamp": timestamp(message.sent),
        # Before any address: the emulator's log, when turned up, shows the first 100 characters of an event.
        "messageId": message.message_id,
        "source": message.source,
        "sourceArn": message.source_arn,
        "sendingAccountId": message.account,
        "destination": list(message.destination),
        "headersTruncated": len(kept) < len(headers),
        "headers": [{"name": name, "value": value} for name, value in kept],
        "commonHeaders": _common(message, headers),
        "tags": _tags(message, delivered=delivered),
    }


def _tags(message: Message, *, delivered: bool) -> dict[str, list[str]]:
    automatic = {
        "ses:configuration-set": message.configuration_set_name,
        "ses:source-ip": _LOOPBACK,
        "ses:from-domain": parseaddr(message.source)[1].rpartition("@")[2].lower(),
        "ses:caller-identity": "root",
    }
    if delivered:
        automatic["ses:outgoing-ip"] = _LOOPBACK
    return {name: [value] for name, value in {**message.tags, **automatic}.items()}


def _common(message: Message, headers: Headers) -> Json:
    values = {name.lower(): value for name, value in headers}
    common: Json = {"messageId": values.get("message-id", message.message_id)}
    for name in ("from", "to", "cc"):
        if name in values:
            common[name] = [formataddr(mailbox) for mailbox in getaddresses([values[name]])]
    if "subject" in values:
        common["subject"] = values["subject"]
    return common


def fitting(headers: Headers) -> Sequence[tuple[str, str]]:
    """As many headers as SES puts into an event or a notification: 10 KB."""
    size, kept = 0, []
    for name, value in headers:
        size += len(name.encode()) + len(value.encode())
        if size > _MAX_HEADERS:
            break
        kept.append((name, value))
    return kept
