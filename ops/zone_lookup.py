r"""A hosted zone's content, read through the Route 53 API, as somebody who can be asked about names.

Route 53 writes special characters as octal escapes, ``\052`` for an asterisk (Route 53 Developer Guide, DNS
domain name format), where master files write them decimal (RFC 1035 5.1).
"""

import re
from collections.abc import Iterable
from typing import Final

import dns.name

from constructs_lib.identity.dns import CreatedZone, Route53Zone
from constructs_lib.identity.dns_records import RecordType
from ops.dns_check import Answer, LookUp
from ops.ports import ZoneGateway, ZoneRecordSet
from ops.rdata import parse_value

_ESCAPE: Final = re.compile(r"\\(?:([0-3][0-7]{2})|.)")


class HostedZoneLookUp:
    """Answers from record sets.

    Args:
        label: The zone, for people.
        record_sets: All of its record sets.
    """

    def __init__(self, label: str, record_sets: Iterable[ZoneRecordSet]) -> None:
        self._label = label
        self._sets: dict[tuple[dns.name.Name, str], list[ZoneRecordSet]] = {}
        for record_set in record_sets:
            name = _key(_decimal_escapes(record_set.name))
            self._sets.setdefault((name, record_set.type), []).append(record_set)

    def ask(self, name: str, record_type: RecordType) -> tuple[Answer, ...]:
        """See `ops.dns_check.LookUp`."""
        found = self._sets.get((_key(name), record_type.value), [])
        alias = next((f"alias {record_set.alias}" for record_set in found if record_set.alias), None)
        other = self._sets.get((_key(name), RecordType.CNAME.value), []) if not found else []
        instead = alias or next(
            (f"CNAME {parse_value('CNAME', value)}" for item in other for value in item.values), None
        )
        # Sorted: what is told must not depend on the order that Route 53 gives values in.
        values = sorted(
            parse_value(record_set.type, _decimal_escapes(value))
            for record_set in found
            for value in record_set.values
        )
        return (Answer(server=self._label, values=tuple(values), instead=instead),)


class NoZoneLookUp:
    """Stands for a hosted zone that cannot be read.

    Args:
        label: The zone, for people.
        reason: Why it cannot be read.
    """

    def __init__(self, label: str, reason: str) -> None:
        self._label = label
        self._reason = reason

    def ask(self, name: str, record_type: RecordType) -> tuple[Answer, ...]:
        """See `ops.dns_check.LookUp`."""
        del name, record_type  # the same answer to every question
        return (Answer(server=self._label, error=self._reason),)


class HostedZones:
    """Reads each hosted zone at most once.

    Args:
        gateway: Read access to the account.
    """

    def __init__(self, gateway: ZoneGateway) -> None:
        self._gateway = gateway
        self._read: dict[Route53Zone | CreatedZone, LookUp] = {}

    def look_up(self, zone: Route53Zone | CreatedZone) -> LookUp:
        """Somebody who can be asked about names in the zone.

        Raises:
            AccessError: Route 53 could not be asked.
            ZoneAmbiguousError: A created zone has a namesake.
        """
        if zone not in self._read:
            self._read[zone] = self._fetch(zone)
        return self._read[zone]

    def _fetch(self, zone: Route53Zone | CreatedZone) -> LookUp:
        if isinstance(zone, CreatedZone):
            zone_id = self._gateway.public_zone_id(zone.zone_name)
        else:
            zone_id = zone.zone_id
        record_sets = self._gateway.zone_record_sets(zone_id) if zone_id else None
        if record_sets is None:
            return NoZoneLookUp(zone.zone_name, "no such public hosted zone in this account")
        return HostedZoneLookUp(f"Route 53 zone {zone_id}", record_sets)


def _key(name: str) -> dns.name.Name:
    """A name that compares as DNS does: without case, with or without trailing dot."""
    return dns.name.from_text(name)


def _decimal_escapes(text: str) -> str:
    """Route 53's octal escapes as the decimal ones of master files; other escapes are the same."""
    return _ESCAPE.sub(lambda found: f"\\{int(found[1], 8):03}" if found[1] else found[0], text)
