"""The typed description of one environment. Plain Python: nothing here loads the CDK."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from constructs_lib.domain_name import is_within, normalize_domain
from constructs_lib.email_address import require_addresses
from constructs_lib.identity.dns import CreatedZone, CrossAccountZone, ExternalDns, Route53Zone, WritableZone
from constructs_lib.identity.mail_from_hosts import MailFromHosts
from constructs_lib.identity.mail_records import home_of, mail_records
from constructs_lib.verification.verification_template import VerificationTemplate
from stacks.audit_config import MailAudit
from stacks.config_errors import environment_invalid, require_own_regions, require_tuples
from stacks.domain_config import MailDomain
from stacks.domain_rules import require_domains, zones_of
from stacks.environment_rules import require_existing, require_name_and_place, require_senders
from stacks.feedback_config import MailFeedback
from stacks.monitoring_config import MailMonitoring, require_monitoring
from stacks.receiving_config import MailReceiving, require_receiving
from stacks.senders_config import Delegate, Sender
from stacks.verification_config import MailAddress, VerificationWait


@dataclass(frozen=True, kw_only=True)
class MailEnvironment:
    """Everything that one environment deploys.

    Attributes:
        name: Stage name, as in ``cdk deploy 'prod/*'``: 2 to 20 lower case letters, digits, hyphens.
        account: AWS account id.
        regions: Regions of the environment; the first one is the default of every domain.
        configuration_set_name: Stable name that applications send with, the same in each Region.
        existing_configuration_set: Whether it is there already in each Region, made by somebody else: event
            destinations are added to it, and nothing else of it is touched. Default: it is made.
        domains: The domains, each once.
        feedback: Who learns what became of the mail. Default: nobody.
        senders: Applications of this account that may send. Default: none; roles elsewhere decide.
        delegates: Other accounts that may send with a domain of this one. Default: none.
        addresses: Single addresses that may send besides, each once. Default: none.
        templates: Custom verification e-mail templates, in each Region that sends for their sender, an
            address of a domain or one of `addresses`. Default: none.
        verification_wait: How long a deploy waits until the senders of templates are verified. Default: 15
            minutes, and not where a person must act first.
        receiving: Incoming mail. Default: none is received.
        monitoring: Alarms, a dashboard, a budget. Default: none. They cost money each month, and only the
            environment knows who is to hear them.
        audit: The audit trail, and alerts on calls that look like abuse. Default: none.
        existing_key_arns: By Region a customer managed key that exists already, for everything that is
            encrypted there: its owner merges the statements that `python -m ops existing` shows into its
            policy. Default: keys are made, each for one thing.
        expected_daily_messages: Messages by recipient that each Region is to take in 24 hours; the operator's
            `doctor` compares it with SES's quota. Default: nothing is expected.
        mail_from_hosts: By Region, what the records of MAIL FROM domains hold where AWS does not publish it
            (aws-eusc). Default: what is published.
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
    existing_configuration_set: bool = False
    feedback: MailFeedback = field(default_factory=MailFeedback)
    senders: tuple[Sender, ...] = ()
    delegates: tuple[Delegate, ...] = ()
    addresses: tuple[MailAddress, ...] = ()
    templates: tuple[VerificationTemplate, ...] = ()
    verification_wait: VerificationWait = field(default_factory=VerificationWait)
    receiving: MailReceiving | None = None
    monitoring: MailMonitoring | None = None
    audit: MailAudit | None = None
    existing_key_arns: Mapping[str, str] = field(default_factory=dict)
    expected_daily_messages: int | None = None
    mail_from_hosts: Mapping[str, MailFromHosts] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    retain: bool = True

    def __post_init__(self) -> None:
        require_tuples(self, option=self.name)
        require_name_and_place(self.name, account=self.account, regions=self.regions)
        if self.expected_daily_messages is not None and self.expected_daily_messages < 1:
            raise environment_invalid(
                f"{self.name}: expected_daily_messages",
                "a positive number of messages.",
                self.expected_daily_messages,
                "leave it out where nothing is expected",
            )
        self.feedback.require_regions(self.regions, option=f"{self.name}: feedback")
        for forward in self.feedback.forwards:
            forward.rule_name(self.configuration_set_name)
            # Regions are those of the environment already, and each of them has a rule of its own.
            forward.require_source(account=self.account, region=forward.to.region)
        require_existing(
            self.existing_key_arns,
            self.feedback.topics,
            environment=self.name,
            account=self.account,
            regions=self.regions,
        )
        if self.audit is not None:
            self.audit.require_regions(self.regions, option=f"{self.name}: audit")
        require_own_regions(self.mail_from_hosts, self.regions, option=f"{self.name}: mail_from_hosts")
        require_domains(
            self.domains,
            environment=self.name,
            account=self.account,
            regions=self.regions,
            hosts=self.mail_from_hosts,
        )
        require_senders(
            self.senders,
            self.delegates,
            environment=self.name,
            domains={domain.domain: self.regions_of(domain) for domain in self.domains},
        )
        self._require_addresses()
        require_receiving(
            self.receiving,
            self.domains,
            environment=self.name,
            account=self.account,
            regions=self.regions,
            configuration_set=self.configuration_set_name,
            existing_key_arns=self.existing_key_arns,
        )
        require_monitoring(
            self.monitoring,
            environment=self.name,
            regions=self.regions,
            sets=tuple(dict.fromkeys(name for r in self.regions for name in self.configuration_sets_in(r))),
            cloud_watch=self.feedback.cloud_watch,
            tags=self.tags,
        )

    def regions_of(self, domain: MailDomain) -> tuple[str, ...]:
        """The Regions that send for a domain, the one that publishes DMARC first."""
        return domain.regions_among(self.regions)

    def domains_of(self, sender: Sender) -> tuple[str, ...]:
        """The domains whose identities a sender uses."""
        return sender.domains_among(domain.domain for domain in self.domains)

    def regions_of_sender(self, sender: Sender) -> tuple[str, ...]:
        """The Regions that a sender may send in: those of its domains, the same for all of them."""
        return self._regions_of_name(self.domains_of(sender)[0])

    def smtp_secret_name(self, sender: Sender, region: str) -> str:
        """The secret that a sender finds its SMTP credentials by in one Region."""
        return f"{self.name}/smtp/{region}/{sender.name}"

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
        """The templates of a Region: those whose sender's identity is there."""
        return tuple(template for template in self.templates if region in self.regions_of_template(template))

    def regions_of_template(self, template: VerificationTemplate) -> tuple[str, ...]:
        """The Regions that a template is sent from: those of its sender's identity."""
        identity = self.identity_of(template)
        for address in self.addresses:
            if address.address == identity:
                return self.regions_of_address(address)
        return self._regions_of_name(identity)

    def identity_of(self, template: VerificationTemplate) -> str:
        """What must be verified before SES takes a template: a domain of the environment, or an address.

        A domain that covers the sender decides, the longest name of several, since its addresses send as
        soon as it is verified; otherwise the sender is one of `addresses`.

        Raises:
            ConfigurationError: ``from-address-outside-identity``.
        """
        sender = template.from_email_address
        addresses = [each.address for each in self.addresses]
        template.require_sender(
            [*(domain.domain for domain in self.domains), *addresses], option="domains and addresses"
        )
        return self.domain_of_address(sender) or sender

    def domain_of_address(self, address: str) -> str | None:
        """The domain of the environment whose identity an address falls under: the longest name, or None."""
        host = address.rpartition("@")[2]
        names = (domain.domain for domain in self.domains if is_within(host, domain.domain))
        return max(names, key=len, default=None)

    @property
    def receiving_regions(self) -> tuple[str, ...]:
        """Where mail is received."""
        return () if self.receiving is None else self.receiving.regions_among(self.regions)

    def configuration_sets_in(self, region: str) -> tuple[str, ...]:
        """The configuration sets of a Region: what applications send with, and what only forwards."""
        if self.receiving is None or region not in self.receiving_regions:
            return (self.configuration_set_name,)
        return (self.configuration_set_name, *self.receiving.forwarding_sets)

    def active_rule_sets(self) -> tuple[tuple[str, str], ...]:
        """Region and name of each receipt rule set that a deploy makes active."""
        receiving = self.receiving
        if receiving is None or not receiving.active:
            return ()
        return tuple((region, receiving.rule_set_name) for region in self.receiving_regions)

    def makes_sending(self) -> bool:
        """Whether there is anything to make for a Region's domains: a configuration set, its events."""
        return not self.existing_configuration_set or self.feedback.publishes or self.monitoring is not None

    def makes_identity(self, domain: MailDomain, region: str) -> bool:
        """Whether there is anything to make for a domain in a Region: its identity, or a record."""
        if not domain.existing_identity or domain.legacy_txt or isinstance(domain.dns, CreatedZone):
            return True
        publishes = self.publishes_policies(domain, region)
        records = mail_records(
            domain.domain,
            region=region,
            mail_from=domain.mail_from_in(region),
            dkim=(),
            dmarc=domain.dmarc if publishes else None,
            stated_hosts=self.mail_from_hosts.get(region),
        )
        return any(
            not isinstance(home_of(record, domain.dns, self.zones()), ExternalDns)
            for record in records
            if not domain.has_record(record.purpose)
        )

    def has_inbound_mx(self, domain: MailDomain, region: str) -> bool:
        """Whether the MX record of a domain leads to this Region."""
        return domain.receives_mail and region in self.receiving_regions[:1]

    def has_access(self, region: str) -> bool:
        """Whether anybody's permission belongs to the stack of this Region."""
        return any(
            region in self.regions_of_sender(sender)[: None if sender.smtp else 1] for sender in self.senders
        ) or any(region in self.regions_of_delegate(delegate) for delegate in self.delegates)

    def publishes_policies(self, domain: MailDomain, region: str) -> bool:
        """Whether the identity in this Region is the one that publishes the domain's DMARC and apex SPF."""
        return region == self.regions_of(domain)[0]

    def zones(self) -> tuple[WritableZone, ...]:
        """Every existing zone that holds records of its domains, the longest name first.

        Each once, or once for each of its roles, in the order of the domains.
        """
        held = (d for d in self.domains if isinstance(d.dns, Route53Zone | CrossAccountZone))
        return tuple(sorted(zones_of(held), key=lambda zone: -len(zone.zone_name)))

    def _regions_of_name(self, name: str) -> tuple[str, ...]:
        return next(self.regions_of(domain) for domain in self.domains if domain.domain == name)

    def _require_addresses(self) -> None:
        require_addresses([each.address for each in self.addresses], option=f"{self.name}: addresses")
        for each in self.addresses:
            option = f"{self.name}: addresses: {each.address}"
            require_own_regions(self.regions_of_address(each), self.regions, option=f"{option}: regions")
        there = {each.template_name: self.regions_of_template(each) for each in self.templates}
        senders = {self.identity_of(template): template.template_name for template in self.templates}
        for each in self.addresses:
            each.require_template(
                there,
                regions=self.regions_of_address(each),
                sends=senders.get(each.address),
                option=f"{self.name}: addresses: {each.address}: template",
            )
