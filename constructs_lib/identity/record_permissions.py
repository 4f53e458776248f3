"""Which record sets another account may write into a zone: single names, each with its type. Plain data.

Example::

    (*domain_permissions("example.com"), delegation_permission("mail.example.com"))
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from constructs_lib.domain_name import normalize_domain
from constructs_lib.identity.dmarc import DmarcPolicy
from constructs_lib.identity.dns_records import DnsRecord, Purpose, RecordType
from constructs_lib.identity.mail_records import (
    inbound_mx_record,
    legacy_record,
    mail_from_domain,
    mail_records,
)

MIN_DKIM_TOKEN: Final = 24
"""Characters that a selector of Easy DKIM has at least. SES's have 32, which no document promises; selectors
that other providers let be published as CNAME records are shorter."""

_ANY_REGION: Final = "us-east-1"


@dataclass(frozen=True, kw_only=True)
class RecordPermission:
    """Permission to create, replace and delete one record set, or those that match a pattern.

    Attributes:
        name: Absolute name without trailing dot, in lower case; ``*`` and ``?`` as in IAM's StringLike.
        type: Record type.
    """

    name: str
    type: RecordType


def permissions_for(records: Iterable[DnsRecord]) -> tuple[RecordPermission, ...]:
    """The permissions that writing some records takes, each once, sorted.

    Args:
        records: Records of `mail_records`, `inbound_mx_record` and `legacy_record`. Of records of Easy DKIM
            only the domain counts, since their names are known to the deployment alone.
    """
    found = {RecordPermission(name=_pattern(record), type=record.type) for record in records}
    return tuple(sorted(found, key=lambda each: (each.type, each.name)))


def domain_permissions(
    domain: str,
    *,
    mail_from_domains: Sequence[str] = (),
    dkim_selectors: Sequence[str] = (),
    dmarc: DmarcPolicy = DmarcPolicy(),  # noqa: B008 - frozen, so sharing it is safe
    receives_mail: bool = False,
    legacy_txt: bool = False,
) -> tuple[RecordPermission, ...]:
    """The permissions for all records of a domain that another account sends from.

    Args:
        domain: The domain.
        mail_from_domains: Its MAIL FROM domains, one for each Region. Default: ``bounce.<domain>``.
        dkim_selectors: Selectors of keys of one's own. Default: the names of Easy DKIM.
        dmarc: Only where its reports go matters: receivers outside the domain authorize them, in their zone.
        receives_mail: Whether its MX record may be written. Default: not.
        legacy_txt: Whether the legacy verification record may be written. Default: not.

    Raises:
        ConfigurationError: ``mail-from-invalid``, a code of `normalize_domain`.
    """
    name = normalize_domain(domain, option="domain")
    # A Region decides what records hold, not what they are named.
    records: list[DnsRecord] = []
    for mail_from in mail_from_domains or (None,):
        records.extend(
            mail_records(
                name,
                region=_ANY_REGION,
                mail_from=mail_from_domain(name, mail_from, option="mail_from_domains"),
                dkim=() if dkim_selectors else [(f"token._domainkey.{name}", "value")],
                dmarc=dmarc,
            )
        )
    if receives_mail:
        records.append(inbound_mx_record(name, _ANY_REGION))
    if legacy_txt:
        records.append(legacy_record(name, "token"))
    keys = tuple(
        RecordPermission(name=f"{selector}._domainkey.{name}", type=RecordType.TXT)
        for selector in dkim_selectors
    )
    return (*permissions_for(records), *keys)


def delegation_permission(subdomain: str) -> RecordPermission:
    """The permission to delegate one subdomain and nothing else.

    Raises:
        ConfigurationError: a code of `normalize_domain`.
    """
    return RecordPermission(name=normalize_domain(subdomain, option="subdomain"), type=RecordType.NS)


def _pattern(record: DnsRecord) -> str:
    if record.purpose is Purpose.DKIM and record.type is RecordType.CNAME:
        return f"{'?' * MIN_DKIM_TOKEN}*._domainkey.{record.name.partition('._domainkey.')[2]}"
    return record.name
