"""Whether receivers, and SES, come to the zone that holds the records, and may believe what it says."""

from collections.abc import Iterator, Sequence
from typing import Protocol

from constructs_lib.identity.dns import CreatedZone, Route53Zone, WritableZone
from ops.doctor.delegation_lookup import Delegation
from ops.doctor.findings import Finding, Severity
from ops.doctor.holders import Holders
from ops.doctor.ports import DoctorGateway, HostedZone
from ops.doctor.public_dns import silent
from ops.errors import ZoneAmbiguousError
from stacks.config import MailEnvironment

_DISTRUST = "Resolvers that validate answer SERVFAIL to every question about it (RFC 4035 5.5)."


class Delegations(Protocol):
    """Somebody who can be asked what the parents of zones say."""

    def zone_of(self, domain: str) -> str:
        """The zone that holds a name; its registered domain where nobody can tell."""

    def of(self, zone: str, *, servers: Sequence[str] = ()) -> Delegation:
        """What the parent says about a zone; never raises.

        Args:
            zone: The zone.
            servers: Name servers of the zone, to be asked for its keys. Default: those delegated to.
        """


def route53_zone_findings(
    zone: Route53Zone, gateway: DoctorGateway, delegations: Delegations
) -> Iterator[Finding]:
    """A zone that the environment writes to.

    Raises:
        AccessError: Route 53 could not be asked; public DNS was asked all the same where it helps.
    """
    hosted = gateway.hosted_zone(zone.zone_id)
    label = f"The hosted zone {zone.zone_id} ({zone.zone_name})"
    if hosted is None:
        yield Finding(
            severity=Severity.ERROR,
            code="zone-missing",
            what=f"{label} is not in this account.",
            why="The deploy writes records into it.",
            fix="correct its id; for a zone of another account, write CrossAccountZone(...), or delegate a "
            "subdomain",
        )
    elif hosted.name != zone.zone_name:
        yield Finding(
            severity=Severity.ERROR,
            code="zone-wrong",
            what=f"{label} is of {hosted.name}.",
            why="Route 53 refuses records of other names.",
            fix="correct zone_id or zone_name in the environment",
        )
    elif hosted.private:
        yield Finding(
            severity=Severity.ERROR,
            code="zone-private",
            what=f"{label} is private.",
            why="Only VPCs see it: SES never verifies the domain, and receivers find no records.",
            fix="write the id of the public zone of that name",
        )
    else:
        yield from _delegated(hosted, delegations, to_be_delegated=False)


def created_zone_findings(
    zone: CreatedZone, gateway: DoctorGateway, holders: Holders, delegations: Delegations
) -> Iterator[Finding]:
    """A zone that the deploy makes.

    Raises:
        AccessError: Route 53 could not be asked, or whose the zone is.
    """
    name = zone.zone_name
    try:
        zone_id = gateway.public_zone_id(name)
    except ZoneAmbiguousError as error:
        yield Finding(
            severity=Severity.ERROR,
            code="zone-twice",
            what=error.message,
            why="Records go into one of them, and resolvers ask one of them.",
            fix=error.fix,
        )
        return
    if zone_id is None:
        yield from _new_zone(name, delegations)
        return
    holder = holders.zone_holder(zone_id)
    if not holder.ours:
        yield Finding(
            severity=Severity.WARNING,
            code="zone-twice",
            what=f"The public hosted zone {zone_id} of {name} is there; {holder.text}.",
            why="The deploy makes a second one, with other name servers; resolvers ask only one of them.",
            fix=f'write Route53Zone(zone_id="{zone_id}", zone_name="{name}") in the environment',
        )
        if holder.error is not None:
            raise holder.error
        return
    hosted = gateway.hosted_zone(zone_id)
    if hosted is not None:
        yield from _delegated(hosted, delegations, to_be_delegated=True, parent=zone.parent)


def external_findings(domain: str, delegations: Delegations) -> Iterator[Finding]:
    """A domain with DNS elsewhere."""
    zone = delegations.zone_of(domain)
    delegation = delegations.of(zone)
    if delegation.error is not None:
        yield silent(f"the delegation of {zone}", delegation.error)
    elif not delegation.name_servers:
        yield Finding(
            severity=Severity.ERROR,
            code="delegation-missing",
            what=f"Nobody is delegated to for {zone}.",
            why=f"The records of {domain} cannot be found, so SES never verifies it.",
            fix=f"register {zone}, or correct the domain",
        )
    else:
        yield from _signed(zone, delegation)


