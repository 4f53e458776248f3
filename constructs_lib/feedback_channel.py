"""One kind of feedback: its topic, and what happens to an event that is published to it.

Resources: a topic and its policy; a queue where one is asked for; a dead-letter queue as soon as anything is
behind the topic, for what a consumer could not read and what a subscriber did not take.
"""

from typing import Any, Final

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from constructs import Construct, IDependable

from constructs_lib.acknowledgments import acknowledge
from constructs_lib.errors import ConfigurationError
from constructs_lib.feedback import FeedbackQueue, FeedbackTopic
from constructs_lib.feedback_key import SES, SNS, from_configuration_set
from constructs_lib.subscribers import QueueSubscriber, Subscriber
from constructs_lib.topic_subscriptions import subscribe, subscription_id

DEAD_LETTER_RETENTION: Final = cdk.Duration.days(14)
"""The longest that SQS has; queues keep the default of 4 days, since age counts on from the first queue."""

TOPIC_ACTIONS: Final = (
    "sns:AddPermission",
    "sns:DeleteTopic",
    "sns:GetTopicAttributes",
    "sns:ListSubscriptionsByTopic",
    "sns:Publish",
    "sns:RemovePermission",
    "sns:SetTopicAttributes",
    "sns:Subscribe",
)
"""What a topic policy can deny; a wildcard is out of its scope."""


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
        self._key = key
        self._removal_policy = removal_policy
        self.receivers: list[IDependable] = []
        self.topic = sns.Topic(self, "Topic", topic_name=topic_name, master_key=key)
        self._let_only_ses_publish(configuration_set_arn)
        self.queue: sqs.Queue | None = None
        self.dead_letter_queue: sqs.Queue | None = None
        if topic.has_receivers:
            self.dead_letter_queue = self._dead_letter_queue(has_source=topic.queue is not None)
            if topic.queue is not None:
                self.queue = self._queue(topic.queue, self.dead_letter_queue)
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
        # The L2's enforce_ssl denies publishing only.
        self._wait_for(
            self.topic.add_to_resource_policy(
                iam.PolicyStatement(
                    sid="TlsOnly",
                    effect=iam.Effect.DENY,
                    principals=[iam.StarPrincipal()],
                    actions=list(TOPIC_ACTIONS),
                    resources=[self.topic.topic_arn],
                    conditions={"Bool": {"aws:SecureTransport": "false"}},
                )
            )
        )

    def _queue(self, options: FeedbackQueue, dead_letters: sqs.IQueue) -> sqs.Queue:
        return self._encrypted_queue(
            "Queue",
            queue_name=self._name,
            visibility_timeout=cdk.Duration.seconds(options.visibility_timeout_seconds),
            dead_letter_queue=sqs.DeadLetterQueue(
                queue=dead_letters, max_receive_count=options.max_receive_count
            ),
        )

    def _dead_letter_queue(self, *, has_source: bool) -> sqs.Queue:
        allow = sqs.RedriveAllowPolicy(redrive_permission=sqs.RedrivePermission.DENY_ALL)
        if has_source:
            # By name: the queue itself refers to this one.
            arn = cdk.Stack.of(self).format_arn(service="sqs", resource=self._name)
            allow = sqs.RedriveAllowPolicy(source_queues=[sqs.Queue.from_queue_arn(self, "Source", arn)])
        queue = self._encrypted_queue(
            "DeadLetters",
            queue_name=f"{self._name}-dlq",
            retention_period=DEAD_LETTER_RETENTION,
            redrive_allow_policy=allow,
        )
        reason = "It is the dead-letter queue itself, of the topic's subscriptions too."
        acknowledge(queue, {"SQS3": reason}, packs=["AwsSolutions"])
        acknowledge(queue, {"SQSRedrivePolicy": reason}, packs=["Serverless"])
        return queue

    def _encrypted_queue(self, construct_id: str, **options: Any) -> sqs.Queue:  # noqa: ANN401 - passed on
        queue = sqs.Queue(
            self,
            construct_id,
            encryption=sqs.QueueEncryption.KMS,
            encryption_master_key=self._key,
            enforce_ssl=True,
            removal_policy=self._removal_policy,
            **options,
        )
        self._wait_for(
            queue.add_to_resource_policy(
                iam.PolicyStatement(
                    sid="OnlyThisTopicSends",
                    principals=[iam.ServicePrincipal(SNS)],
                    actions=["sqs:SendMessage"],
                    resources=[queue.queue_arn],
                    conditions={"ArnEquals": {"aws:SourceArn": self.topic.topic_arn}},
                )
            )
        )
        return queue

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

    def _wait_for(self, added: iam.AddToResourcePolicyResult) -> None:
        if added.policy_dependable is not None:
            self.receivers.append(added.policy_dependable)
