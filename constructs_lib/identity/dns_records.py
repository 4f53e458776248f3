"""DNS records as typed data, made once and read by every consumer.

Route 53 resources, zone files, CSV, JSON, the status page and the DNS check all use
`DnsRecord`. Names are absolute and have no trailing dot, so that nothing can double
them; TXT values are the text itself, and quoting belongs to each output format.
"""

import csv
import io
import json
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from constructs_lib.domain_name import MAX_NAME_LENGTH, is_token
from constructs_lib.errors import ConfigurationError

MAX_TXT_STRING: Final = 255
"""Octets of one character-string in TXT record data (RFC 1035 3.3.14)."""

DEFAULT_TTL_SECONDS: Final = 1800


class RecordType(StrEnum):
    """The DNS record types that mail needs."""

    CNAME = "CNAME"
    MX = "MX"
    NS = "NS"
    TXT = "TXT"


class Purpose(StrEnum):
    """What a record is for, in the words of the SES documentation."""

    DKIM = "DKIM"
    MAIL_FROM_MX = "MAIL FROM MX"
    MAIL_FROM_SPF = "MAIL FROM SPF"
    DMARC = "DMARC"
    DMARC_REPORT_AUTHORIZATION = "DMARC report authorization"
    APEX_SPF = "SPF of the domain itself"
    LEGACY_VERIFICATION = "legacy verification"
    INBOUND_MX = "incoming mail MX"
    DELEGATION = "delegation"


@dataclass(frozen=True, kw_only=True)
class DnsRecord:
    """One record set: everything that a name holds for one type, on our account.

    Attributes:
        name: Absolute name without trailing dot, or a CDK token that holds one.
        type: Record type.
        values: Presentation values; for TXT the text itself, without quotes.
        purpose: What the record is for.
        ttl: Time to live in seconds.
        merge: True where other people's values live at the same name and must be kept:
            the value is added beside them, never instead of them.

    Raises:
        ConfigurationError: ``dns-value-invalid`` for an empty or unprintable value, or too long a name.
    """

    name: str
    type: RecordType
    values: tuple[str, ...]
    purpose: Purpose
    ttl: int = DEFAULT_TTL_SECONDS
    merge: bool = False

    def __post_init__(self) -> None:
        if not is_token(self.name) and len(self.name) > MAX_NAME_LENGTH:
            raise ConfigurationError(
                "dns-value-invalid",
                option=f"{self.type} {self.name}",
                rule=f"a name has at most {MAX_NAME_LENGTH} characters (RFC 1035 2.3.4).",
                got=f"{len(self.name)} characters",
                fix="use a shorter domain, or a shorter report receiver",
            )
        for value in self.values or ("",):
            if not value or not (value.isascii() and value.isprintable()):
                raise ConfigurationError(
                    "dns-value-invalid",
                    option=f"{self.type} {self.name}",
                    rule="a record has values of printable ASCII.",
                    got=value,
                    fix="write other characters in ASCII (A-labels in names, percent-encoding in URIs)",
                )

    def quoted_values(self) -> tuple[str, ...]:
        r"""Values as zone files and Route 53 write them: TXT in quotes, 255 octets a string."""
        if self.type is not RecordType.TXT:
            return self.values
        return tuple(quote_txt(value) for value in self.values)


def quote_txt(text: str) -> str:
    r"""Write TXT text as quoted character-strings of at most 255 octets (RFC 1035 5.1)."""
    chunks = [text[i : i + MAX_TXT_STRING] for i in range(0, len(text), MAX_TXT_STRING)]
    return " ".join('"' + chunk.replace("\\", "\\\\").replace('"', '\\"') + '"' for chunk in chunks)


def to_zone_file(records: Iterable[DnsRecord]) -> str:
    """Render records in the master file format (RFC 1035 5.1), every name absolute."""
    lines = []
    for record in records:
        if record.merge:
            lines.append(f"; keep the other {record.type} values of {record.name}")
        for value in record.quoted_values():
            target = f"{value}." if record.type is not RecordType.TXT else value
            lines.append(f"{record.name}. {record.ttl} IN {record.type} {target}")
    return "\n".join(lines) + "\n" if lines else ""


def to_csv(records: Iterable[DnsRecord]) -> str:
    """Render records as CSV with a header, one value a row (RFC 4180)."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["name", "type", "ttl", "value", "purpose", "merge"])
    for record in records:
        for value in record.values:
            writer.writerow(
                [record.name, record.type, record.ttl, value, record.purpose, str(record.merge).lower()]
            )
    return out.getvalue()


def to_json(records: Iterable[DnsRecord]) -> str:
    """Render records as a JSON array of ``name, type, ttl, values, purpose, merge``."""
    return json.dumps([as_dict(record) for record in records], indent=2) + "\n"


def as_dict(record: DnsRecord) -> dict[str, object]:
    """Return a record as plain data, ready for JSON."""
    return {
        "name": record.name,
        "type": str(record.type),
        "ttl": record.ttl,
        "values": list(record.values),
        "purpose": str(record.purpose),
        "merge": record.merge,
    }


def has_token(record: DnsRecord) -> bool:
    """Whether the name or a value is known only to the deployment."""
    return is_token(record.name) or any(is_token(value) for value in record.values)
