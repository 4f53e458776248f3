"""Where events go that a rule or a topic could not deliver, so that none is lost, and an alarm about them.

Part of other constructs. SQS's own encryption: what goes wrong with a key of ours must not lose
the event too. The queue stays when the stack is deleted; the alarm goes.
"""

from collections.abc import Sequence
from typing import Final

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from constructs import Construct, IDependable

from constructs_lib.acknowledgments import acknowledge
from constructs_lib.events.feedback_key import SNS
from constructs_lib.events.topic_queues import DEAD_LETTER_RETENTION_DAYS
from constructs_lib.monitoring.dead_letter_alarm import DeadLetterAlarm

EVENTS: Final = "events.amazonaws.com"


class UndeliveredEvents(Construct):
    """The dead-letter queue of rules and subscriptions.

    Args:
        scope: Parent construct.
        construct_id: Id below the parent.
        name: The alarm is named ``<name>-dead-letters``.
        description: Of the alarm: what is in there and what to do.
        queue_name: Of the queue. Default: CloudFormation chooses one.
        alarm_actions: What the alarm does.
        removal_policy: Of the queue.

    Attributes:
        queue: The queue.
        alarm: Raised while anything is in it.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        name: str,
        description: str,
        queue_name: str | None = None,
        alarm_actions: Sequence[cloudwatch.IAlarmAction],
        removal_policy: cdk.RemovalPolicy,
    ) -> None:
        super().__init__(scope, construct_id)
        self.queue = sqs.Queue(
            self,
            "Queue",
            queue_name=queue_name,
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=True,
            retention_period=cdk.Duration.days(DEAD_LETTER_RETENTION_DAYS),
            removal_policy=removal_policy,
        )
        reason = "It is the dead-letter queue itself."
        acknowledge(self.queue, {"SQS3": reason}, packs=["AwsSolutions"])
        acknowledge(self.queue, {"SQSRedrivePolicy": reason}, packs=["Serverless"])
        self.alarm = DeadLetterAlarm(
            self,
            "DeadLetterAlarm",
            queue_name=self.queue.queue_name,
            name_prefix=name,
            description=description,
            alarm_actions=alarm_actions,
        ).alarm

    def allow(self, topic: sns.ITopic) -> None:
        """Let SNS put in what subscribers of a topic did not take."""
        self._allow("SnsKeepsWhatFailed", SNS, [topic.topic_arn])

    def allow_rules(self, rule_arns: Sequence[str]) -> Sequence[IDependable]:
        """Let EventBridge put in what rules could not deliver (EventBridge, dead-letter queues).

        Returns:
            What must be there before a rule named here delivers.
        """
        return self._allow("EventBridgeKeepsWhatFailed", EVENTS, rule_arns)

    def _allow(self, sid: str, service: str, sources: Sequence[str]) -> Sequence[IDependable]:
        added = self.queue.add_to_resource_policy(
            iam.PolicyStatement(
                sid=sid,
                principals=[iam.ServicePrincipal(service)],
                actions=["sqs:SendMessage"],
                resources=[self.queue.queue_arn],
                conditions={"ArnEquals": {"aws:SourceArn": list(sources)}},
            )
        )
        return [] if added.policy_dependable is None else [added.policy_dependable]
