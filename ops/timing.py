"""Since when a state holds and when SES gives up, as far as anybody can tell. Pure; the clock is an argument.

SES gives no start of a search. What it gives is when the DKIM keys were generated (SES API v2,
DkimAttributes.LastKeyGenerationTimestamp), after which it looks for them, and when it last found an
identity's records (VerificationInfo.LastSuccessTimestamp). CloudFormation tells when it last changed
an identity, MAIL FROM domain included (ListStackResources). SES looks for DKIM records for up to 72 hours
(DkimAttributes.Tokens), and needs as long for a MAIL FROM domain (SES Developer Guide, custom MAIL FROM). The
link in a verification mail works for 24 hours (SES API v1, GetIdentityVerificationAttributes). A search that
somebody started again by hand, and a mail that was sent again, has a later start, which nobody tells.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from ops.ports import State

SES_IS_SILENT: Final = "SES does not say"
_MINUTE: Final = timedelta(minutes=1)
_HOUR: Final = timedelta(hours=1)


@dataclass(frozen=True, kw_only=True)
class Known:
    """A time and who tells it.

    Attributes:
        at: The time, with a time zone; None when nobody tells.
        source: Who tells it, or why nobody does.
    """

    at: datetime | None = None
    source: str = SES_IS_SILENT


UNKNOWN: Final = Known()


@dataclass(frozen=True, kw_only=True)
class Limit:
    """How long a pending state can last.

    Attributes:
        hours: Its length.
        says: What goes on meanwhile, such as ``SES looks``.
    """

    hours: int
    says: str


SEARCH: Final = Limit(hours=72, says="SES looks")
LINK: Final = Limit(hours=24, says="the link works")


@dataclass(frozen=True, kw_only=True)
class Timing:
    """How long a state has held and may still hold.

    Attributes:
        since: Its start.
        limit: When SES gives up; None where it does not.
        quiet: Whether people are spared a start that is not known: the state is a good or an idle one.
    """

    since: Known = UNKNOWN
    limit: Limit | None = None
    quiet: bool = False

    @property
    def until(self) -> datetime | None:
        """When SES gives up; None where it does not, or where nobody knows."""
        return self.since.at + timedelta(hours=self.limit.hours) if self.limit and self.since.at else None

    def since_text(self) -> str:
        """The start, for people; empty when there is nothing to say."""
        if self.since.at is not None:
            return f"{utc(self.since.at)} ({self.since.source})"
        return "" if self.quiet else f"not known: {self.since.source}"

    def limit_text(self, now: datetime) -> str:
        """The end, for people; empty without one."""
        if self.limit is None:
            return ""
        if self.until is None:
            return f"{self.limit.says} for {self.limit.hours} hours"
        if now >= self.until:
            return f"the {self.limit.hours} hours ended {utc(self.until)}"
        return f"{self.limit.says} until {utc(self.until)}, {_span(self.until - now)} left"


IDLE: Final = Timing(quiet=True)
"""Nothing has a beginning here: the state of something that does not exist or is not asked for."""


def timing_of(
    state: State, *, started: Known, limit: Limit = SEARCH, last_success: datetime | None = None
) -> Timing:
    """The timing of one state.

    Args:
        state: The state.
        started: When SES began to look, as far as anybody tells.
        limit: How long it can be pending. Default: as long as SES looks for records.
        last_success: When SES last found everything; None if never, or if it does not say.
    """
    match state:
        case State.PENDING:
            return Timing(since=started, limit=limit)
        case State.TEMPORARY_FAILURE if last_success is not None:
            return Timing(since=Known(at=last_success, source="SES last found the records then"))
        case State.TEMPORARY_FAILURE | State.FAILED:
            return Timing()
        case _:
            return IDLE


def utc(moment: datetime) -> str:
    """A time to the minute, for people, in UTC wherever this machine is."""
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def iso(moment: datetime) -> str:
    """A time to the second, for programs, in UTC wherever this machine is."""
    return moment.astimezone(UTC).isoformat(timespec="seconds")


def _span(length: timedelta) -> str:
    return f"{length // _HOUR} h" if length >= _HOUR else f"{length // _MINUTE} min"
