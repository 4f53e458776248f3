"""The records that make one domain verified, aligned and reported on.

Pure data: the same function serves the CDK construct (DKIM names are CloudFormation
attributes) and the operator's commands (DKIM names come from the SES API), so what is
deployed, printed and checked can never differ.

Sources: SES Developer Guide (Easy DKIM, custom MAIL FROM, email receiving), RFC 5321, RFC 7208, RFC 7489.
"""

from collections.abc import Iterable, Sequence
from typing import Final

from constructs_lib.domain_name import is_token, is_within, normalize_domain
from constructs_lib.errors import ConfigurationError
from constructs_lib.identity.dmarc import AUTHORIZATION_TEXT, DmarcPolicy
from constructs_lib.identity.dns import DnsLocation, ExternalDns, WritableZone, holds
from constructs_lib.identity.dns_records import DnsRecord, Purpose, RecordType
from constructs_lib.identity.mail_from_hosts import MailFromHosts, mail_from_hosts
from constructs_lib.identity.own_dkim import OwnDkimKey
from constructs_lib.identity.spf import SpfPolicy
from constructs_lib.regions import inbound_host

MAIL_FROM_LABEL: Final = "bounce"
"""First label of the MAIL FROM domain unless the caller says otherwise."""

_LEGACY_LABEL: Final = "_amazonses"
"""First label of the legacy verification record (SES Developer Guide, domain verification)."""


def mail_from_domain(domain: str, requested: str | None, *, option: str = "mail_from_domain") -> str:
    """Return the MAIL FROM domain of an identity.

    Args:
        domain: The normalized identity.
        requested: The caller's choice; None means ``bounce.<domain>``.
        option: The option's name, for the error.

    Raises:
        ConfigurationError: ``mail-from-invalid`` unless it is a subdomain of the identity (SES Developer
            Guide: a subdomain of the verified domain, which neither sends nor receives mail itself).
    """
    name = normalize_domain(f"{MAIL_FROM_LABEL}.{domain}" if requested is None else requested, option=option)
    if not is_token(name) and (name == domain or not is_within(name, domain)):
        raise ConfigurationError(
            "mail-from-invalid",
            option=option,
            rule=f"the MAIL FROM domain is a subdomain of the identity {domain}, not the identity itself.",
            got=requested,
            fix=f"write {MAIL_FROM_LABEL}.{domain}, or leave it out",
        )
    return name


def mail_records(
    domain: str,
    *,
    region: str,
    mail_from: str,
    dkim: Iterable[tuple[str, str]],
    dmarc: DmarcPolicy | None,
    apex_spf: SpfPolicy | None = None,
    own_dkim_key: OwnDkimKey | None = None,
    stated_hosts: MailFromHosts | None = None,
) -> tuple[DnsRecord, ...]:
    """Build every record of one identity in one Region.

    Args:
        domain: The normalized identity.
        region: The Region of the identity; it decides the MAIL FROM hosts.
        mail_from: The MAIL FROM domain, from `mail_from_domain`.
        dkim: Name and value of each DKIM CNAME of Easy DKIM, as SES gives them.
        dmarc: The policy, or None where another identity of the same domain publishes it.
        apex_spf: An SPF record for the domain itself, to be merged with what is there. Default: none,
            because SES authenticates the MAIL FROM domain, never the From domain, by SPF.
        own_dkim_key: The key in place of Easy DKIM, whose CNAMEs are then not listed. Default: none.
        stated_hosts: Of a Region whose MAIL FROM hosts are not published. Default: the published ones.
    """
    hosts = mail_from_hosts(region, stated_hosts)
    if own_dkim_key is not None:
        dkim = ()
    records = [
        DnsRecord(name=name, type=RecordType.CNAME, values=(value,), purpose=Purpose.DKIM)
        for name, value in dkim
    ]
    if own_dkim_key is not None:
        records.extend(own_dkim_key.records(domain))
    records.append(
        DnsRecord(
            name=mail_from,
            type=RecordType.MX,
            values=(f"10 {hosts.feedback_host}",),
            purpose=Purpose.MAIL_FROM_MX,
        )
    )
    spf = SpfPolicy(ses_include=hosts.spf_include)
    records.append(_txt(mail_from, spf.text(), Purpose.MAIL_FROM_SPF))
    if dmarc is not None:
        records.append(_txt(f"_dmarc.{domain}", dmarc.text(), Purpose.DMARC))
        records.extend(
            _txt(
                f"{domain}._report._dmarc.{receiver}", AUTHORIZATION_TEXT, Purpose.DMARC_REPORT_AUTHORIZATION
            )
            for receiver in dmarc.external_report_domains(domain)
        )
    if apex_spf is not None:
        records.append(_txt(domain, apex_spf.text(), Purpose.APEX_SPF, merge=True))
    return tuple(records)


