"""What the gate asks and what it is told: values and ports, shared by logic and gateway."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

SUCCESS: Final = "SUCCESS"
FAILED: Final = "FAILED"
NOT_STARTED: Final = "NOT_STARTED"
"""States of SES (API v2, GetEmailIdentity). In every other one, SES is still looking."""


class NotAnsweredError(Exception):
    """AWS did not answer a question.

    Args:
        text: Call and error, for a person.
        denied: Whether a permission is missing; everything else may pass by itself.
    """

    def __init__(self, text: str, *, denied: bool = False) -> None:
        self.denied = denied
        super().__init__(text)


@dataclass(frozen=True, kw_only=True)
class Identity:
    """What SES knows about a domain (API v2, GetEmailIdentity).

    Attributes:
        domain_state: State of the domain itself.
        dkim_state: State of DKIM.
        mail_from_domain: The MAIL FROM domain; None where none is set.
        mail_from_state: Its state.
        dkim_records: Name and value of each Easy DKIM CNAME; none with keys of one's own.
        own_dkim_names: Name of the TXT record of a key of one's own, whose public half SES does not tell.
        error_type: Why the last look at DNS failed, such as ``HOST_NOT_FOUND``; None when it did not.
    """

    domain_state: str
    dkim_state: str
    mail_from_domain: str | None = None
    mail_from_state: str = NOT_STARTED
    dkim_records: Sequence[tuple[str, str]] = ()
    own_dkim_names: Sequence[str] = ()
    error_type: str | None = None


@dataclass(frozen=True, kw_only=True)
class RecordSet:
    """One record set of a name, as Route 53 holds it: `values` is empty for an alias."""

    type: str
    values: Sequence[str] = ()
    alias: str | None = None


class Identities(Protocol):
    """SES in one Region."""

    def find(self, domain: str) -> Identity | None:
        """The identity, or None when it does not exist.

        Raises:
            NotAnsweredError: SES could not be asked.
        """


class Zones(Protocol):
    """Hosted zones of Route 53."""

    def record_sets(self, zone_id: str, name: str) -> Sequence[RecordSet]:
        """All record sets of a name.

        Raises:
            NotAnsweredError: Route 53 could not be asked.
        """


@dataclass(frozen=True, kw_only=True)
class MailFromRecords:
    """What a MAIL FROM domain must hold: the one MX value and the SPF text."""

    mx: str
    spf: str


@dataclass(frozen=True, kw_only=True)
class Wait:
    """One wait, as the template has it.

    Attributes:
        domain: What must be verified.
        timeout: Seconds that all waits of the gate have together.
        until: Seconds after the start at which this one ends; the last one at `timeout`.
        since: Physical id of the gate's first wait, which says when it started; None in that one itself.
        poll_seconds: Pause between two questions.
        mail_from: Set where the MAIL FROM domain must be verified too.
        zone_id: The hosted zone that holds the records; None for DNS elsewhere.
    """

    domain: str
    timeout: int
    until: int
    poll_seconds: float
    since: str | None = None
    mail_from: MailFromRecords | None = None
    zone_id: str | None = None

    @classmethod
    def of(cls, properties: Mapping[str, Any]) -> "Wait":
        """Read a resource's properties; CloudFormation hands over every number as text."""
        mail_from = properties.get("MailFrom")
        return cls(
            domain=properties["Domain"],
            timeout=int(properties["Timeout"]),
            until=int(properties["Until"]),
            poll_seconds=float(properties["PollSeconds"]),
            since=properties.get("Since"),
            mail_from=MailFromRecords(mx=mail_from["Mx"], spf=mail_from["Spf"]) if mail_from else None,
            zone_id=properties.get("ZoneId"),
        )

    @property
    def is_last(self) -> bool:
        """Whether nobody goes on waiting after this one."""
        return self.until >= self.timeout
