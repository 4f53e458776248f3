"""A queue for what a topic of another account publishes: the consumer's side, in the consumer's account.

A user gets an encrypted queue that only this one topic may fill, its key, its dead-letter queue with an
alarm, and the subscription. The owner of the queue subscribes it, so nobody has to confirm (SNS Developer
Guide, sending messages to a queue in a different account); the topic's owner lets this account subscribe this
queue, with `FeedbackTopic.subscribing_queues`. SNS decrypts what an encrypted topic holds before it delivers
(SNS Developer Guide, data encryption): nobody here needs the topic's key, only SNS needs this queue's. Key
and queues stay when the stack is deleted, because they hold events; subscription and alarm go.

What a person must still do: have the topic's owner deploy first.

Example::

    TopicQueue(
        stack, "Bounces", name="bounces", topic_arn=topic_arn,
    )
"""

import re
from collections.abc import Sequence
from typing import Final

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from constructs_lib.arns import TOPIC_ARN, is_of_region
from constructs_lib.domain_name import is_token
from constructs_lib.encryption_key import rotated_key
from constructs_lib.errors import ConfigurationError
from constructs_lib.events.feedback import FeedbackQueue
from constructs_lib.events.feedback_key import sns_fills_queues
from constructs_lib.events.subscribers import QueueSubscriber
from constructs_lib.events.topic_queues import DEAD_LETTER_RETENTION_DAYS, TopicQueues
from constructs_lib.events.topic_subscriptions import subscribe
from constructs_lib.monitoring.dead_letter_alarm import DeadLetterAlarm

_NAME: Final = re.compile(r"[A-Za-z0-9_-]{1,76}")


class TopicQueue(Construct):
    """A queue behind one topic of another account.

    Args:
        scope: Parent construct.
        construct_id: Id below the parent.
        name: Of the queue, which the topic's owner names by its ARN: 1 to 76 letters, digits, hyphens and
            underscores. That of the dead-letter queue is ``<name>-dlq``.
        topic_arn: The topic, of any account, in the Region of the stack.
        queue: How the queue is read. Default: as `FeedbackQueue()`.
        alarm_actions: What the alarm ``<name>-dead-letters`` does. Default: nothing; CloudWatch shows it.
        removal_policy: Of key and queues. Default: they are kept; a failed creation is cleaned up.

    Attributes:
        key: Encrypts the queues.
        queue: The queue.
        dead_letter_queue: What was not read or not delivered.
        alarm: Raised while anything is in there.

    Raises:
        ConfigurationError: ``topic-queue-invalid``; before anything is built.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        name: str,
        topic_arn: str,
        queue: FeedbackQueue = FeedbackQueue(),  # noqa: B008 - frozen, so sharing it is safe
        alarm_actions: Sequence[cloudwatch.IAlarmAction] = (),
        removal_policy: cdk.RemovalPolicy = cdk.RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    ) -> None:
        _require_name(name)
        _require_topic(topic_arn, region=cdk.Stack.of(scope).region)

        super().__init__(scope, construct_id)
        self.key = rotated_key(
            self,
            "Key",
            description=f"Amazon SES: events of another account, {name}",
            removal_policy=removal_policy,
        )
        self.key.add_to_resource_policy(sns_fills_queues([topic_arn]))
        queues = TopicQueues(
            scope=self,
            name=name,
            topic=sns.Topic.from_topic_arn(self, "Topic", topic_arn),
            key=self.key,
            removal_policy=removal_policy,
        )
        self.dead_letter_queue = queues.dead_letters()
        self.queue = queues.queue(
            visibility_timeout=cdk.Duration.seconds(queue.visibility_timeout_seconds),
            # Events wait here while the consumer is broken: as long as SQS allows.
            retention_period=cdk.Duration.days(DEAD_LETTER_RETENTION_DAYS),
            dead_letter_queue=sqs.DeadLetterQueue(
                queue=self.dead_letter_queue, max_receive_count=queue.max_receive_count
            ),
        )
        subscribe(
            self,
            "Subscription",
            QueueSubscriber(queue_arn=self.queue.queue_arn, raw=queue.raw),
            topic_arn=topic_arn,
            dead_letter_queue_arn=self.dead_letter_queue.queue_arn,
        ).node.add_dependency(*queues.policies)
        self.alarm = DeadLetterAlarm(
            self,
            "DeadLetterAlarm",
            queue_name=self.dead_letter_queue.queue_name,
            name_prefix=name,
            description=f"Events of another account were not read or delivered: look into {name}-dlq.",
            alarm_actions=alarm_actions,
        ).alarm

    def grant_consume(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let somebody in this account read, delete and decrypt what is in the queue."""
        return self.queue.grant_consume_messages(grantee)


def _require_name(name: str) -> None:
    if is_token(name) or not _NAME.fullmatch(name):
        raise ConfigurationError(
            "topic-queue-invalid",
            option="name",
            rule="1 to 76 letters, digits, hyphens and underscores: with -dlq a queue's name (SQS API, "
            "CreateQueue), known now, because the topic's owner names the queue.",
            got=name,
            fix="choose such a name and keep it",
        )


def _require_topic(topic_arn: str, *, region: str) -> None:
    if is_token(topic_arn):
        return
    found = TOPIC_ARN.fullmatch(topic_arn)
    if found is None or not is_of_region(found, region):
        raise ConfigurationError(
            "topic-queue-invalid",
            option="topic_arn",
            rule=f"the ARN of a standard topic in {region}; SES has no .fifo topics.",
            got=topic_arn,
            fix="copy the topic's ARN from its owner's account, and deploy in the topic's Region",
        )