def legacy_record(domain: str, token: str) -> DnsRecord:
    """Build the legacy verification record of one identity in one Region.

    Each account and Region has a token of its own, and all of them are values of this one name.

    Args:
        domain: The normalized identity.
        token: The verification token that SES gives (SES API v1, GetIdentityVerificationAttributes).

    Raises:
        ConfigurationError: ``dns-value-invalid`` when the name gets too long.
    """
    return _txt(f"{_LEGACY_LABEL}.{domain}", token, Purpose.LEGACY_VERIFICATION, merge=True)


def inbound_mx_record(
    domain: str, region: str, *, known_mx: Sequence[str] = (), option: str = "known_mx"
) -> DnsRecord:
    """Build the MX record that brings the mail of a domain to SES.

    Of all MX records of a name, senders use the one with the lowest number (RFC 5321 5.1): beside another
    provider's, SES would get all mail or none. So there is one, and it is refused where another is known.

    Args:
        domain: The domain of the addresses.
        region: The Region whose active receipt rule set is for them.
        known_mx: What the domain's MX records are known to be, ``10 mail.example.net`` or the host alone:
            those of another provider, or of this environment's other Regions. Default: nothing is known.
        option: The option's name, for the error.

    Raises:
        ConfigurationError: ``inbound-mx-taken``, ``region-without-receiving``, a code of `normalize_domain`.
    """
    name, host = normalize_domain(domain, option="domain"), inbound_host(region)
    others = [known for known in known_mx if _mx_host(known) != host]
    if others:
        raise ConfigurationError(
            "inbound-mx-taken",
            option=option,
            rule=f"{name} has no MX record but 10 {host}: senders use one provider (RFC 5321 5.1).",
            got=others,
            fix="receive at a subdomain, such as mail." + name + ", or take the other record away first",
        )
    return DnsRecord(name=name, type=RecordType.MX, values=(f"10 {host}",), purpose=Purpose.INBOUND_MX)


def _mx_host(value: str) -> str:
    """The host of an MX record: ``10 Mail.Example.NET.`` is ``mail.example.net``."""
    return value.strip().rpartition(" ")[2].removesuffix(".").lower()


def is_written(record: DnsRecord) -> bool:
    """Whether a deployment writes this record in a zone of Route 53; a person merges the others by hand."""
    return not record.merge or record.purpose is Purpose.LEGACY_VERIFICATION


def home_of(record: DnsRecord, dns: DnsLocation, report_zones: Iterable[WritableZone]) -> DnsLocation:
    """Where a record of an identity lives.

    A DMARC report authorization belongs to the receiver's zone (RFC 7489 7.1); every other record is a name
    of the identity itself, and goes where the identity's DNS is.

    Args:
        record: One of `mail_records`.
        dns: Where the identity's DNS lives.
        report_zones: Further zones of ours, the longest name first.
    """
    if record.purpose is not Purpose.DMARC_REPORT_AUTHORIZATION:
        return dns
    return next((zone for zone in report_zones if holds(zone, record.name)), ExternalDns())


def _txt(name: str, text: str, purpose: Purpose, *, merge: bool = False) -> DnsRecord:
    return DnsRecord(name=name, type=RecordType.TXT, values=(text,), purpose=purpose, merge=merge)
