"""What the doctor says: one value for each thing that is wrong, or worth knowing, or not known."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

PAGE: Final = "docs/reference/doctor.md"


class Severity(StrEnum):
    """How much it matters, the worst first."""

    ERROR = "error"
    WARNING = "warning"
    NOT_KNOWN = "not known"
    NOTE = "note"

    @property
    def rank(self) -> int:
        """0 for the worst."""
        return list(Severity).index(self)


CODES: Final = {
    "address-suppressed": "SES sends nothing to an address of the environment",
    "bootstrap-missing": "A Region was not prepared for the CDK",
    "bootstrap-too-old": "A Region was prepared by an old CDK",
    "cname-there": "A CNAME or an alias stands where other records go",
    "configuration-set-taken": "A configuration set of that name is there",
    "delegation-elsewhere": "Resolvers ask other name servers than those of the zone",
    "delegation-incomplete": "Some name servers are delegated to, and some are not",
    "delegation-missing": "Resolvers find no name servers of the zone",
    "deploy-permission-missing": "CloudFormation may not make what the environment declares",
    "deploy-role-closed": "The credentials may not use the roles of the CDK",
    "dkim-secret-missing": "The secret of a DKIM key of one's own is not there",
    "dkim-there": "Another DKIM key stands at the selector",
    "dmarc-reports-not-authorized": "Receivers drop the DMARC reports for another domain",
    "dmarc-there": "A DMARC record is there",
    "dnssec-broken": "The parent zone promises signatures that the zone does not have",
    "event-rule-taken": "A rule of that name is there",
    "existing-missing": "What the environment says exists already is not there",
    "identity-taken": "An identity of that name is there",
    "mx-there": "Another MX record is there",
    "not-known": "Something could not be asked",
    "policy-taken": "A managed policy of that name is there",
    "queue-taken": "A queue of that name is there",
    "quota-too-small": "SES takes fewer messages a day than the environment expects",
    "region-not-enabled": "The account does not use a Region",
    "region-unreachable": "SES does not answer in a Region",
    "report-authorization-there": "A report authorization is there",
    "reputation-at-risk": "SES has the account under review, or stopped it",
    "role-taken": "A role of that name is there",
    "rule-set-active": "Another receipt rule set is active",
    "rule-set-taken": "A receipt rule set of that name is there",
    "sandbox": "The account is in the SES sandbox",
    "secret-taken": "A secret of that name is there",
    "sending-paused": "SES sends nothing for the account",
    "spf-not-merged": "The domain's SPF record does not let SES send",
    "spf-there": "Another SPF record is there",
    "spf-too-many-lookups": "An SPF record needs more look-ups than receivers make",
    "spf-unusable": "An SPF record cannot be evaluated",
    "suppression-off": "The account suppresses no addresses that bounced",
    "template-taken": "A template of that name is there",
    "topic-taken": "A topic of that name is there",
    "zone-missing": "The hosted zone is not in the account",
    "zone-moves": "A new zone would take the place of one that is in use",
    "zone-of-another-account": "The hosted zone is in another account, where the doctor cannot look",
    "zone-private": "The hosted zone is private",
    "zone-twice": "Several public hosted zones have the name",
    "zone-wrong": "The hosted zone is of another domain",
}


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing.

    Attributes:
        severity: How much it matters.
        code: Stable identifier, a key of `CODES`, with a section in `PAGE`.
        what: What is there, one sentence.
        why: What that leads to, one sentence.
        fix: What to do about it.
    """

    severity: Severity
    code: str
    what: str
    why: str
    fix: str

    def __post_init__(self) -> None:
        if self.code not in CODES:
            raise ValueError(f"not a code of a finding: {self.code}")

    @property
    def page(self) -> str:
        """Where the code is explained."""
        return f"{PAGE}#{self.code}"


def in_order(findings: list[Finding]) -> tuple[Finding, ...]:
    """The worst first, then by code and text; each once."""
    return tuple(
        sorted(set(findings), key=lambda finding: (finding.severity.rank, finding.code, finding.what))
    )


def not_known(about: str, *, why: str, fix: str) -> Finding:
    """Something that could not be asked; `examination` makes one finding of those with the same fix.

    Args:
        about: What is not known, to be read after "Not known: ".
        why: Why it could not be asked.
        fix: What makes it known.
    """
    return Finding(severity=Severity.NOT_KNOWN, code="not-known", what=about, why=why, fix=fix)
