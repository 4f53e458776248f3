"""What an environment says about one domain. Nothing here loads the CDK."""

from dataclasses import dataclass, field

from constructs_lib.domain_name import normalize_domain
from constructs_lib.errors import ConfigurationError
from constructs_lib.existing import refuse_beside_existing
from constructs_lib.identity.dmarc import DmarcPolicy
from constructs_lib.identity.dns import (
    CreatedZone,
    DnsLocation,
    ExternalDns,
    require_zone_covers,
)
from constructs_lib.identity.dns_records import Purpose
from constructs_lib.identity.easy_dkim import DkimKeyLength, key_length_of
from constructs_lib.identity.mail_records import legacy_record, mail_from_domain
from constructs_lib.identity.own_dkim import OwnDkimKey
from constructs_lib.identity.spf import SpfPolicy
from constructs_lib.regions import require_ses_region
from stacks.config_errors import environment_invalid, require_tuples


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
        require_tuples(self, option=self.domain)
        if isinstance(self.dns, type):
            name = self.dns.__name__
            raise environment_invalid(
                f"{self.domain}: dns",
                "a place, not its class.",
                name,
                f"write it with parentheses: {name}()"
                if self.dns is ExternalDns
                else f"write {name}(...) with its values",
            )
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
