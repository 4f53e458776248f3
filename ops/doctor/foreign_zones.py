"""Zones of other accounts: what can be said of them from here, which is what public DNS says."""

from collections.abc import Iterator

from constructs_lib.identity.dns import CrossAccountZone
from ops.doctor.delegation import Delegations, external_findings
from ops.doctor.findings import Finding, Severity
from stacks.config import MailEnvironment
from stacks.domain_rules import zones_of


def foreign_zones_of(environment: MailEnvironment) -> tuple[CrossAccountZone, ...]:
    """The zones of other accounts that an environment writes to, each once."""
    return tuple(zone for zone in zones_of(environment.domains) if isinstance(zone, CrossAccountZone))


def foreign_zone_findings(zone: CrossAccountZone, delegations: Delegations) -> Iterator[Finding]:
    """A zone of another account, whose role trusts the deployment's functions only."""
    yield Finding(
        severity=Severity.NOTE,
        code="zone-of-another-account",
        what=f"The hosted zone {zone.zone_id} ({zone.zone_name}) belongs to account {zone.account}, and was "
        "looked at in public DNS only.",
        why=f"The role {zone.role_name} lets the deployment's functions in and nobody else: whether it is "
        "there, and permits every record, shows when they run.",
        fix="have its owner deploy what `python -m ops zone-role` prints before a deploy that adds records",
    )
    yield from external_findings(zone.zone_name, delegations)
