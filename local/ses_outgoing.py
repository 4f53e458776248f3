"""Reads from a send what its events say later: recipients, headers, tags, one `Outgoing` for each message.

A bulk call has one message for each destination; every other call has one.
"""

import base64
import binascii
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from email import message_from_bytes
from email.utils import getaddresses
from typing import Any

from local.ses_message import Headers


@dataclass(frozen=True, kw_only=True)
class Outgoing:
    """One message of a send.

    Attributes:
        to: The call's To addresses, as it gave them; for a raw message its destinations.
        destination: Every recipient's bare address.
        headers: The headers that the call says: of the raw message, or those it lists.
        content: The whole message in base 64, where the call brought it.
        tags: Message tags.
        default_data: Template data for what the message's own data leaves out, in JSON.
    """

    to: tuple[str, ...]
    destination: tuple[str, ...]
    headers: Headers
    content: str
    tags: Mapping[str, str]
    default_data: str = ""

    @property
    def raw(self) -> bool:
        """Whether the call brought the whole message."""
        return bool(self.content)


def from_v2(body: bytes) -> tuple[Outgoing, ...]:
    """Read a SendEmail or SendBulkEmail of the API v2."""
    data: dict[str, Any] = json.loads(body) if body else {}
    if "BulkEmailEntries" in data:
        content = (data.get("DefaultContent") or {}).get("Template") or {}
        default = _named(data.get("DefaultEmailTags") or ())
        return tuple(
            _outgoing(
                _v2_destination(entry),
                headers=_listed(entry.get("ReplacementHeaders") or content.get("Headers")),
                tags={**default, **_named(entry.get("ReplacementTags") or ())},
                default_data=content.get("TemplateData") or "",
            )
            for entry in data["BulkEmailEntries"]
        )
    content = data.get("Content") or {}
    tags = _named(data.get("EmailTags") or ())
    if content.get("Raw"):
        return (_from_raw(content["Raw"].get("Data"), _v2_destination(data), tags),)
    listed = (content.get("Simple") or content.get("Template") or {}).get("Headers")
    return (_outgoing(_v2_destination(data), headers=_listed(listed), tags=tags),)


def from_v1(parameters: Mapping[str, str]) -> tuple[Outgoing, ...]:
    """Read a SendEmail, SendRawEmail or templated send of the API v1."""
    tags = _v1_tags(parameters, "Tags")
    if "RawMessage.Data" in parameters:
        destinations = _members(parameters, "Destinations")
        return (_from_raw(parameters["RawMessage.Data"], (destinations, (), ()), tags),)
    if parameters.get("Action") != "SendBulkTemplatedEmail":
        return (_outgoing(_v1_destination(parameters, "Destination"), headers=(), tags=tags),)
    default, number, found = _v1_tags(parameters, "DefaultTags"), 1, []
    while f"Destinations.member.{number}.Destination.ToAddresses.member.1" in parameters:
        entry = f"Destinations.member.{number}"
        found.append(
            _outgoing(
                _v1_destination(parameters, f"{entry}.Destination"),
                headers=(),
                tags={**default, **_v1_tags(parameters, f"{entry}.ReplacementTags")},
                default_data=parameters.get("DefaultTemplateData", ""),
            )
        )
        number += 1
    return tuple(found)


def raw_headers(raw: str | None) -> Headers:
    """The headers of a message in base64; none when it is not one."""
    try:
        message = message_from_bytes(base64.b64decode(raw or ""))
    except binascii.Error:
        return ()
    return tuple((name, str(value)) for name, value in message.items())


_Destination = tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]


def _outgoing(
    destination: _Destination, *, headers: Headers, tags: Mapping[str, str], default_data: str = ""
) -> Outgoing:
    to, cc, bcc = destination
    copies = (("Cc", ", ".join(cc)),) if cc else ()
    return Outgoing(
        to=to,
        destination=_addresses((*to, *cc, *bcc)),
        headers=(("To", ", ".join(to)), *copies, *headers),
        content="",
        tags=tags,
        default_data=default_data,
    )


def _from_raw(raw: str | None, destination: _Destination, tags: Mapping[str, str]) -> Outgoing:
    """A raw message goes to the call's recipients, or where there are none to those in its headers."""
    headers = raw_headers(raw)
    called = [address for addresses in destination for address in addresses]
    written = [value for name, value in headers if name.lower() in {"to", "cc", "bcc"}]
    in_header = [value for name, value in headers if name.lower() == "x-ses-message-tags"]
    pairs = (part.partition("=") for value in in_header for part in value.split(",") if "=" in part)
    return Outgoing(
        to=destination[0],
        destination=_addresses(called or written),
        headers=tuple((name, value) for name, value in headers if name.lower() != "bcc"),
        content=raw or "",
        tags={**{name.strip(): value.strip() for name, _, value in pairs}, **tags},
    )


def _v2_destination(data: Mapping[str, Any]) -> _Destination:
    found = data.get("Destination") or {}
    to, cc, bcc = (tuple(found.get(f"{kind}Addresses") or ()) for kind in ("To", "Cc", "Bcc"))
    return to, cc, bcc


def _v1_destination(parameters: Mapping[str, str], prefix: str) -> _Destination:
    to, cc, bcc = (_members(parameters, f"{prefix}.{kind}Addresses") for kind in ("To", "Cc", "Bcc"))
    return to, cc, bcc


def _members(parameters: Mapping[str, str], prefix: str, suffix: str = "") -> tuple[str, ...]:
    number, found = 1, []
    while (value := parameters.get(f"{prefix}.member.{number}{suffix}")) is not None:
        found.append(value)
        number += 1
    return tuple(found)


def _v1_tags(parameters: Mapping[str, str], prefix: str) -> dict[str, str]:
    names, values = (_members(parameters, prefix, suffix) for suffix in (".Name", ".Value"))
    return dict(zip(names, values, strict=False))


def _named(tags: Iterable[Mapping[str, str]]) -> dict[str, str]:
    return {tag["Name"]: tag["Value"] for tag in tags}


def _listed(headers: Iterable[Mapping[str, str]] | None) -> Headers:
    return tuple((header["Name"], header["Value"]) for header in headers or ())


def _addresses(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(address for _, address in getaddresses(list(values)) if address)
