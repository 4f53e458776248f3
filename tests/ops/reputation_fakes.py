"""An account whose mail goes as a test says."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from ops.errors import PermissionDeniedError
from ops.reputation_ports import AccountAnswer, AlarmAnswer, Question

NOW = datetime(2026, 11, 25, 12, 34, tzinfo=UTC)
HEALTHY = AccountAnswer(sending=True, enforcement="HEALTHY", quota=50_000, sent=1_250)


@dataclass
class FakeReputation:
    """Answers by Region where it matters, and notes what is resumed."""

    account_number: str = "222222222222"
    accounts: dict[str, AccountAnswer] = field(default_factory=dict)
    metrics: Mapping[tuple[str, str | None], Sequence[float]] = field(default_factory=dict)
    states: dict[str, AlarmAnswer] = field(default_factory=dict)
    history: dict[str, AlarmAnswer] = field(default_factory=dict)
    sets: dict[tuple[str, str], bool] = field(default_factory=dict)
    missing: set[str] = field(default_factory=set)
    queues: dict[str, int] = field(default_factory=dict)
    denied: set[str] = field(default_factory=set)
    resumed: list[tuple[str, str]] = field(default_factory=list)

    def account_id(self) -> str:
        return self.account_number

    def values(
        self, questions: Sequence[Question], *, region: str, now: datetime
    ) -> tuple[tuple[float, ...], ...]:
        self._require("cloudwatch:GetMetricData", region)
        assert now.tzinfo is not None

        def answer(each: Question) -> tuple[float, ...]:
            found = tuple(self.metrics.get((each.name, each.dimension[1] if each.dimension else None), ()))
            return found * 30 if each.hours > 24 else found

        return tuple(answer(each) for each in questions)

    def alarms(self, names: Sequence[str], *, region: str) -> tuple[AlarmAnswer, ...]:
        self._require("cloudwatch:DescribeAlarms", region)
        return tuple(self.states[name] for name in names if name in self.states)

    def last_raised(self, name: str, *, region: str) -> AlarmAnswer | None:
        self._require("cloudwatch:DescribeAlarmHistory", region)
        return self.history.get(name)

    def account(self, *, region: str) -> AccountAnswer:
        self._require("ses:GetAccount", region)
        return self.accounts.get(region, HEALTHY)

    def sending_enabled(self, configuration_set: str, *, region: str) -> bool | None:
        self._require("ses:GetConfigurationSet", region)
        if configuration_set in self.missing:
            return None
        return self.sets.get((configuration_set, region), True)

    def resume(self, configuration_set: str, *, region: str) -> None:
        self.resumed.append((configuration_set, region))

    def waiting(self, queue: str, *, region: str) -> int | None:
        self._require("sqs:GetQueueUrl", region)
        return self.queues.get(queue, 0)

    def _require(self, action: str, region: str) -> None:
        if action in self.denied:
            raise PermissionDeniedError(
                f"The credentials may not call {action} in {region}.",
                fix=f"allow {action} for this role or user",
            )


Make = Callable[..., FakeReputation]


def raised(name: str, reason: str = "9 % was above 8 %") -> AlarmAnswer:
    return AlarmAnswer(name=name, state="ALARM", reason=reason, since=NOW)
