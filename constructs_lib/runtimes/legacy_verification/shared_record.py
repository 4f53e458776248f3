"""Which value goes into a record set that others share, and which one comes out again: pure, on a port.

The token of every account and Region that sends for a domain is a value of the same TXT record set, and
anybody may change it between any two calls. Route 53 has no condition on a change, but it makes all changes
of a batch or none, and deletes a record set only when every value and the TTL are as given (Route 53 API,
ChangeResourceRecordSets). So each change deletes exactly what was read and creates what it should be: when
somebody was faster, nothing happens, and it is read and tried again.

A value that was there already is not ours: the physical id says so, and it stays when the resource goes. In
doubt, as after a failure whose outcome nobody knows, a value stays too.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, Protocol

from ..custom_resource import (  # noqa: TID252 - Lambda has no constructs_lib
    NOT_CREATED,
    Done,
    RefusedError,
    Request,
    RequestType,
)

TRIES: Final = 12
"""How often a change is tried that somebody else's change made impossible."""

_STRINGS: Final = re.compile(r'"((?:[^"\\]|\\.)*)"')


@dataclass(frozen=True, kw_only=True)
class TxtRecordSet:
    """A TXT record set as Route 53 holds it: values with their quotes, TTL in seconds."""

    values: tuple[str, ...]
    ttl: int


class Aws(Protocol):
    """SES and Route 53.

    Every method may raise `RefusedError` for what a person has to solve.
    """

    def token(self, domain: str) -> str:
        """Return the verification token of a domain identity in this account and Region."""

    def find(self, zone_id: str, name: str) -> TxtRecordSet | None:
        """Return the TXT record set at a name, or None."""

    def change(
        self, zone_id: str, name: str, *, before: TxtRecordSet | None, after: TxtRecordSet | None
    ) -> str | None:
        """Replace exactly `before` by `after`; None stands for no record set.

        Returns:
            None once done. Where `before` is not what is there, Route 53's words for it: nothing changed.
        """

    def pause(self, tries: int) -> None:
        """Let others finish, after so many tries."""


def verify(request: Request, aws: Aws) -> Done:
    """Do what CloudFormation asks for; repeating it changes nothing.

    Properties: ``Domain``, ``RecordName``, ``Ttl`` (seconds, of a new record set), and ``HostedZoneId``,
    without which nothing is written. The attribute ``Token`` is the value.

    Returns:
        The physical id, which tells the zone, the name and the token, and whether the value was put by this
        resource.

    Raises:
        RefusedError: SES or Route 53 refuses, or others change the record set all the time.
    """
    place = _Place.of(request.properties)
    if request.type is RequestType.DELETE:
        physical_id = request.physical_id or NOT_CREATED
        if place.zone_id and physical_id.startswith(place.prefix):
            _take_away(place, physical_id.removeprefix(place.prefix), aws)
        return Done(physical_id=physical_id)
    token = aws.token(request.properties["Domain"])
    ours = f"{place.prefix}{token}"
    if not place.zone_id or _put(place, token, int(request.properties["Ttl"]), aws):
        physical_id = ours
    else:
        physical_id = ours if request.physical_id == ours else f"found/{ours}"
    return Done(physical_id=physical_id, attributes={"Token": token})


@dataclass(frozen=True, kw_only=True)
class _Place:
    zone_id: str
    name: str

    @classmethod
    def of(cls, properties: Mapping[str, Any]) -> "_Place":
        return cls(zone_id=properties.get("HostedZoneId", ""), name=properties["RecordName"])

    @property
    def prefix(self) -> str:
        return f"{self.zone_id or 'elsewhere'}/{self.name}/"


def _put(place: _Place, token: str, ttl: int, aws: Aws) -> bool:
    """Add a value where it is missing; whether that was needed."""
    refused = ""
    for tries in range(TRIES):
        found = aws.find(place.zone_id, place.name)
        if found and token in _texts(found):
            # After an own attempt it is ours, although its answer said otherwise: it was made and told twice.
            return bool(tries)
        values = found.values if found else ()
        after = TxtRecordSet(values=(*values, f'"{token}"'), ttl=found.ttl if found else ttl)
        refusal = aws.change(place.zone_id, place.name, before=found, after=after)
        if refusal is None:
            return True
        refused = refusal
        aws.pause(tries + 1)
    raise _refusal(place, refused)


def _take_away(place: _Place, token: str, aws: Aws) -> None:
    refused = ""
    for tries in range(TRIES):
        found = aws.find(place.zone_id, place.name)
        if not found or token not in _texts(found):
            return
        kept = tuple(value for value in found.values if _text(value) != token)
        after = replace(found, values=kept) if kept else None
        refusal = aws.change(place.zone_id, place.name, before=found, after=after)
        if refusal is None:
            return
        refused = refusal
        aws.pause(tries + 1)
    raise _refusal(place, refused)


def _texts(found: TxtRecordSet) -> set[str]:
    return {_text(value) for value in found.values}


def _text(value: str) -> str:
    """The text of a TXT value, which may come in several strings (RFC 1035 3.3.14). Tokens escape nothing."""
    return "".join(_STRINGS.findall(value))


def _refusal(place: _Place, text: str) -> RefusedError:
    return RefusedError(
        f"[legacy-record-refused] Route 53 did not change {place.name} TXT in zone {place.zone_id}, "
        f"{TRIES} times: {text} Fix: see what else stands at that name or changes it, then deploy again."
    )
