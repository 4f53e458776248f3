"""The typed description of one environment. Plain Python: nothing here loads the CDK."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from constructs_lib.account_id import require_account_id
from constructs_lib.dmarc import DmarcPolicy
from constructs_lib.dns import CreatedZone, DnsLocation, Route53Zone, require_zone_covers
from constructs_lib.domain_name import is_within, normalize_domain
from constructs_lib.easy_dkim import DkimKeyLength, key_length_of
from constructs_lib.email_address import require_addresses
from constructs_lib.errors import ConfigurationError
from constructs_lib.mail_records import legacy_record, mail_from_domain
from constructs_lib.own_dkim import OwnDkimKey
from constructs_lib.regions import feedback_host, require_ses_region
from constructs_lib.spf import SpfPolicy
from constructs_lib.verification_template import VerificationTemplate
from stacks.feedback_config import MailFeedback
from stacks.senders_config import Delegate, Sender
from stacks.verification_config import MailAddress, VerificationWait

_NAME: Final = re.compile(r"[a-z][a-z0-9-]{1,19}")
MAX_STACK_RESOURCES: Final = 500
"""Resources that one stack may hold (CloudFormation quotas)."""

RESOURCES_PER_DOMAIN: Final = 7
"""Identity, three DKIM records, MAIL FROM MX and SPF, DMARC."""

RESOURCES_PER_LEGACY_TXT: Final = 2
"""The value and the permission to write it."""

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
        legacy_txt: Whether the legacy verification record is kept up, for accounts and tools that look for
            it: this deploy adds its value in Route 53, or prints it. Default: no, SES needs none.

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
    legacy_txt: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "domain", normalize_domain(self.domain, option="domain"))
        require_zone_covers(self.dns, self.domain)
        mail_from_domain(self.domain, self.mail_from, option="mail_from")
        key_length_of(self.dkim_key_length, self.own_dkim_key)
        if self.legacy_txt:
            legacy_record(self.domain, "token")
        for region in self.regions:
            feedback_host(region)
        if len(set(self.regions)) != len(self.regions):
            raise _invalid(
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


@dataclass(frozen=True, kw_only=True)
class MailEnvironment:
    """Everything that one environment deploys.

    Attributes:
        name: Stage name, as in ``cdk deploy 'prod/*'``: 2 to 20 lower case letters, digits, hyphens.
        account: AWS account id.
        regions: Regions of the environment; the first one is the default of every domain.
        configuration_set_name: Stable name that applications send with, the same in each Region.
        domains: The domains, each once.
        feedback: Who learns what became of the mail. Default: nobody.
        senders: Applications of this account that may send. Default: none; roles elsewhere decide.
        delegates: Other accounts that may send with a domain of this one. Default: none.
        addresses: Single addresses that may send besides, each once. Default: none.
        templates: Custom verification e-mail templates, sent from domains of this environment, in each Region
            that sends for the domain of their sender. Default: none.
        verification_wait: How long a deploy waits until the senders of templates are verified. Default: 15
            minutes, and not where a person must act first.
        tags: Tags of every resource.
        retain: Whether identities, zones and records outlive their stack. Only a rehearsal says False.

    Raises:
        ConfigurationError: see ``docs/errors.md``.
    """

    name: str
    account: str
    regions: tuple[str, ...]
    configuration_set_name: str
    domains: tuple[MailDomain, ...]
    feedback: MailFeedback = field(default_factory=MailFeedback)
    senders: tuple[Sender, ...] = ()
    delegates: tuple[Delegate, ...] = ()
    addresses: tuple[MailAddress, ...] = ()
    templates: tuple[VerificationTemplate, ...] = ()
    verification_wait: VerificationWait = field(default_factory=VerificationWait)
    tags: Mapping[str, str] = field(default_factory=dict)
    retain: bool = True

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise _invalid(
                "name",
                "2 to 20 lower case letters, digits, hyphens, a letter first.",
                self.name,
                "a short word",
            )
        require_account_id(self.account, option=f"{self.name}: account")
        if not self.regions:
            raise _invalid(
                f"{self.name}: regions", "at least one Region.", self.regions, 'such as ("eu-west-1",)'
            )
        if len(set(self.regions)) != len(self.regions):
            raise _invalid(
                f"{self.name}: regions", "each Region once.", self.regions, "drop the repeated one"
            )
        for region in self.regions:
            require_ses_region(region, option=f"{self.name}: regions")
        self.feedback.require_regions(self.regions, option=f"{self.name}: feedback")
        self._require_domains()
        self._require_senders()
        self._require_addresses()

    def regions_of(self, domain: MailDomain) -> tuple[str, ...]:
        """The Regions that send for a domain, the one that publishes DMARC first."""
        return domain.regions or self.regions[:1]

    def domains_of(self, sender: Sender) -> tuple[str, ...]:
        """The domains whose identities a sender uses."""
        return sender.domains_among(domain.domain for domain in self.domains)

    def regions_of_sender(self, sender: Sender) -> tuple[str, ...]:
        """The Regions that a sender may send in: those of its domains, the same for all of them."""
        return self._regions_of_name(self.domains_of(sender)[0])

    def regions_of_delegate(self, delegate: Delegate) -> tuple[str, ...]:
        """The Regions that another account may send in: those of the domain."""
        return self._regions_of_name(normalize_domain(delegate.domain, option="delegates: domain"))

    def regions_of_address(self, address: MailAddress) -> tuple[str, ...]:
        """The Regions that send for an address."""
        return address.regions or self.regions[:1]

    def addresses_in(self, region: str) -> tuple[MailAddress, ...]:
        """The addresses of a Region."""
        return tuple(each for each in self.addresses if region in self.regions_of_address(each))

    def templates_in(self, region: str) -> tuple[VerificationTemplate, ...]:
        """The templates of a Region: those whose sender's domain is verified there."""
        return tuple(
            template
            for template in self.templates
            if region in self._regions_of_name(self.domain_of(template))
        )

    def domain_of(self, template: VerificationTemplate) -> str:
        """The domain whose identity a template's sender falls under: the longest name that holds it.

        Raises:
            ConfigurationError: ``from-address-outside-identity``.
        """
        names = [domain.domain for domain in self.domains]
        template.require_sender(names)
        host = template.from_email_address.rpartition("@")[2]
        return max((name for name in names if is_within(host, name)), key=len)

    def has_access(self, region: str) -> bool:
        """Whether anybody's permission belongs to the stack of this Region."""
        return any(
            region in self.regions_of_sender(sender)[: None if sender.smtp else 1] for sender in self.senders
        ) or any(region in self.regions_of_delegate(delegate) for delegate in self.delegates)

    def publishes_policies(self, domain: MailDomain, region: str) -> bool:
        """Whether the identity in this Region is the one that publishes the domain's DMARC and apex SPF."""
        return region == self.regions_of(domain)[0]

    def zones(self) -> tuple[Route53Zone, ...]:
        """Every existing zone that this environment may write to, each once, the longest name first."""
        found = {d.dns.zone_id: d.dns for d in self.domains if isinstance(d.dns, Route53Zone)}
        return tuple(sorted(found.values(), key=lambda zone: -len(zone.zone_name)))

    def _require_domains(self) -> None:
        names = [domain.domain for domain in self.domains]
        for domain in self.domains:
            if names.count(domain.domain) > 1:
                raise ConfigurationError(
                    "domain-duplicate",
                    option=f"{self.name}: domains",
                    rule="each domain once, whatever its spelling.",
                    got=domain.domain,
                    fix="keep one entry; several Regions go into its `regions`",
                )
            for region in self.regions_of(domain):
                feedback_host(region)
                if region not in self.regions:
                    raise _invalid(
                        f"{self.name}: {domain.domain}: regions",
                        "Regions of the environment: " + ", ".join(self.regions) + ".",
                        region,
                        "add it to the environment's regions too",
                    )
        self._require_own_mail_from()
        self._require_consistent_zones()
        for zone_name in {d.dns.zone_name for d in self.domains if isinstance(d.dns, CreatedZone)}:
            self._require_created_zone_fits(zone_name)

    def _regions_of_name(self, name: str) -> tuple[str, ...]:
        return next(self.regions_of(domain) for domain in self.domains if domain.domain == name)

    def _require_addresses(self) -> None:
        require_addresses([each.address for each in self.addresses], option=f"{self.name}: addresses")
        names = [template.template_name for template in self.templates]
        for template in self.templates:
            self.domain_of(template)
        for each in self.addresses:
            for region in self.regions_of_address(each):
                if region not in self.regions:
                    raise _invalid(
                        f"{self.name}: addresses: {each.address}: regions",
                        "Regions of the environment: " + ", ".join(self.regions) + ".",
                        region,
                        "add it to the environment's regions too",
                    )
            if each.template is not None and each.template not in names:
                raise _invalid(
                    f"{self.name}: addresses: {each.address}: template",
                    "a template of the environment: " + (", ".join(names) or "it has none") + ".",
                    each.template,
                    "add it to `templates`, or leave it out for SES's own mail",
                )

    def _require_senders(self) -> None:
        for option, names in (
            ("senders", [sender.name for sender in self.senders]),
            ("delegates", [delegate.name for delegate in self.delegates]),
        ):
            if len(set(names)) != len(names):
                raise _invalid(f"{self.name}: {option}", "each name once.", names, "rename one of them")
        for sender in self.senders:
            regions = {self._regions_of_name(name) for name in self.domains_of(sender)}
            if len(regions) > 1:
                raise _invalid(
                    f"{self.name}: senders: {sender.name}",
                    "its domains are sent for from the same Regions.",
                    self.domains_of(sender),
                    "make a sender for each of these domains",
                )
        declared = {domain.domain for domain in self.domains}
        for delegate in self.delegates:
            if normalize_domain(delegate.domain, option="delegates: domain") not in declared:
                raise _invalid(
                    f"{self.name}: delegates: {delegate.name}: domain",
                    "a domain of the environment: " + ", ".join(sorted(declared)) + ".",
                    delegate.domain,
                    "declare it in `domains`: the permission belongs to its identity",
                )

    def _require_own_mail_from(self) -> None:
        taken = {domain.domain for domain in self.domains}
        for domain in self.domains:
            for region in self.regions_of(domain):
                name = domain.mail_from_in(region)
                if name in taken:
                    raise ConfigurationError(
                        "mail-from-invalid",
                        option=f"{self.name}: {domain.domain}: mail_from",
                        rule="a MAIL FROM domain is used for one domain and nothing else.",
                        got=name,
                        fix="choose a mail_from that no other entry of domains uses",
                    )
                taken.add(name)

    def _require_consistent_zones(self) -> None:
        zones = sorted(
            {(d.dns.zone_id, d.dns.zone_name) for d in self.domains if isinstance(d.dns, Route53Zone)}
        )
        for zone_id, zone_name in zones:
            others = [zone for zone in zones if (zone[0] == zone_id) != (zone[1] == zone_name)]
            if others:
                raise _invalid(
                    f"{self.name}: zones of domains",
                    "an id stands for one zone name and a zone name for one id.",
                    [(zone_id, zone_name), *others],
                    "write each zone once, as a constant, and use it for its domains",
                )

    def _require_created_zone_fits(self, zone_name: str) -> None:
        members = [d for d in self.domains if d.dns == CreatedZone(zone_name=zone_name)]
        if any(d.domain == zone_name and d not in members for d in self.domains):
            raise _invalid(
                f"{self.name}: domains in {zone_name}",
                f"once this deploy makes the zone {zone_name}, it holds the records of that domain too.",
                zone_name,
                f"give {zone_name} dns=CreatedZone(...) too, or write Route53Zone for the others",
            )
        if len({self.regions_of(domain) for domain in members}) > 1:
            raise ConfigurationError(
                "created-zone-regions",
                option=f"{self.name}: domains in {zone_name}",
                rule="domains in a zone made by this deploy are sent for from the same Region.",
                got=[domain.domain for domain in members],
                fix="give them the same Region, or create the zone first and use Route53Zone",
            )
        legacy = sum(domain.legacy_txt for domain in members)
        resources = len(members) * RESOURCES_PER_DOMAIN + 1
        resources += legacy * RESOURCES_PER_LEGACY_TXT + (RESOURCES_OF_A_FUNCTION if legacy else 0)
        if resources > MAX_STACK_RESOURCES:
            raise ConfigurationError(
                "stack-too-large",
                option=f"{self.name}: domains in {zone_name}",
                rule=f"domains in a zone made here share its stack ({MAX_STACK_RESOURCES} resources).",
                got=f"{len(members)} domains, {resources} resources",
                fix="create the zone first and use Route53Zone: then each domain has a stack of its own",
            )


def _invalid(option: str, rule: str, got: object, fix: str) -> ConfigurationError:
    return ConfigurationError("environment-invalid", option=option, rule=rule, got=got, fix=fix)
