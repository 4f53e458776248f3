"""Zones of other accounts: what can be said of them from here, which is what public DNS says."""

from collections.abc import Iterator, Sequence

from constructs_lib.identity.dns import CrossAccountZone
from ops.doctor.delegation import Delegations, external_findings
from ops.doctor.findings import Finding, Severity
from stacks.config import MailEnvironment
from stacks.domain_rules import zones_of


def foreign_zones_of(environment: MailEnvironment) -> tuple[tuple[CrossAccountZone, ...], ...]:
    """The zones of other accounts that an environment writes to, each as often as it has roles."""
    found: dict[str, list[CrossAccountZone]] = {}
    for zone in zones_of(environment.domains):
        if isinstance(zone, CrossAccountZone):
            found.setdefault(zone.zone_id, []).append(zone)
    return tuple(map(tuple, found.values()))


def foreign_zone_findings(roles: Sequence[CrossAccountZone], delegations: Delegations) -> Iterator[Finding]:
    """A zone of another account, whose roles trust the deployment's functions only."""
    zone = roles[0]
    names = ", ".join(role.role_name for role in roles)
    let_in, it_is, permits = (
        ("role {} lets", "it is", "permits") if len(roles) == 1 else ("roles {} let", "they are", "permit")
    )
    yield Finding(
        severity=Severity.NOTE,
        code="zone-of-another-account",
        what=f"The hosted zone {zone.zone_id} ({zone.zone_name}) belongs to account {zone.account}, and was "
        "looked at in public DNS only.",
        why=f"The {let_in.format(names)} the deployment's functions in and nobody else: whether {it_is} "
        f"there, and {permits} every record, shows when they run.",
        fix="have its owner deploy what `python -m ops zone-role` prints before a deploy that adds records",
    )
    yield from external_findings(zone.zone_name, delegations)
