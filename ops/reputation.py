"""How an environment's mail goes: the numbers of its dashboard, from what AWS answers.

What a permission is missing for is not known; the rest is told all the same.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final, TypeVar

from constructs_lib.monitoring.queue_metric_names import QueueMetric
from constructs_lib.monitoring.reputation_thresholds import ReputationThresholds
from constructs_lib.monitoring.ses_metric_names import CONFIGURATION_SET, COUNTS, NAMESPACE, SesMetric
from constructs_lib.monitoring.spend_limit import USD_PER_THOUSAND
from ops.errors import PermissionDeniedError
from ops.reputation_numbers import Numbers, RegionNumbers, Reputation, Sending
from ops.reputation_ports import AccountAnswer, Question, ReputationGateway
from stacks import monitoring_names as names
from stacks.config import MailEnvironment

MONTH_HOURS: Final = 30 * 24
_RATES: Final = (SesMetric.BOUNCE_RATE, SesMetric.COMPLAINT_RATE)

_Answer = TypeVar("_Answer")


def read_reputation(config: MailEnvironment, gateway: ReputationGateway, *, now: datetime) -> Reputation:
    """Ask about every Region of an environment.

    Args:
        config: The environment, watched or not: SES counts the account in any case.
        gateway: Access to its account.
        now: The end of the 24 hours, with a time zone.

    Raises:
        AccessError: AWS could not be asked, for another reason than a missing permission.
    """
    monitoring = config.monitoring
    spend = monitoring.spend if monitoring else None
    return Reputation(
        environment=config.name,
        read_at=now,
        levels=monitoring.thresholds if monitoring else ReputationThresholds(),
        regions=tuple(_Reading(config, gateway, region, now).read() for region in config.regions),
        usd_per_thousand=spend.usd_per_thousand if spend else USD_PER_THOUSAND,
        monthly_usd=spend.monthly_usd if spend else None,
    )


class _Reading:
    """One Region, asked once; what is denied is noted and nothing more is made of it."""

    def __init__(
        self, config: MailEnvironment, gateway: ReputationGateway, region: str, now: datetime
    ) -> None:
        self._config, self._gateway, self._region, self._now = config, gateway, region, now
        self._denied: dict[str, None] = {}

    def read(self) -> RegionNumbers:
        config, gateway, region = self._config, self._gateway, self._region
        account = self._known(lambda: gateway.account(region=region))
        whose = (None, *config.configuration_sets_in(region))
        inboxes = names.inbox_queues(config, region)
        by_question = self._values(whose, list(inboxes.values()))
        alarms = self._known(lambda: gateway.alarms(names.alarm_names(config, region), region=region))
        month = by_question.get(_sends_of_a_month())
        return RegionNumbers(
            region=region,
            account=account,
            numbers=tuple(self._numbers(name, by_question, account) for name in whose),
            alarms=alarms,
            received={
                label: sum(values)
                for label, queue in inboxes.items()
                if (values := by_question.get(_arrived(queue)))
            },
            waiting={queue: self._waiting(queue) for queue in self._queues()},
            sent_in_a_month=None if month is None else sum(month),
            not_known=tuple(self._denied),
        )

    def _queues(self) -> tuple[str, ...]:
        config, region = self._config, self._region
        return (
            *names.inbox_queues(config, region).values(),
            *names.dead_letter_queues(config, region).values(),
            *names.feedback_queues(config).values(),
        )

    def _waiting(self, queue: str) -> int | None:
        return self._known(lambda: self._gateway.waiting(queue, region=self._region))

    def _numbers(
        self,
        name: str | None,
        by_question: Mapping[Question, tuple[float, ...]],
        account: AccountAnswer | None,
    ) -> Numbers:
        found: dict[SesMetric, float] = {}
        for metric in (*COUNTS, *_RATES):
            values = by_question.get(_about(metric, name))
            if values:
                found[metric] = values[0] if metric in _RATES else sum(values)
        if name is not None:
            sending = self._sending(name)
        elif account is None:
            sending = Sending.NOT_KNOWN
        else:
            sending = Sending.ON if account.sending else Sending.PAUSED
        return Numbers(whose=name, sending=sending, by_metric=found)

    def _sending(self, name: str) -> Sending:
        try:
            enabled = self._gateway.sending_enabled(name, region=self._region)
        except PermissionDeniedError as denied:
            self._denied[denied.fix] = None
            return Sending.NOT_KNOWN
        if enabled is None:
            return Sending.NOT_DEPLOYED
        return Sending.ON if enabled else Sending.PAUSED

    def _values(
        self, whose: tuple[str | None, ...], inboxes: list[str]
    ) -> Mapping[Question, tuple[float, ...]]:
        questions = [
            *(_about(metric, name) for name in whose for metric in (*COUNTS, *_RATES)),
            *(_arrived(queue) for queue in inboxes),
            _sends_of_a_month(),
        ]
        found = self._known(lambda: self._gateway.values(questions, region=self._region, now=self._now))
        return {} if found is None else dict(zip(questions, found, strict=True))

    def _known(self, ask: Callable[[], _Answer]) -> _Answer | None:
        try:
            return ask()
        except PermissionDeniedError as denied:
            self._denied[denied.fix] = None
            return None


def _about(metric: SesMetric, configuration_set: str | None) -> Question:
    return Question(
        namespace=NAMESPACE,
        name=metric.value,
        dimension=(CONFIGURATION_SET, configuration_set) if configuration_set else None,
        statistic=metric.statistic,
    )


def _arrived(queue: str) -> Question:
    name, statistic = QueueMetric.ARRIVED.value
    return Question(namespace="AWS/SQS", name=name, dimension=("QueueName", queue), statistic=statistic)


def _sends_of_a_month() -> Question:
    return Question(namespace=NAMESPACE, name=SesMetric.SEND.value, hours=MONTH_HOURS)
