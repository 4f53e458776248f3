"""Trouble with the sender's reputation, told before SES acts on it.

A user gets four alarms for an account's Region or for one configuration set: bounces and complaints, each
with a warning below the level at which SES reviews an account and a critical one below the level at which it
pauses it. On request also an alarm when nothing is sent, and one on the use of the daily sending quota. Only
`AWS::CloudWatch::Alarm` appears; all go with the stack. A person must confirm subscriptions to the topics.

Example::

    told = [SnsAction(operators)]
    ReputationAlarms(stack, "Account", alarm_actions=told)
    counts = EventCounts(stack, "Counts", configuration_set="transactional")
    ReputationAlarms(
        stack, "Set", configuration_set_name="transactional", event_metrics=counts.destination,
        alarm_actions=told,
    )
"""

from collections.abc import Sequence
from typing import Any, Final

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from constructs_lib.events.event_destinations import CloudWatchDestination
from constructs_lib.monitoring.alarm_names import AlarmKind
from constructs_lib.monitoring.alarm_telling import tell
from constructs_lib.monitoring.reputation_options import (
    require_counted_sends,
    require_hours,
    require_no_destination,
    require_quota,
)
from constructs_lib.monitoring.reputation_thresholds import QUOTA_SHARE, ReputationThresholds
from constructs_lib.monitoring.ses_metric_names import SesMetric
from constructs_lib.monitoring.ses_metrics import counted_rate, ses_metric
from constructs_lib.regions import require_ses_region
from constructs_lib.sending.configuration_set_name import require_configuration_set_name

# Quarters of a day, how many must be bad and of how many. An alarm that came stays through quiet nights and
# around the threshold, and tells once; who sends once a day is warned on the second bad day.
_WARNING: Final = (2, 8)
_CRITICAL: Final = (1, 4)


