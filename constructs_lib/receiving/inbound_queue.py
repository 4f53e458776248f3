"""The way of incoming mail to a function: encrypted topic, queue, dead-letter queue, alarms.

Part of `inbound_mail`. Key and queues stay when the stack is deleted, because they announce
mail; topic, subscription and alarms go.

Example::

    InboundQueue(self, "Announcements", name="inbound", rule_set_name="mail", ...)
"""

from collections.abc import Sequence
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from constructs import Construct, DependencyGroup

from constructs_lib.encryption_key import encryption_key, let_use
from constructs_lib.events.feedback_key import SES, USE
from constructs_lib.events.subscribers import QueueSubscriber
from constructs_lib.events.topic_queues import DEAD_LETTER_RETENTION_DAYS, TopicQueues
from constructs_lib.events.topic_subscriptions import subscribe
from constructs_lib.monitoring.alarm_names import AlarmKind
from constructs_lib.monitoring.alarm_telling import tell
from constructs_lib.monitoring.dead_letter_alarm import DeadLetterAlarm
from constructs_lib.receiving.receipt_rule_resource import receipt_rule_arn


class InboundQueue(Construct):
    """Where SES announces the mail of one rule set.

    Args:
        scope: Parent construct.
        construct_id: Id below the parent.
        name: Of topic and queue; the alarms are named ``<name>-dead-letters`` and ``<name>-age``.
        rule_set_name: Whose rules may publish.
        visibility_timeout: How long an attempt may take.
        max_receive_count: After how many attempts a message is for a person.
        max_age: An older message in the queue raises the alarm.
        alarm_actions: What the alarms do.
        existing_key_arn: A key that exists already. Default: one is made.
        removal_policy: Of key and queues.

    Attributes:
        key: Encrypts topic and queues.
        topic: What an S3 action names.
        queue: What the function reads.
        dead_letter_queue: What a person reads.
        dead_letter_alarm: Raised while anything is in there.
        age_alarm: Raised when mail waits too long.
        listening: What must be there before anything is announced, beside the topic itself.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        name: str,
        rule_set_name: str,
        visibility_timeout: cdk.Duration,
        max_receive_count: int,
        max_age: cdk.Duration,
        alarm_actions: Sequence[cloudwatch.IAlarmAction],
        existing_key_arn: str | None = None,
        removal_policy: cdk.RemovalPolicy,
    ) -> None:
        super().__init__(scope, construct_id)
        self.key = encryption_key(
            self,
            "Key",
            description=f"Amazon SES: announcements of incoming mail, {name}",
            existing_key_arn=existing_key_arn,
            removal_policy=removal_policy,
        )
        publisher = _publisher(self, rule_set_name)
        let_use(self, self.key, iam.PolicyStatement(actions=list(USE), resources=["*"], **publisher))
        self.topic = sns.Topic(self, "Topic", topic_name=name, master_key=self.key)
        self.topic.add_to_resource_policy(
            iam.PolicyStatement(actions=["sns:Publish"], resources=[self.topic.topic_arn], **publisher)
        )
        queues = TopicQueues(
            scope=self, name=name, topic=self.topic, key=self.key, removal_policy=removal_policy
        )
        queues.let_sns_fill(name)
        queues.deny_without_tls()
        self.dead_letter_queue = queues.dead_letters()
        self.queue = queues.queue(
            visibility_timeout=visibility_timeout,
            # Mail waits here while the function is broken: as long as SQS allows.
            retention_period=cdk.Duration.days(DEAD_LETTER_RETENTION_DAYS),
            dead_letter_queue=sqs.DeadLetterQueue(
                queue=self.dead_letter_queue, max_receive_count=max_receive_count
            ),
        )
        subscription = subscribe(
            self,
            "Subscription",
            QueueSubscriber(queue_arn=self.queue.queue_arn, raw=True),
            topic_arn=self.topic.topic_arn,
            dead_letter_queue_arn=self.dead_letter_queue.queue_arn,
        )
        subscription.node.add_dependency(*queues.policies)
        self.listening = DependencyGroup(subscription)
        self.dead_letter_alarm = DeadLetterAlarm(
            self,
            "DeadLetterAlarm",
            queue_name=self.dead_letter_queue.queue_name,
            name_prefix=name,
            description=f"Incoming mail of {name} could not be processed: look into {name}-dlq.",
            alarm_actions=alarm_actions,
        ).alarm
        self.age_alarm = cloudwatch.Alarm(
            self,
            "AgeAlarm",
            alarm_name=AlarmKind.AGE.name_below(name),
            alarm_description=f"Incoming mail of {name} waits longer than {max_age.to_minutes()} minutes.",
            metric=self.queue.metric_approximate_age_of_oldest_message(
                period=cdk.Duration.minutes(5), statistic="Maximum"
            ),
            threshold=max_age.to_seconds(),
            evaluation_periods=1,
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
        )
        tell(self.age_alarm, alarm_actions)


def _publisher(scope: Construct, rule_set_name: str) -> dict[str, Any]:
    """SES as itself, for this account and rule set (SES Developer Guide, permissions for email receiving).

    With an IAM role in its S3 action SES uses that role for the topic too (SES API Reference, S3Action,
    IamRoleArn): whoever makes the rule lets its role publish, as `ReceiptRuleSet` does.
    """
    return {
        "sid": "SesAnnouncesMail",
        "principals": [iam.ServicePrincipal(SES)],
        "conditions": {
            "StringEquals": {"aws:SourceAccount": cdk.Stack.of(scope).account},
            "ArnLike": {"aws:SourceArn": receipt_rule_arn(scope, rule_set_name, "*")},
        },
    }
