"""DMARC policies (RFC 7489) as typed values.

``DmarcPolicy(rua=("mailto:dmarc@example.com",)).text()`` gives
``v=DMARC1; p=none; rua=mailto:dmarc@example.com``.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from constructs_lib.domain_name import is_within, normalize_domain, organizational_domain
from constructs_lib.errors import ConfigurationError

AUTHORIZATION_TEXT: Final = "v=DMARC1"
"""What the report receiver's zone publishes to accept reports (RFC 7489 7.1)."""

_MAILTO: Final = re.compile(
    r"mailto:(?P<local>[^@\s,;!]+)@(?P<domain>[^@\s,;!]+)(?:!\d+[kmgt]?)?", re.IGNORECASE
)
_MAX_INTERVAL_SECONDS: Final = 2**32 - 1
_WHOLE_PERCENT: Final = 100


class Disposition(StrEnum):
    """What the domain owner asks of receivers for mail that fails (RFC 7489 6.3, ``p``)."""

    NONE = "none"
    QUARANTINE = "quarantine"
    REJECT = "reject"


class Alignment(StrEnum):
    """How closely the authenticated domain must match the From domain (``adkim``, ``aspf``)."""

    RELAXED = "r"
    STRICT = "s"


class FailureOption(StrEnum):
    """When a failure report is asked for (``fo``)."""

    ALL_FAIL = "0"
    ANY_FAIL = "1"
    DKIM_FAIL = "d"
    SPF_FAIL = "s"


@dataclass(frozen=True, kw_only=True)
class DmarcPolicy:
    """The DMARC record of one domain; tags left out take the defaults of RFC 7489 6.3.

    Attributes:
        p: Disposition of failing mail. Default: none, so that nothing is lost before reports were read.
        sp: Disposition for subdomains. Default: as `p`.
        adkim: DKIM alignment. Default: relaxed.
        aspf: SPF alignment. Default: relaxed, which a custom MAIL FROM subdomain needs.
        pct: Percentage of failing mail that `p` is applied to, 0 to 100. Default: all.
        rua: Addresses for aggregate reports, ``mailto:`` URIs, optionally with ``!10m`` as size limit.
        ruf: Addresses for failure reports.
        fo: When failure reports are asked for; needs `ruf`.
        ri: Seconds between aggregate reports. Default: a day.

    Raises:
        ConfigurationError: ``dmarc-invalid``.
    """

    p: Disposition = Disposition.NONE
    sp: Disposition | None = None
    adkim: Alignment = Alignment.RELAXED
    aspf: Alignment = Alignment.RELAXED
    pct: int = _WHOLE_PERCENT
    rua: tuple[str, ...] = ()
    ruf: tuple[str, ...] = ()
    fo: tuple[FailureOption, ...] = ()
    ri: int | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.pct <= _WHOLE_PERCENT:
            raise _invalid(
                "pct", "a percentage from 0 to 100.", self.pct, "write the share of mail, such as 25"
            )
        if self.ri is not None and not 0 < self.ri <= _MAX_INTERVAL_SECONDS:
            raise _invalid("ri", "seconds, a positive 32-bit number.", self.ri, "leave it out for a day")
        if self.fo and not self.ruf:
            raise _invalid(
                "fo", "receivers ignore fo without ruf (RFC 7489 6.3).", self.fo, "add ruf, or drop fo"
            )
        if {FailureOption.ALL_FAIL, FailureOption.ANY_FAIL} <= set(self.fo):
            raise _invalid("fo", "0 and 1 exclude each other.", self.fo, "keep one of them")
        if len(set(self.fo)) != len(self.fo):
            raise _invalid("fo", "each option once.", self.fo, "drop the repeated one")
        for option, uris in (("rua", self.rua), ("ruf", self.ruf)):
            for uri in uris:
                found = _MAILTO.fullmatch(uri)
                if not found or not uri.isascii():
                    raise _invalid(
                        option,
                        "each address is a mailto: URI; a comma, exclamation mark or semicolon in it is "
                        "percent-encoded (RFC 7489 6.3).",
                        uri,
                        f"write mailto:{uri}"
                        if "@" in uri and "mailto:" not in uri
                        else "write mailto:name@domain",
                    )
                normalize_domain(found["domain"], option=option)

    def text(self) -> str:
        """The TXT value; tags that equal their default are left out."""
        tags = [("v", "DMARC1"), ("p", self.p)]
        if self.sp is not None:
            tags.append(("sp", self.sp))
        if self.adkim is not Alignment.RELAXED:
            tags.append(("adkim", self.adkim))
        if self.aspf is not Alignment.RELAXED:
            tags.append(("aspf", self.aspf))
        if self.pct != _WHOLE_PERCENT:
            tags.append(("pct", str(self.pct)))
        if self.rua:
            tags.append(("rua", ",".join(self.rua)))
        if self.ruf:
            tags.append(("ruf", ",".join(self.ruf)))
        if self.fo:
            tags.append(("fo", ":".join(self.fo)))
        if self.ri is not None:
            tags.append(("ri", str(self.ri)))
        return "; ".join(f"{tag}={value}" for tag, value in tags)

    def external_report_domains(self, domain: str) -> tuple[str, ...]:
        """Domains that must authorize reports about `domain` (RFC 7489 7.1), sorted.

        A destination needs no authorization when its organizational domain is the same.
        """
        destinations = {
            normalize_domain(found["domain"], option="rua")
            for uri in (*self.rua, *self.ruf)
            if (found := _MAILTO.fullmatch(uri))
        }
        # The list of public suffixes is large: it is read only where it decides something.
        foreign = {name for name in destinations if not is_within(name, domain)}
        return tuple(sorted(n for n in foreign if organizational_domain(n) != organizational_domain(domain)))


def _invalid(option: str, rule: str, got: object, fix: str) -> ConfigurationError:
    return ConfigurationError("dmarc-invalid", option=f"dmarc.{option}", rule=rule, got=got, fix=fix)
