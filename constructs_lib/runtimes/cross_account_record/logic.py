r"""When a record set is created, replaced or deleted, and when it is left alone: pure, on a port.

The zone belongs to somebody else, who may change it between any two calls. Route 53 makes all changes of a
batch or none, and deletes a record set only when every value and the TTL are as given (Route 53 API,
ChangeResourceRecordSets). So a change deletes exactly what was read and creates what it should be; when
somebody was faster, nothing happens, and it is read and decided again.

What holds a name is replaced only where its values are those that this resource declared before. What was
there already with the right values is somebody else's: the physical id says so, through every update, its
TTL stays, and it stays when the resource goes. In doubt, as after a failure whose outcome nobody knows, a
record set stays too.

The physical id says where, and whose. An update keeps it: so CloudFormation takes none for a replacement,
sends the former values in a rollback, and deletes nothing afterwards.

A rollback must not fail, which would leave the stack in UPDATE_ROLLBACK_FAILED: where its owner changed the
record set after the update, or took the role away, it is left alone and the rollback goes on.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, Protocol

from ..custom_resource import (  # noqa: TID252 - Lambda has no constructs_lib
    NOT_CREATED,
    RefusedError,
    Request,
    RequestType,
)
from .values import same_values

TRIES: Final = 4
"""How often is decided anew because somebody else's change came first."""

_FOUND: Final = "found/"
_LOG: Final = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a record set is.

    Attributes:
        role_arn: The role that may change the zone.
        zone_id: The zone.
        name: Absolute name, lower case, without trailing dot.
        type: Record type.
    """

    role_arn: str
    zone_id: str
    name: str
    type: str

    @classmethod
    def of(cls, properties: Mapping[str, Any]) -> "Place":
        """The place that properties name."""
        return cls(
            role_arn=properties["RoleArn"],
            zone_id=properties["HostedZoneId"],
            name=properties["Name"].lower().rstrip("."),
            type=properties["Type"],
        )

    def __str__(self) -> str:
        return f"{self.name} {self.type} in zone {self.zone_id}"


@dataclass(frozen=True, kw_only=True)
class RecordSet:
    """A record set as Route 53 holds it: values as zone files write them, TTL in seconds.

    `special`: it is an alias or has a routing policy, which a plain record set cannot replace.
    """

    values: tuple[str, ...]
    ttl: int
    special: bool = False


class Zones(Protocol):
    """Hosted zones of other accounts.

    Every method may raise `RefusedError` for what a person has to solve.
    """

    def find(self, place: Place) -> RecordSet | None:
        """Return the record set at a place, or None."""

    def change(self, place: Place, *, before: RecordSet | None, after: RecordSet | None) -> str | None:
        """Replace exactly `before` by `after`, in one batch; None stands for no record set.

        Returns:
            None once done and, where that came in time, visible on all name servers. Where `before` is not
            what is there, or `after` not possible, Route 53's words for it: nothing changed.
        """


class Stacks(Protocol):
    """Stacks of this account."""

    def is_rolling_back(self, stack_id: str) -> bool:
        """Whether a stack returns to what it was before an update."""


class HeldError(RefusedError):
    """Somebody else's record set is in the way; nothing was changed."""


def write(request: Request, zones: Zones, stacks: Stacks) -> str:
    """Do what CloudFormation asks for; repeating it changes nothing.

    Properties: ``RoleArn``, ``HostedZoneId``, ``Name``, ``Type``, ``Ttl`` (seconds, of what is not found
    there) and ``Values``.

    Returns:
        The physical id: zone, name, type, and whether it was found there.

    Raises:
        RefusedError: the name is held by something else, or Route 53 or the role refuses.
    """
    place, wanted = Place.of(request.properties), _declared(request.properties)
    ours = f"{place.zone_id}/{place.name}/{place.type}"
    found = _FOUND + ours
    if request.type is RequestType.DELETE:
        if request.physical_id == ours:
            _take_away(place, wanted.values, zones)
        return request.physical_id or NOT_CREATED
    former = _former(request, place) if request.type is RequestType.UPDATE else None
    is_ours = former is not None and request.physical_id == ours
    if former is not None and former.values == wanted.values and not (is_ours and former.ttl != wanted.ttl):
        return request.physical_id or found
    try:
        return ours if _put(place, wanted, former, zones, is_ours=is_ours) else found
    except RefusedError as error:
        if request.type is RequestType.CREATE or not stacks.is_rolling_back(request.stack_id):
            raise
        _LOG.warning("Left alone in a rollback: %s", error)
        return request.physical_id if request.physical_id and not isinstance(error, HeldError) else found


def _declared(properties: Mapping[str, Any]) -> RecordSet:
    return RecordSet(values=tuple(properties["Values"]), ttl=int(properties["Ttl"]))


def _former(request: Request, place: Place) -> RecordSet | None:
    """What the resource declared before, where it declared something at this place."""
    old = Place.of(request.old_properties)
    same = (old.zone_id, old.name, old.type) == (place.zone_id, place.name, place.type)
    return _declared(request.old_properties) if same else None


def _put(place: Place, wanted: RecordSet, former: RecordSet | None, zones: Zones, *, is_ours: bool) -> bool:
    """Make the record set what it should be; whether it is ours then."""
    refused = ""
    seen: RecordSet | None = None
    ours = is_ours
    for tries in range(TRIES):
        found = zones.find(place)
        after = wanted
        if found is None:
            ours = True
        elif not found.special and same_values(place.type, found.values, wanted.values):
            if not is_ours or found.ttl == wanted.ttl:
                # After an own attempt it is ours, although its answer said otherwise. Called again after it
                # had written and died, an update of what was ours finds what it wrote.
                return ours and found.ttl == wanted.ttl
        elif found.special or former is None or not same_values(place.type, found.values, former.values):
            raise _taken(place, found, wanted)
        else:
            ours = is_ours
            after = wanted if is_ours else replace(wanted, ttl=found.ttl)
        if tries and found == seen:
            break  # nobody was faster: the change itself is not possible
        refusal = zones.change(place, before=found, after=after)
        if refusal is None:
            return ours
        refused, seen = refusal, found
    raise _refusal(place, refused)


def _take_away(place: Place, values: tuple[str, ...], zones: Zones) -> None:
    refused = ""
    for _ in range(TRIES):
        found = zones.find(place)
        if found is None or found.special or not same_values(place.type, found.values, values):
            return
        refusal = zones.change(place, before=found, after=None)
        if refusal is None:
            return
        refused = refusal
    raise _refusal(place, refused)


def _taken(place: Place, found: RecordSet, wanted: RecordSet) -> HeldError:
    there = "an alias or a routing policy" if found.special else " | ".join(found.values)
    return HeldError(
        f"[zone-record-taken] {place} is held by something that this resource did not write: {there[:400]}. "
        f"Wanted: {' | '.join(wanted.values)[:400]}. Nothing was changed. Fix: agree with the zone's owner, "
        "then delete that record set or make it what is wanted, and deploy again."
    )


def _refusal(place: Place, text: str) -> HeldError:
    return HeldError(
        f"[zone-record-refused] Route 53 did not change {place}: {text} Fix: see what else stands at that "
        "name, such as a CNAME, or who changes it all the time, then deploy again."
    )
