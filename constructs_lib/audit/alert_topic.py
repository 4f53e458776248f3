"""The topic of alerts: encrypted, published to by roles of this account only, with whoever gets it.

Part of `abuse_alerts`. Key and queue stay when the stack is deleted; the rest goes.
"""

from typing import Final

import aws_cdk as cdk
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from constructs_lib.audit.alert_receivers import AlertReceivers
from constructs_lib.encryption_key import TOPICS_AND_QUEUES, encryption_key, let_account_use_through
from constructs_lib.events.subscribers import QueueSubscriber, Subscriber
from constructs_lib.events.topic_queues import DEAD_LETTER_RETENTION_DAYS, TopicQueues
from constructs_lib.events.topic_subscriptions import subscribe, subscription_id

_TRIES: Final = 5


class AlertTopic(Construct):
    """An encrypted topic and its receivers.

    Args:
        scope: Parent construct.
        construct_id: Id below the parent.
        name: Of topic and queue.
        receivers: Who gets what is published.
        dead_letter_queue: Where SNS puts what a receiver did not take.
        existing_key_arn: A key that exists already. Default: one is made.
        removal_policy: Of key and queue.

    Attributes:
        key: Encrypts topic and queue.
        topic: The topic.
        queue: The queue, or none.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        name: str,
        receivers: AlertReceivers,
        dead_letter_queue: sqs.IQueue,
        existing_key_arn: str | None = None,
        removal_policy: cdk.RemovalPolicy,
    ) -> None:
        super().__init__(scope, construct_id)
        self.key = encryption_key(
            self,
            "Key",
            description=f"Amazon SES: alerts of {name}",
            existing_key_arn=existing_key_arn,
            removal_policy=removal_policy,
        )
        # A role publishes, which is so without a queue too.
        let_account_use_through(self, self.key, *TOPICS_AND_QUEUES)
        self.topic = sns.Topic(self, "Topic", topic_name=name, master_key=self.key)
        queues = TopicQueues(
            scope=self, name=name, topic=self.topic, key=self.key, removal_policy=removal_policy
        )
        queues.deny_without_tls()
        self.queue: sqs.Queue | None = None
        if receivers.queue:
            queues.let_sns_fill(name)
            self.queue = queues.queue(
                retention_period=cdk.Duration.days(DEAD_LETTER_RETENTION_DAYS),
                dead_letter_queue=sqs.DeadLetterQueue(queue=dead_letter_queue, max_receive_count=_TRIES),
            )
            own = QueueSubscriber(queue_arn=self.queue.queue_arn, raw=True)
            self._subscribe("Subscription", own, dead_letter_queue)
        for subscriber in receivers.subscribers:
            self._subscribe(subscription_id(self, subscriber), subscriber, dead_letter_queue)

    def _subscribe(self, construct_id: str, subscriber: Subscriber, dead_letters: sqs.IQueue) -> None:
        subscribe(
            self,
            construct_id,
            subscriber,
            topic_arn=self.topic.topic_arn,
            dead_letter_queue_arn=dead_letters.queue_arn,
        )
