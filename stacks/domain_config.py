"""What an environment says about one domain, and how its domains fit together. Nothing here loads the CDK."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from constructs_lib.domain_name import normalize_domain
from constructs_lib.errors import ConfigurationError
from constructs_lib.existing import refuse_beside_existing
from constructs_lib.identity.dmarc import DmarcPolicy
from constructs_lib.identity.dns import (
    CreatedZone,
    DnsLocation,
    ExternalDns,
    Route53Zone,
    require_zone_covers,
)
from constructs_lib.identity.dns_records import Purpose
from constructs_lib.identity.easy_dkim import DkimKeyLength, key_length_of
from constructs_lib.identity.mail_from_hosts import MailFromHosts, mail_from_hosts
from constructs_lib.identity.mail_records import legacy_record, mail_from_domain
from constructs_lib.identity.own_dkim import OwnDkimKey
from constructs_lib.identity.spf import SpfPolicy
from constructs_lib.regions import require_ses_region
from stacks.config_errors import environment_invalid, require_own_regions

MAX_STACK_RESOURCES: Final = 500
"""Resources that one stack may hold (CloudFormation quotas)."""

RESOURCES_PER_DOMAIN: Final = 7
"""Identity, three DKIM records, MAIL FROM MX and SPF, DMARC."""

RESOURCES_PER_LEGACY_TXT: Final = 2
"""The value and the permission to write it."""

RESOURCES_PER_INBOUND_MX: Final = 1

RESOURCES_OF_A_FUNCTION: Final = 3
"""Function, role and log."""


@dataclass(frozen=True, kw_only=True)
class MailDomain:
    """One domain that this environment sends from.

    Attributes:
        domain: The domain or subdomain in From addresses. Unicode is accepted, A-labels are stored.
        dns: Where its records live.
        regions: Regions that send for it. Keep the first one first: it publishes DMARC, and adding others
            behind it changes nothing there. Default: the environment's first Region only.
        mail_from: MAIL FROM domain of the first Region. Default: ``bounce.<domain>``. Each further Region has
            its own, ``bounce-<region>.<domain>``, since a MAIL FROM name can hold the MX of one Region only.
        dkim_key_length: Of the keys of Easy DKIM; not together with `own_dkim_key`. Default: 2048 bit.
        own_dkim_key: A DKIM key of one's own; its secret is in each of the Regions. Default: Easy DKIM.
        dmarc: Default: ``p=none``.
        apex_spf: SPF for the domain itself, printed to be merged. Default: none needed.
        receives_mail: Whether its MX record brings its mail to SES, in the environment's first receiving
            Region. Default: no, its MX records are somebody else's.
        known_mx: MX records that it has at another provider, as far as you know: with one, `receives_mail` is
            refused, because senders use one provider. Default: none are known.
        legacy_txt: Whether the legacy verification record is kept up, for accounts and tools that look for
            it: this deploy adds its value in Route 53, or prints it. Default: no, SES needs none.
        existing_identity: Whether SES has the identity already in each of the Regions, made by somebody else:
            only its records are made, and `mail_from` says what its owner has set. Default: it is made.
        existing_records: Purposes whose records are in DNS already, made by hand or by an earlier stack: the
            deploy makes none of them, prints them, and the operator's commands check them. Default: none.

    Raises:
        ConfigurationError: see ``docs/errors.md``.
    """

    domain: str
    dns: DnsLocation
    regions: tuple[str, ...] = ()
    mail_from: str | None = None
    dkim_key_length: DkimKeyLength | None = None
    own_dkim_key: OwnDkimKey | None = None
    dmarc: DmarcPolicy = field(default_factory=DmarcPolicy)
    apex_spf: SpfPolicy | None = None
    receives_mail: bool = False
    known_mx: tuple[str, ...] = ()
    legacy_txt: bool = False
    existing_identity: bool = False
    existing_records: tuple[Purpose, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "domain", normalize_domain(self.domain, option="domain"))
        require_zone_covers(self.dns, self.domain)
        mail_from_domain(self.domain, self.mail_from, option="mail_from")
        key_length_of(self.dkim_key_length, self.own_dkim_key)
        if self.legacy_txt:
            legacy_record(self.domain, "token")
        if self.existing_identity:
            refuse_beside_existing("existing_identity", {"dkim_key_length": self.dkim_key_length})
        for purpose in self.existing_records:
            if purpose in {Purpose.APEX_SPF, Purpose.LEGACY_VERIFICATION}:
                raise environment_invalid(
                    f"{self.domain}: existing_records",
                    "records that the deploy would create; values of this one are merged in any case.",
                    purpose,
                    "leave it out",
                )
        for region in self.regions:
            require_ses_region(region, option=f"{self.domain}: regions")
        if len(set(self.regions)) != len(self.regions):
            raise environment_invalid(
                f"{self.domain}: regions", "each Region once.", self.regions, "drop the repeated one"
            )
        if isinstance(self.dns, CreatedZone) and len(self.regions) > 1:
            raise ConfigurationError(
                "created-zone-regions",
                option=f"{self.domain}: dns",
                rule="the id of a zone made by this deploy is known in the Region that makes it only.",
                got=self.regions,
                fix="deploy one Region first, then write Route53Zone(zone_id=...) with the new zone's id",
            )

    def mail_from_in(self, region: str) -> str:
        """The MAIL FROM domain of this domain's identity in one Region."""
        name = mail_from_domain(self.domain, self.mail_from, option="mail_from")
        if region in self.regions[:1] or not self.regions:
            return name
        label, _, rest = name.partition(".")
        return f"{label}-{region}.{rest}"

    def has_record(self, purpose: Purpose) -> bool:
        """Whether records of a purpose are there already: somebody else's identity has its DKIM records."""
        return purpose in self.existing_records or (self.existing_identity and purpose is Purpose.DKIM)

    @property
    def inbound_mx_dns(self) -> DnsLocation:
        """Where the deploy makes the MX record of incoming mail; elsewhere it is printed."""
        return ExternalDns() if Purpose.INBOUND_MX in self.existing_records else self.dns

    def regions_among(self, regions: tuple[str, ...]) -> tuple[str, ...]:
        """The Regions that send for it in an environment of these Regions; the first publishes DMARC."""
        return self.regions or regions[:1]


