"""The role that the owner of a foreign zone makes, from what the environment writes there. Pure."""

from collections.abc import Iterator
from typing import Any

import typer

from constructs_lib.identity.dns import CreatedZone, CrossAccountZone, Route53Zone
from constructs_lib.identity.record_permissions import (
    RecordPermission,
    delegation_permission,
    permissions_for,
)
from constructs_lib.identity.zone_role import zone_role_properties, zone_role_template
from ops.records import home, needed_records
from stacks.config import MailEnvironment
from stacks.domain_config import MailDomain


def zone_role(environment: MailEnvironment, domain: MailDomain) -> dict[str, Any]:
    """A template with the role of the zone that a domain's records, or its delegation, go to.

    It permits whatever the environment writes into that zone by that role, for other domains too.

    Raises:
        BadParameter: The domain's zone is in no other account, or nothing is written there.
        ConfigurationError: ``policy-too-large``.
    """
    zone = domain.dns.parent if isinstance(domain.dns, CreatedZone) else domain.dns
    if not isinstance(zone, CrossAccountZone):
        raise typer.BadParameter(
            f"the records of {domain.domain} go to no zone of another account; it is not CrossAccountZone"
        )
    permissions = tuple(dict.fromkeys(_permissions(environment, zone)))
    if not permissions:
        raise typer.BadParameter(
            f"{environment.name} writes no record into zone {zone.zone_id} ({zone.zone_name}) by role "
            f"{zone.role_name}: there is nothing to permit, and no role to make"
        )
    return zone_role_template(
        zone_role_properties(
            zone=Route53Zone(zone_id=zone.zone_id, zone_name=zone.zone_name),
            role_name=zone.role_name,
            mail_account=environment.account,
            permissions=permissions,
        )
    )


def _permissions(environment: MailEnvironment, zone: CrossAccountZone) -> Iterator[RecordPermission]:
    for domain in environment.domains:
        if isinstance(domain.dns, CreatedZone) and domain.dns.parent == zone:
            yield delegation_permission(domain.dns.zone_name)
        for region in environment.regions_of(domain):
            yield from permissions_for(
                needed.record
                for needed in needed_records(environment, domain, region, None)
                if not needed.place.by_hand and home(needed.record, environment, domain) == zone
            )
