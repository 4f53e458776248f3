"""SPF records (RFC 7208) that receivers can evaluate.

``SpfPolicy(includes=("_spf.google.com",)).text()`` gives
``v=spf1 include:amazonses.com include:_spf.google.com ~all``.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from constructs_lib.dns_records import MAX_TXT_STRING
from constructs_lib.errors import ConfigurationError

SES_INCLUDE: Final = "amazonses.com"
"""The domain whose SPF record lists the hosts that SES sends from (SES Developer Guide, SPF)."""

MAX_LOOKUPS: Final = 10
"""Terms that cause DNS queries, RFC 7208 4.6.4; more is a permerror at every receiver."""

_LOOKUP_TERMS: Final = ("include", "a", "mx", "ptr", "exists", "redirect")
_MECHANISM: Final = re.compile(
    r"[+?~-]?(?:"
    r"(?:include|exists):[^\s:/]+"
    r"|(?:a|mx)(?::[^\s:/]+)?(?:/\d{1,2})?(?://\d{1,3})?"
    r"|ptr(?::[^\s:/]+)?"
    r"|ip4:\d{1,3}(?:\.\d{1,3}){3}(?:/\d{1,2})?"
    r"|ip6:[0-9a-f:.]+(?:/\d{1,3})?"
    r")",
    re.IGNORECASE,
)


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

    Raises:
        ConfigurationError: ``spf-invalid`` for a malformed mechanism, more than 10 terms that
            need a look-up, or a record of more than 255 octets.
    """

    includes: tuple[str, ...] = ()
    mechanisms: tuple[str, ...] = ()
    all: SpfAll = SpfAll.SOFT_FAIL

    def __post_init__(self) -> None:
        for term in self.terms():
            if not _MECHANISM.fullmatch(term):
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
        return (*(f"include:{name}" for name in (SES_INCLUDE, *self.includes)), *self.mechanisms)

    def lookups(self) -> int:
        """Terms of this record that need a look-up; what included records add is not counted."""
        return sum(1 for term in self.terms() if _name(term) in _LOOKUP_TERMS)

    def text(self) -> str:
        """The TXT value, for example ``v=spf1 include:amazonses.com ~all``."""
        return " ".join(("v=spf1", *self.terms(), self.all))

    @staticmethod
    def _invalid(rule: str, got: object, fix: str) -> ConfigurationError:
        return ConfigurationError("spf-invalid", option="spf", rule=rule, got=got, fix=fix)


def _name(term: str) -> str:
    return re.split(r"[:/]", term.lstrip("+?~-"), maxsplit=1)[0].lower()
