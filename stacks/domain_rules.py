"""How the domains of an environment fit together: names, zones, stacks. Nothing here loads the CDK."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final

from constructs_lib.errors import ConfigurationError
from constructs_lib.identity.dns import CreatedZone, CrossAccountZone, DnsLocation, Route53Zone, WritableZone
from constructs_lib.identity.mail_from_hosts import MailFromHosts, mail_from_hosts
from stacks.config_errors import environment_invalid, require_own_regions
from stacks.domain_config import MailDomain

MAX_STACK_RESOURCES: Final = 500
"""Resources that one stack may hold (CloudFormation quotas)."""

RESOURCES_PER_DOMAIN: Final = 7
"""Identity, three DKIM records, MAIL FROM MX and SPF, DMARC."""

RESOURCES_PER_LEGACY_TXT: Final = 2
"""The value and the permission to write it."""

RESOURCES_PER_INBOUND_MX: Final = 1

RESOURCES_OF_A_FUNCTION: Final = 3
"""Function, role and log."""

RESOURCES_OF_A_DELEGATION: Final = 2 + RESOURCES_OF_A_FUNCTION
"""The NS record and, in another account's zone, what writes it."""


def require_domains(
    domains: tuple[MailDomain, ...],
    *,
    environment: str,
    account: str,
    regions: tuple[str, ...],
    hosts: Mapping[str, MailFromHosts],
) -> None:
    """Refuse domains that do not fit together.

    Args:
        domains: The domains of an environment.
        environment: Its name, for errors.
        account: Its account.
        regions: Its Regions.
        hosts: The MAIL FROM hosts that it states, by Region.

    Raises:
        ConfigurationError: ``domain-duplicate``, ``environment-invalid``, ``mail-from-invalid``,
            ``created-zone-regions``, ``stack-too-large``, a code of `mail_from_hosts`.
    """
    names = [domain.domain for domain in domains]
    for domain in domains:
        if names.count(domain.domain) > 1:
            raise ConfigurationError(
                "domain-duplicate",
                option=f"{environment}: domains",
                rule="each domain once, whatever its spelling.",
                got=domain.domain,
                fix="keep one entry; several Regions go into its `regions`",
            )
        used = domain.regions_among(regions)
        for region in used:
            mail_from_hosts(region, hosts.get(region), option=f"{environment}: mail_from_hosts")
        require_own_regions(used, regions, option=f"{environment}: {domain.domain}: regions")
    _require_own_mail_from(domains, environment=environment, regions=regions)
    _require_consistent_zones(domains, environment=environment, account=account)
    for zone_name in {domain.dns.zone_name for domain in domains if isinstance(domain.dns, CreatedZone)}:
        _require_created_zone_fits(zone_name, domains, environment=environment, regions=regions)


def zones_of(domains: Iterable[MailDomain]) -> tuple[WritableZone, ...]:
    """The zones that exist and are written to, each once: with records of domains, and with delegations.

    A zone of another account that is written to by several roles is there once for each.
    """
    named = (d.dns.parent if isinstance(d.dns, CreatedZone) else d.dns for d in domains)
    return tuple(dict.fromkeys(zone for zone in named if isinstance(zone, Route53Zone | CrossAccountZone)))


def _require_own_mail_from(
    domains: tuple[MailDomain, ...], *, environment: str, regions: tuple[str, ...]
) -> None:
    taken = {domain.domain for domain in domains}
    for domain in domains:
        for region in domain.regions_among(regions):
            name = domain.mail_from_in(region)
            if name in taken:
                raise ConfigurationError(
                    "mail-from-invalid",
                    option=f"{environment}: {domain.domain}: mail_from",
                    rule="a MAIL FROM domain is used for one domain and nothing else.",
                    got=name,
                    fix="choose a mail_from that no other entry of domains uses",
                )
            taken.add(name)


def _require_consistent_zones(domains: tuple[MailDomain, ...], *, environment: str, account: str) -> None:
    zones = zones_of(domains)
    for zone in zones:
        others = [
            other
            for other in zones
            if (other.zone_id == zone.zone_id or other.zone_name == zone.zone_name)
            and not _is_same_zone(zone, other)
        ]
        if others:
            raise environment_invalid(
                f"{environment}: zones of domains",
                "an id stands for one zone name and a zone name for one id, in one account.",
                [zone, *others],
                "write each zone once, as a constant, and use it for its domains",
            )
        if isinstance(zone, CrossAccountZone) and zone.account == account:
            raise environment_invalid(
                f"{environment}: zone {zone.zone_name}: account",
                "another account than the environment's.",
                zone.account,
                "write Route53Zone(zone_id=..., zone_name=...): its own zones need no role",
            )
    created: dict[str, DnsLocation] = {}
    for domain in domains:
        if isinstance(domain.dns, CreatedZone) and created.setdefault(domain.dns.zone_name, domain.dns) != (
            domain.dns
        ):
            raise environment_invalid(
                f"{environment}: domains in {domain.dns.zone_name}",
                "one zone has one parent.",
                [created[domain.dns.zone_name], domain.dns],
                "write the zone once, as a constant, and use it for its domains",
            )


def _is_same_zone(one: WritableZone, other: WritableZone) -> bool:
    """Whether two name the same zone; the policy of a role may be too small for all its domains."""
    if isinstance(one, CrossAccountZone) and isinstance(other, CrossAccountZone):
        return one == replace(other, role_name=one.role_name)
    return one == other


def _require_created_zone_fits(
    zone_name: str, domains: tuple[MailDomain, ...], *, environment: str, regions: tuple[str, ...]
) -> None:
    option = f"{environment}: domains in {zone_name}"
    members = [d for d in domains if isinstance(d.dns, CreatedZone) and d.dns.zone_name == zone_name]
    if any(domain.domain == zone_name and domain not in members for domain in domains):
        raise environment_invalid(
            option,
            f"once this deploy makes the zone {zone_name}, it holds the records of that domain too.",
            zone_name,
            f"give {zone_name} dns=CreatedZone(...) too, or write Route53Zone for the others",
        )
    if len({domain.regions_among(regions) for domain in members}) > 1:
        raise ConfigurationError(
            "created-zone-regions",
            option=option,
            rule="domains in a zone made by this deploy are sent for from the same Region.",
            got=[domain.domain for domain in members],
            fix="give them the same Region, or create the zone first and use Route53Zone",
        )
    legacy = sum(domain.legacy_txt for domain in members)
    resources = len(members) * RESOURCES_PER_DOMAIN + 1
    resources += RESOURCES_OF_A_DELEGATION if any(zones_of([domain]) for domain in members) else 0
    resources += sum(domain.receives_mail for domain in members) * RESOURCES_PER_INBOUND_MX
    resources += legacy * RESOURCES_PER_LEGACY_TXT + (RESOURCES_OF_A_FUNCTION if legacy else 0)
    if resources > MAX_STACK_RESOURCES:
        raise ConfigurationError(
            "stack-too-large",
            option=option,
            rule=f"domains in a zone made here share its stack ({MAX_STACK_RESOURCES} resources).",
            got=f"{len(members)} domains, {resources} resources",
            fix="create the zone first and use Route53Zone: then each domain has a stack of its own",
        )
