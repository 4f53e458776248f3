"""One kind of feedback: its topic, and what happens to an event that is published to it.

Resources: a topic and its policy; a queue where one is asked for; a dead-letter queue as soon as anything is
behind the topic, for what a consumer could not read and what a subscriber did not take.
"""

from collections.abc import Mapping, Sequence

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from constructs_lib.errors import ConfigurationError
from constructs_lib.events.feedback import FeedbackTopic
from constructs_lib.events.feedback_key import SES, from_configuration_set
from constructs_lib.events.subscribers import QueueSubscriber, Subscriber
from constructs_lib.events.topic_queues import TopicQueues
from constructs_lib.events.topic_subscriptions import subscribe, subscription_id


class FeedbackChannel(Construct):
    """An encrypted topic that one configuration set publishes to, and its queues.

    Args:
        scope: Parent construct.
        construct_id: Id below the parent.
        topic: What to build.
        topic_name: Name of the topic and its queue.
        key: Encrypts all of it; its policy lets SES and SNS use it.
        configuration_set_arn: Who may publish.
        removal_policy: Of the queues, which hold events.

    Attributes:
        topic: The topic.
        queue: Its queue, or none.
        dead_letter_queue: None while nothing is behind the topic.
        receivers: What must be there before the first event, so that none is lost.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        topic: FeedbackTopic,
        topic_name: str,
        key: kms.IKey,
        configuration_set_arn: str,
        removal_policy: cdk.RemovalPolicy,
    ) -> None:
        super().__init__(scope, construct_id)
        self._name = topic_name
        self.topic = sns.Topic(self, "Topic", topic_name=topic_name, master_key=key)
        self._let_only_ses_publish(configuration_set_arn)
        self._let_owners_subscribe(topic.subscribing_accounts(cdk.Stack.of(self).region))
        queues = TopicQueues(
            scope=self, name=topic_name, topic=self.topic, key=key, removal_policy=removal_policy
        )
        queues.deny_without_tls()
        self.receivers = queues.policies
        self.queue: sqs.Queue | None = None
        self.dead_letter_queue: sqs.Queue | None = None
        if topic.has_receivers:
            self.dead_letter_queue = queues.dead_letters(has_source=topic.queue is not None)
            if topic.queue is not None:
                self.queue = queues.queue(
                    visibility_timeout=cdk.Duration.seconds(topic.queue.visibility_timeout_seconds),
                    dead_letter_queue=sqs.DeadLetterQueue(
                        queue=self.dead_letter_queue, max_receive_count=topic.queue.max_receive_count
                    ),
                )
                own = QueueSubscriber(queue_arn=self.queue.queue_arn, raw=topic.queue.raw)
                self._subscribe("Subscription", own, self.dead_letter_queue)
            for subscriber in topic.subscribers:
                self._subscribe(subscription_id(self, subscriber), subscriber, self.dead_letter_queue)

    def grant_consume(self, grantee: iam.IGrantable) -> None:
        """Let somebody read, delete and decrypt what is in the queue.

        Raises:
            ConfigurationError: ``feedback-topics-invalid`` if it has none.
        """
        if self.queue is None:
            raise ConfigurationError(
                "feedback-topics-invalid",
                option=f"{self._name}: queue",
                rule="only a queue can be read.",
                got=None,
                fix="give its FeedbackTopic queue=FeedbackQueue()",
            )
        self.queue.grant_consume_messages(grantee)

    def _let_only_ses_publish(self, configuration_set_arn: str) -> None:
        self.topic.add_to_resource_policy(
            iam.PolicyStatement(
                sid="SesPublishesEvents",
                principals=[iam.ServicePrincipal(SES)],
                actions=["sns:Publish"],
                resources=[self.topic.topic_arn],
                conditions=from_configuration_set(self, configuration_set_arn),
            )
        )

    def _let_owners_subscribe(self, queues: Mapping[str, Sequence[str]]) -> None:
        for account, queue_arns in queues.items():
            self.topic.add_to_resource_policy(
                iam.PolicyStatement(
                    sid=f"Account{account}SubscribesItsQueues",
                    principals=[iam.AccountPrincipal(account)],
                    actions=["sns:Subscribe"],
                    resources=[self.topic.topic_arn],
                    conditions={"StringEquals": {"sns:Protocol": "sqs", "sns:Endpoint": list(queue_arns)}},
                )
            )

    def _subscribe(self, construct_id: str, subscriber: Subscriber, dead_letters: sqs.IQueue) -> None:
        self.receivers.append(
            subscribe(
                self,
                construct_id,
                subscriber,
                topic_arn=self.topic.topic_arn,
                dead_letter_queue_arn=dead_letters.queue_arn,
            )
        )