def zones_of(environment: MailEnvironment) -> tuple[Route53Zone | CreatedZone, ...]:
    """The zones of an environment in its own account, each once; with what delegates to new ones."""
    dns = [domain.dns for domain in environment.domains]
    parents = [each.parent for each in dns if isinstance(each, CreatedZone)]
    own = (each for each in (*dns, *parents) if isinstance(each, Route53Zone | CreatedZone))
    return tuple(dict.fromkeys(own))


def _new_zone(name: str, delegations: Delegations) -> Iterator[Finding]:
    delegation = delegations.of(name)
    if delegation.error is not None:
        yield silent(f"the delegation of {name}", delegation.error)
        return
    if delegation.name_servers:
        yield Finding(
            severity=Severity.WARNING,
            code="zone-moves",
            what=f"{name} is served by {', '.join(delegation.name_servers)}; the deploy makes a new zone.",
            why="When the new zone is delegated to, every record that only the old one has is gone: that of "
            "a web site, or of other mail.",
            fix="add the records to the zone that is in use (Route53Zone, or ExternalDns), send from a "
            "subdomain of its own, or copy every record before the name servers are changed",
        )
    if delegation.signed:
        yield Finding(
            severity=Severity.WARNING,
            code="dnssec-broken",
            what=f"The parent of {name} promises signed answers (DS), and the new zone signs none.",
            why=_DISTRUST,
            fix=f"have the DS records of {name} taken away at its registrar, a day before the name servers "
            "are changed",
        )


def _delegated(
    hosted: HostedZone,
    delegations: Delegations,
    *,
    to_be_delegated: bool,
    parent: WritableZone | None = None,
) -> Iterator[Finding]:
    name, ours = hosted.name, set(hosted.name_servers)
    delegation = delegations.of(name, servers=hosted.name_servers)
    theirs = set(delegation.name_servers)
    fix = (
        f"enter {', '.join(sorted(ours))} as the name servers of {name}, at its registrar or in its parent "
        "zone"
    )
    if parent is not None:
        fix = (
            f"have the NS record of {name} in the zone {parent.zone_name} put back: {', '.join(sorted(ours))}"
        )
    if delegation.error is not None:
        yield silent(f"the delegation of {name}", delegation.error)
        return
    if not theirs:
        yield Finding(
            severity=Severity.WARNING if to_be_delegated else Severity.ERROR,
            code="delegation-missing",
            what=f"Nobody is delegated to for {name}.",
            why="Its records cannot be found, so SES never verifies the domain.",
            fix=fix,
        )
        return
    if not theirs & ours:
        yield Finding(
            severity=Severity.ERROR,
            code="delegation-elsewhere",
            what=f"{name} is delegated to {', '.join(sorted(theirs))}, and not to the zone in Route 53.",
            why="What the deploy writes there is found by nobody, so SES never verifies the domain.",
            fix=f"{fix}; or write ExternalDns() and add the records there",
        )
    elif theirs - ours:
        yield Finding(
            severity=Severity.WARNING,
            code="delegation-incomplete",
            what=f"{name} is delegated also to {', '.join(sorted(theirs - ours))}, which the zone has not.",
            why="Some resolvers ask those and find nothing, or something old.",
            fix=fix,
        )
    yield from _signed(name, delegation)


def _signed(name: str, delegation: Delegation) -> Iterator[Finding]:
    if not delegation.signed:
        return
    if delegation.keys_fit is None:
        yield silent(f"the keys of {name}", "none of its name servers answered")
    elif not delegation.keys_fit:
        yield Finding(
            severity=Severity.ERROR,
            code="dnssec-broken",
            what=f"The parent of {name} promises signed answers (DS), with a key that the zone has not.",
            why=_DISTRUST,
            fix="sign the zone and give its registrar the DS record that belongs to its key, or have the "
            "registrar take the DS records away",
        )