def require_domains(
    domains: tuple[MailDomain, ...],
    *,
    environment: str,
    regions: tuple[str, ...],
    hosts: Mapping[str, MailFromHosts],
) -> None:
    """Refuse domains that do not fit together.

    Args:
        domains: The domains of an environment.
        environment: Its name, for errors.
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
    _require_consistent_zones(domains, environment=environment)
    for zone_name in {domain.dns.zone_name for domain in domains if isinstance(domain.dns, CreatedZone)}:
        _require_created_zone_fits(zone_name, domains, environment=environment, regions=regions)


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


def _require_consistent_zones(domains: tuple[MailDomain, ...], *, environment: str) -> None:
    zones = sorted({(d.dns.zone_id, d.dns.zone_name) for d in domains if isinstance(d.dns, Route53Zone)})
    for zone_id, zone_name in zones:
        others = [zone for zone in zones if (zone[0] == zone_id) != (zone[1] == zone_name)]
        if others:
            raise environment_invalid(
                f"{environment}: zones of domains",
                "an id stands for one zone name and a zone name for one id.",
                [(zone_id, zone_name), *others],
                "write each zone once, as a constant, and use it for its domains",
            )


def _require_created_zone_fits(
    zone_name: str, domains: tuple[MailDomain, ...], *, environment: str, regions: tuple[str, ...]
) -> None:
    option = f"{environment}: domains in {zone_name}"
    members = [domain for domain in domains if domain.dns == CreatedZone(zone_name=zone_name)]
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
