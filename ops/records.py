"""Every DNS record that an environment needs, with the place where it lives.

The records come from `constructs_lib.identity.mail_records.mail_records`, the function that the CDK
construct uses, and so does the split by Region: the first Region of a domain publishes DMARC
and the domain's own SPF, each Region has its own MAIL FROM. `place_of` follows the rule of the
constructs: what they write is not "by hand" here.
"""

from dataclasses import dataclass
from typing import Final

from constructs_lib.identity.dns import (
    CreatedZone,
    CrossAccountZone,
    DnsLocation,
    ExternalDns,
    Route53Zone,
)
from constructs_lib.identity.dns_records import DnsRecord, Purpose, RecordType
from constructs_lib.identity.mail_records import (
    home_of,
    inbound_mx_record,
    is_written,
    legacy_record,
    mail_records,
)
from ops.ports import IdentityAnswer, MailGateway
from stacks.config import MailEnvironment
from stacks.domain_config import MailDomain

KNOWN_AFTER_DEPLOY: Final = "known after the deploy"
_EASY_DKIM_RECORDS: Final = 3
"""SES gives three tokens (SES Developer Guide, Easy DKIM)."""


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a record lives.

    Attributes:
        zone: The zone in Route 53 that can be read; None for DNS elsewhere and for a zone of another account,
            whose role trusts the deployment's function only.
        by_hand: Whether a person adds it; otherwise the deploy does.
        text: For people.
    """

    zone: Route53Zone | CreatedZone | None
    by_hand: bool
    text: str


@dataclass(frozen=True, kw_only=True)
class NeededRecord:
    """One record of one identity.

    Attributes:
        record: The record; its name and value are placeholders while `known` is false.
        domain: The identity.
        region: The Region of the identity.
        place: Where it lives.
        known: False for DKIM and legacy verification of an identity that is not deployed yet.
    """

    record: DnsRecord
    domain: str
    region: str
    place: Place
    known: bool = True


def read_records(
    environment: MailEnvironment, gateway: MailGateway, *, domain: str | None = None
) -> tuple[NeededRecord, ...]:
    """The records of an environment, with the tokens that SES gives.

    Args:
        environment: The environment.
        gateway: Access to SES.
        domain: Only this domain, normalized. Default: all.

    Raises:
        AccessError: SES could not be asked.
    """
    return tuple(
        needed
        for mail_domain in environment.domains
        if domain in {None, mail_domain.domain}
        for region in environment.regions_of(mail_domain)
        for needed in needed_records(environment, mail_domain, region, ask(gateway, mail_domain, region))
    )


def ask(gateway: MailGateway, domain: MailDomain, region: str) -> IdentityAnswer | None:
    """What SES knows about a domain in one Region, as far as its records need it.

    Raises:
        AccessError: SES could not be asked.
    """
    return gateway.identity(domain.domain, region=region, with_legacy_token=domain.legacy_txt)


def needed_records(
    environment: MailEnvironment, domain: MailDomain, region: str, answer: IdentityAnswer | None
) -> tuple[NeededRecord, ...]:
    """The records of one identity.

    Args:
        environment: The environment, for its Regions and zones.
        domain: The domain.
        region: The Region of the identity.
        answer: What SES knows; None when it is not deployed.
    """
    publishes = environment.publishes_policies(domain, region)
    records = mail_records(
        domain.domain,
        region=region,
        mail_from=domain.mail_from_in(region),
        dkim=answer.dkim_records if answer else (),
        dmarc=domain.dmarc if publishes else None,
        apex_spf=domain.apex_spf if publishes else None,
        own_dkim_key=domain.own_dkim_key,
        stated_hosts=environment.mail_from_hosts.get(region),
    )
    later = () if answer or domain.own_dkim_key else _later_dkim(domain.domain)
    if environment.has_inbound_mx(domain, region):
        records = (*records, inbound_mx_record(domain.domain, region))
    if domain.legacy_txt:
        token = answer.legacy_token if answer else None
        legacy = legacy_record(domain.domain, token or KNOWN_AFTER_DEPLOY)
        records = (*records, legacy) if token else records
        later = later if token else (*later, legacy)
    return tuple(
        NeededRecord(
            record=record,
            domain=domain.domain,
            region=region,
            place=place_of(record, environment, domain),
            known=record not in later,
        )
        for record in (*later, *records)
    )


def place_of(record: DnsRecord, environment: MailEnvironment, domain: MailDomain) -> Place:
    """Where one record of a domain lives, by the rule that the construct follows too."""
    receiver = record.name.partition("._report._dmarc.")[2]
    where = home(record, environment, domain)
    return _place(
        where, receiver or domain.domain, by_hand=not is_written(record) or domain.has_record(record.purpose)
    )


def home(record: DnsRecord, environment: MailEnvironment, domain: MailDomain) -> DnsLocation:
    """The zone that one record of a domain belongs to, or that its DNS is elsewhere."""
    return home_of(record, domain.dns, environment.zones())


def _place(dns: DnsLocation, owner: str, *, by_hand: bool) -> Place:
    if isinstance(dns, ExternalDns):
        return Place(zone=None, by_hand=True, text=f"by hand at the DNS provider of {owner}")
    match dns:
        case Route53Zone():
            label = f"Route 53 zone {dns.zone_id} ({dns.zone_name})"
        case CrossAccountZone():
            label = f"Route 53 zone {dns.zone_id} ({dns.zone_name}) of account {dns.account}"
        case CreatedZone():
            label = f"created zone {dns.zone_name}"
    return Place(
        zone=None if isinstance(dns, CrossAccountZone) else dns,
        by_hand=by_hand,
        text=f"by hand in {label}" if by_hand else label,
    )


def _later_dkim(domain: str) -> tuple[DnsRecord, ...]:
    return tuple(
        DnsRecord(
            name=f"<token{number}>._domainkey.{domain}",
            type=RecordType.CNAME,
            values=(KNOWN_AFTER_DEPLOY,),
            purpose=Purpose.DKIM,
        )
        for number in range(1, _EASY_DKIM_RECORDS + 1)
    )
