"""An alarm while anything is in a dead-letter queue: a person has to look at it.

One resource, `AWS::CloudWatch::Alarm`, which goes with its stack.

Example::

    DeadLetterAlarm(
        stack, "Alarm", queue_name="transactional-bounce-dlq", name_prefix="transactional-bounce",
        description="Bounces were not taken: look into transactional-bounce-dlq.",
    )
"""

from collections.abc import Sequence

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from constructs_lib.monitoring.alarm_names import AlarmKind
from constructs_lib.monitoring.alarm_telling import tell
from constructs_lib.monitoring.queue_metric_names import QueueMetric
from constructs_lib.monitoring.queue_metrics import queue_metric


class DeadLetterAlarm(Construct):
    """The alarm of one dead-letter queue.

    Args:
        scope: Parent construct.
        construct_id: Id below the parent.
        queue_name: Name of the queue, in the stack's account and Region.
        name_prefix: The alarm is named ``<prefix>-dead-letters``.
        description: What is in there and what to do.
        alarm_actions: What the alarm does. Default: nothing; CloudWatch shows its state.

    Attributes:
        alarm: The alarm.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        queue_name: str,
        name_prefix: str,
        description: str,
        alarm_actions: Sequence[cloudwatch.IAlarmAction] = (),
    ) -> None:
        super().__init__(scope, construct_id)
        self.alarm = cloudwatch.Alarm(
            self,
            "Alarm",
            alarm_name=AlarmKind.DEAD_LETTERS.name_below(name_prefix),
            alarm_description=description,
            metric=queue_metric(QueueMetric.WAITING, queue_name, period=cdk.Duration.minutes(1)),
            threshold=1,
            evaluation_periods=1,
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
        )
        tell(self.alarm, alarm_actions)
