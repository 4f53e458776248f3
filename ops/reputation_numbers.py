"""The numbers of an environment's reputation, as values, and what is wrong with them. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from constructs_lib.monitoring.reputation_thresholds import (
    BOUNCE_PAUSE,
    BOUNCE_REVIEW,
    COMPLAINT_PAUSE,
    COMPLAINT_REVIEW,
    ReputationThresholds,
)
from constructs_lib.monitoring.ses_metric_names import SesMetric
from ops.reputation_ports import AccountAnswer, AlarmAnswer

_HEALTHY: Final = "HEALTHY"


class Sending(StrEnum):
    """Whether SES takes sends."""

    ON = "sends"
    PAUSED = "paused"
    NOT_DEPLOYED = "not deployed"
    NOT_KNOWN = "not known"


@dataclass(frozen=True, kw_only=True)
class Numbers:
    """What was sent in 24 hours, and what came of it.

    Attributes:
        whose: Name of a configuration set; None for the account's.
        sending: Whether sends are taken.
        by_metric: Sums of counts, the newest value of rates; a metric without data is not in it.
    """

    whose: str | None
    sending: Sending
    by_metric: Mapping[SesMetric, float] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class RegionNumbers:
    """One Region.

    Attributes:
        region: Its name.
        account: The account's sending; None where it is not known.
        numbers: Of the account, then of each configuration set.
        alarms: Those that exist; None where they are not known.
        received: Messages of 24 hours by inbox; without data an inbox is not in it.
        waiting: Messages by queue, in the order of the dashboard; None where it is not known or not there.
        sent_in_a_month: Messages of 30 days; None where it is not known.
        not_known: What to allow to know the rest, each once.
    """

    region: str
    account: AccountAnswer | None
    numbers: tuple[Numbers, ...]
    alarms: tuple[AlarmAnswer, ...] | None
    received: Mapping[str, float]
    waiting: Mapping[str, int | None]
    sent_in_a_month: float | None
    not_known: tuple[str, ...]

    @property
    def raised(self) -> tuple[AlarmAnswer, ...]:
        """The alarms that are raised."""
        return tuple(alarm for alarm in self.alarms or () if alarm.raised)

    @property
    def well(self) -> bool:
        """Whether nothing is known to be wrong: no alarm, everything sends, SES is content."""
        content = self.account is None or (self.account.sending and self.account.enforcement == _HEALTHY)
        return (
            content and not self.raised and all(each.sending is not Sending.PAUSED for each in self.numbers)
        )


@dataclass(frozen=True, kw_only=True)
class Reputation:
    """The whole environment.

    Attributes:
        environment: Its name.
        read_at: When, with a time zone.
        levels: What the alarms have.
        regions: Its Regions.
        usd_per_thousand: What 1,000 messages cost.
        monthly_usd: What a month may cost; None without a budget.
    """

    environment: str
    read_at: datetime
    levels: ReputationThresholds
    regions: tuple[RegionNumbers, ...]
    usd_per_thousand: float
    monthly_usd: float | None

    @property
    def estimated_usd(self) -> float | None:
        """What the messages of 30 days cost at that price; None where a Region's are not known."""
        sent = [each.sent_in_a_month for each in self.regions]
        known = [number for number in sent if number is not None]
        return sum(known) * self.usd_per_thousand / 1000 if len(known) == len(sent) else None

    @property
    def well(self) -> bool:
        """Whether nothing is known to be wrong."""
        return all(each.well for each in self.regions)


def judge(rate: float, metric: SesMetric, levels: ReputationThresholds) -> str:
    """The highest level that a rate has reached, in a word; nothing below the warning."""
    warning, critical, review, pause = (
        (levels.bounce_warning, levels.bounce_critical, BOUNCE_REVIEW, BOUNCE_PAUSE)
        if metric is SesMetric.BOUNCE_RATE
        else (levels.complaint_warning, levels.complaint_critical, COMPLAINT_REVIEW, COMPLAINT_PAUSE)
    )
    reached = [
        (level, word)
        for level, word in (
            (warning, "warning"),
            (review, "SES reviews"),
            (critical, "critical"),
            (pause, "SES may pause"),
        )
        if rate >= level
    ]
    return max(reached)[1] if reached else ""
