"""What the reputation commands ask of AWS, as plain values: `reputation_gateway` answers, tests can too."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from ops.ports import AccountGateway


@dataclass(frozen=True, kw_only=True)
class Question:
    """One metric of CloudWatch over some time.

    Attributes:
        namespace: Such as ``AWS/SES``.
        name: Of the metric.
        dimension: Its one dimension, name and value; None for none.
        statistic: ``Sum`` or ``Maximum``.
        hours: How long ago it starts.
    """

    namespace: str
    name: str
    dimension: tuple[str, str] | None = None
    statistic: str = "Sum"
    hours: int = 24


@dataclass(frozen=True, kw_only=True)
class AlarmAnswer:
    """An alarm as CloudWatch describes it (CloudWatch API, DescribeAlarms).

    Attributes:
        name: Its name.
        state: ``OK``, ``ALARM`` or ``INSUFFICIENT_DATA``.
        reason: Why it has its state.
        since: Since when, with a time zone; None where CloudWatch does not say.
    """

    name: str
    state: str
    reason: str
    since: datetime | None = None

    @property
    def raised(self) -> bool:
        """Whether it has come and not ended."""
        return self.state == "ALARM"


@dataclass(frozen=True, kw_only=True)
class AccountAnswer:
    """The account's sending in one Region (SES API v2, GetAccount).

    Attributes:
        sending: Whether it may send.
        enforcement: SES's judgement: ``HEALTHY``, ``PROBATION`` (under review) or ``SHUTDOWN``.
        quota: Sends in 24 hours; below 0 without a limit.
        sent: Sends of the last 24 hours.
    """

    sending: bool
    enforcement: str
    quota: float
    sent: float


class ReputationGateway(AccountGateway, Protocol):
    """Sending in SES, and what CloudWatch and SQS know of it.

    Every method raises an `ops.errors.AccessError` when it cannot answer.
    """

    def values(
        self, questions: Sequence[Question], *, region: str, now: datetime
    ) -> tuple[tuple[float, ...], ...]:
        """Data points by the hour, the newest first, of each question; none where there is no data."""

    def alarms(self, names: Sequence[str], *, region: str) -> tuple[AlarmAnswer, ...]:
        """The alarms of these names that exist, in this order."""

    def last_raised(self, name: str, *, region: str) -> AlarmAnswer | None:
        """When and why an alarm was last raised, as far as CloudWatch remembers; None if it was not."""

    def account(self, *, region: str) -> AccountAnswer:
        """The account's sending."""

    def sending_enabled(self, configuration_set: str, *, region: str) -> bool | None:
        """Whether sends with a configuration set are taken; None when there is no such set."""

    def resume(self, configuration_set: str, *, region: str) -> None:
        """Take sends with a configuration set again."""

    def waiting(self, queue: str, *, region: str) -> int | None:
        """How many messages of a queue nobody has taken, about; None when there is no such queue."""
