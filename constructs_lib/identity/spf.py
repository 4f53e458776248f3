"""SPF records (RFC 7208) that receivers can evaluate.

``SpfPolicy(includes=("_spf.google.com",)).text()`` gives
``v=spf1 include:amazonses.com include:_spf.google.com ~all``.
"""

import ipaddress
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from constructs_lib.errors import ConfigurationError
from constructs_lib.identity.dns_records import MAX_TXT_STRING

SES_INCLUDE: Final = "amazonses.com"
"""The domain whose SPF record lists the hosts that SES sends from (SES Developer Guide, SPF)."""

MAX_LOOKUPS: Final = 10
"""Terms that cause DNS queries, RFC 7208 4.6.4; more is a permerror at every receiver."""

_LOOKUP_TERMS: Final = ("include", "a", "mx", "ptr", "exists", "redirect")
_CIDR_4: Final = r"/(?:[0-9]|[12][0-9]|3[0-2])"
_CIDR_6: Final = r"(?:[0-9]|[1-9][0-9]|1[01][0-9]|12[0-8])"
_MECHANISM: Final = re.compile(
    r"[+?~-]?(?:"
    r"(?:include|exists):(?P<target>[!-.0-9;-~]+)"
    rf"|(?:a|mx)(?::(?P<host>[!-.0-9;-~]+))?(?:{_CIDR_4})?(?://{_CIDR_6})?"
    r"|ptr(?::(?P<pointer>[!-.0-9;-~]+))?"
    rf"|ip4:(?P<ip4>[0-9.]+)(?:{_CIDR_4})?"
    rf"|ip6:(?P<ip6>[0-9a-f:.]+)(?:/{_CIDR_6})?"
    r")",
    re.IGNORECASE,
)
_DOMAIN_SPEC: Final = re.compile(
    r".*(?:\.(?![0-9]+\.?$)[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.?|%\{[^{}]+\})", re.IGNORECASE
)
"""RFC 7208 7.1: ends with a top-level label or with a macro."""


class SpfAll(StrEnum):
    """What a receiver does with mail from hosts that the record does not list."""

    FAIL = "-all"
    SOFT_FAIL = "~all"
    NEUTRAL = "?all"


@dataclass(frozen=True, kw_only=True)
class SpfPolicy:
    """One SPF record that lets SES, and the named others, send for a domain.

    Attributes:
        includes: Domains of other senders' SPF records, after SES's own.
        mechanisms: Further RFC 7208 mechanisms, such as ``ip4:192.0.2.0/24``.
        all: Result for every other host. Default: soft fail.
        ses_include: SES's own. Default: ``amazonses.com``, which is published for aws and aws-us-gov.

    Raises:
        ConfigurationError: ``spf-invalid`` for a malformed mechanism, more than 10 terms that
            need a look-up, or a record of more than 255 octets.
    """

    includes: tuple[str, ...] = ()
    mechanisms: tuple[str, ...] = ()
    all: SpfAll = SpfAll.SOFT_FAIL
    ses_include: str = SES_INCLUDE

    def __post_init__(self) -> None:
        for term in self.terms():
            if not _is_mechanism(term):
                raise self._invalid("each mechanism follows RFC 7208 5.", term, "see RFC 7208 section 5")
        if self.lookups() > MAX_LOOKUPS:
            raise self._invalid(
                f"at most {MAX_LOOKUPS} terms may need DNS look-ups (RFC 7208 4.6.4).",
                f"{self.lookups()} in {self.text()}",
                "replace includes by the ip4 and ip6 ranges behind them, or move senders to subdomains",
            )
        if len(self.text()) > MAX_TXT_STRING:
            raise self._invalid(
                f"the record fits one string of {MAX_TXT_STRING} octets, as receivers expect.",
                f"{len(self.text())} octets",
                "list fewer senders here and the others in a record that this one includes",
            )

    def terms(self) -> tuple[str, ...]:
        """The mechanisms in order, SES first, without ``all``."""
        return (*(f"include:{name}" for name in (self.ses_include, *self.includes)), *self.mechanisms)

    def lookups(self) -> int:
        """Terms of this record that need a look-up; what included records add is not counted."""
        return sum(1 for term in self.terms() if _name(term) in _LOOKUP_TERMS)

    def text(self) -> str:
        """The TXT value, for example ``v=spf1 include:amazonses.com ~all``."""
        return " ".join(("v=spf1", *self.terms(), self.all))

    @staticmethod
    def _invalid(rule: str, got: object, fix: str) -> ConfigurationError:
        return ConfigurationError("spf-invalid", option="spf", rule=rule, got=got, fix=fix)


def _is_mechanism(term: str) -> bool:
    found = _MECHANISM.fullmatch(term)
    if not found:
        return False
    domain = found["target"] or found["host"] or found["pointer"]
    try:
        if found["ip4"]:
            ipaddress.IPv4Address(found["ip4"])
        if found["ip6"]:
            ipaddress.IPv6Address(found["ip6"])
    except ValueError:
        return False
    return domain is None or _DOMAIN_SPEC.fullmatch(domain) is not None


def _name(term: str) -> str:
    return re.split(r"[:/]", term.lstrip("+?~-"), maxsplit=1)[0].lower()