class ReputationAlarms(Construct):
    """The alarms of an account's Region or of one configuration set.

    A rate counts only in six hours with ``minimum_sends`` sends. Missing data never raises a rate's alarm.
    A warning needs two such quarters of a day within two days, a critical alarm one within a day; they end
    when there are fewer.

    Args:
        scope: Parent construct.
        construct_id: Id below the parent.
        configuration_set_name: Whose reputation; its reputation metrics must be on. Default: the account's,
            in the Region of the stack.
        event_metrics: The set's CloudWatch event destination, which counts its sends: sends among its events
            and ``ses:configuration-set`` as its one dimension, as `EventCounts` makes it. Needed with a
            configuration set, unless nothing here counts sends. The account's sends are counted by SES.
        thresholds: Default: 80 % of the levels at which SES reviews and pauses.
        no_send_after: An alarm after that many whole hours without one send, 1 hour to 7 days.
            Default: none, because silence may be normal.
        daily_quota: The sending quota of 24 hours, for an alarm at 80 % of it. SES publishes no metric of the
            quota; whoever has it raised changes the number here. Only for an account. Default: no alarm.
        name_prefix: The alarms are named ``<prefix>-bounce-critical`` and so on (`AlarmKind`).
            Default: CloudFormation names them.
        alarm_actions: What the alarms do, when they come and when they end. Default: nothing; CloudWatch
            shows their state.

    Raises:
        ConfigurationError: ``reputation-alarms-invalid``, ``configuration-set-name-invalid``,
            ``region-without-ses``.

    Attributes:
        configuration_set_name: As given; None for the account.
        by_kind: The alarms: `alarm_names.RATES`, and `NO_SEND` and `QUOTA` if requested.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        configuration_set_name: str | None = None,
        event_metrics: CloudWatchDestination | None = None,
        thresholds: ReputationThresholds | None = None,
        no_send_after: cdk.Duration | None = None,
        daily_quota: int | None = None,
        name_prefix: str | None = None,
        alarm_actions: Sequence[cloudwatch.IAlarmAction] = (),
    ) -> None:
        require_ses_region(cdk.Stack.of(scope).region, option="env.region")
        levels = thresholds or ReputationThresholds()
        silence = None if no_send_after is None else require_hours(no_send_after)
        if configuration_set_name is None:
            require_no_destination(event_metrics)
        else:
            require_configuration_set_name(configuration_set_name)
            if levels.minimum_sends or silence is not None:
                require_counted_sends(event_metrics)
        require_quota(daily_quota, configuration_set_name)
        super().__init__(scope, construct_id)
        self.configuration_set_name = configuration_set_name
        self.by_kind: dict[AlarmKind, cloudwatch.Alarm] = {}
        self._name_prefix = name_prefix
        self._actions = alarm_actions
        bounces, complaints = SesMetric.BOUNCE_RATE, SesMetric.COMPLAINT_RATE
        for kind, metric, threshold in (
            (AlarmKind.BOUNCE_CRITICAL, bounces, levels.bounce_critical),
            (AlarmKind.COMPLAINT_CRITICAL, complaints, levels.complaint_critical),
            (AlarmKind.BOUNCE_WARNING, bounces, levels.bounce_warning),
            (AlarmKind.COMPLAINT_WARNING, complaints, levels.complaint_warning),
        ):
            self._rate(kind, metric, threshold, minimum_sends=levels.minimum_sends)
        if silence is not None:
            self._no_send(silence)
        if daily_quota is not None:
            self._quota(daily_quota)

    @property
    def alarms(self) -> list[cloudwatch.Alarm]:
        """All of them, the worst first."""
        return list(self.by_kind.values())

    @property
    def _whose(self) -> str:
        name = self.configuration_set_name
        return f"of configuration set {name}" if name else "of the account in this Region"

    def _rate(self, kind: AlarmKind, metric: SesMetric, threshold: float, *, minimum_sends: int) -> None:
        critical = kind in {AlarmKind.BOUNCE_CRITICAL, AlarmKind.COMPLAINT_CRITICAL}
        name = "Bounce" if metric is SesMetric.BOUNCE_RATE else "Complaint"
        bad, quarters = _CRITICAL if critical else _WARNING
        near = "SES is near to pausing" if critical else "SES is near to reviewing"
        self._alarm(
            kind,
            description=f"{name} rate {self._whose} is {100 * threshold:g} % or more: {near} the account.",
            metric=counted_rate(
                metric, configuration_set_name=self.configuration_set_name, minimum_sends=minimum_sends
            ),
            threshold=threshold,
            evaluation_periods=quarters,
            datapoints_to_alarm=bad,
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
        )

    def _no_send(self, hours: int) -> None:
        self._alarm(
            AlarmKind.NO_SEND,
            description=f"No send {self._whose} for {hours} hours.",
            metric=ses_metric(SesMetric.SEND, configuration_set_name=self.configuration_set_name),
            threshold=1,
            comparison_operator=cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
            evaluation_periods=hours,
            # Hours without a send have no data.
            treat_missing_data=cloudwatch.TreatMissingData.BREACHING,
        )

    def _quota(self, daily_quota: int) -> None:
        self._alarm(
            AlarmKind.QUOTA,
            description=f"{100 * QUOTA_SHARE:g} % of the daily sending quota of {daily_quota} is used.",
            metric=ses_metric(SesMetric.SEND, hours=24),
            threshold=QUOTA_SHARE * daily_quota,
            evaluation_periods=1,
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
        )

    def _alarm(self, kind: AlarmKind, *, description: str, **options: Any) -> None:  # noqa: ANN401 - passed on
        prefix = self._name_prefix
        self.by_kind[kind] = alarm = cloudwatch.Alarm(
            self,
            kind.construct_id,
            alarm_name=kind.name_below(prefix) if prefix else None,
            alarm_description=description,
            **options,
        )
        tell(alarm, self._actions, its_end=True)
