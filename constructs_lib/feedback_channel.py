"""One kind of feedback: its topic, and what happens to an event that is published to it.

Resources: a topic and its policy; a queue where one is asked for; a dead-letter queue as soon as anything is
behind the topic, for what a consumer could not read and what a subscriber did not take.
"""

import json
from typing import Any, Final

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from constructs import Construct, IDependable

from constructs_lib.feedback import FeedbackQueue, FeedbackTopic
from constructs_lib.feedback_key import SES, SNS
from constructs_lib.subscribers import EmailSubscriber, HttpsSubscriber, QueueSubscriber, Subscriber

HTTPS_RETRIES: Final = {
    "numRetries": 20,
    "minDelayTarget": 5,
    "maxDelayTarget": 600,
    "backoffFunction": "exponential",
}
"""About 45 minutes; SNS allows an hour in all (SNS Developer Guide, message delivery retries)."""

_TOPIC_ACTIONS: Final = (
    "sns:AddPermission",
    "sns:DeleteTopic",
    "sns:GetTopicAttributes",
    "sns:ListSubscriptionsByTopic",
    "sns:Publish",
    "sns:RemovePermission",
    "sns:SetTopicAttributes",
    "sns:Subscribe",
)
"""Every action that a topic policy can name; SNS refuses a wildcard there."""


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
        self.topic = sns.Topic(self, "Topic", topic_name=topic_name, master_key=key)
        self.receivers: list[IDependable] = []
        self._allow_publish(configuration_set_arn)
        self.queue: sqs.Queue | None = None
        self.dead_letter_queue: sqs.Queue | None = None
        if topic.queue is not None or topic.subscribers:
            self.dead_letter_queue = self._dead_letter_queue(of_a_queue=topic.queue is not None)
        if topic.queue is not None:
            self.queue = self._queue(topic.queue)
            self._subscribe("Subscription", "sqs", self.queue.queue_arn, raw_message_delivery=topic.queue.raw)
        for subscriber in topic.subscribers:
            self._subscribe_other(subscriber)

    def _allow_publish(self, configuration_set_arn: str) -> None:
        stack = cdk.Stack.of(self)
        self.topic.add_to_resource_policy(
            iam.PolicyStatement(
                sid="SesPublishesEvents",
                principals=[iam.ServicePrincipal(SES)],
                actions=["sns:Publish"],
                resources=[self.topic.topic_arn],
                conditions={
                    "StringEquals": {
                        "aws:SourceAccount": stack.account,
                        "aws:SourceArn": configuration_set_arn,
                    }
                },
            )
        )
        # The L2's enforce_ssl would deny publishing only.
        added = self.topic.add_to_resource_policy(
            iam.PolicyStatement(
                sid="TlsOnly",
                effect=iam.Effect.DENY,
                principals=[iam.StarPrincipal()],
                actions=list(_TOPIC_ACTIONS),
                resources=[self.topic.topic_arn],
                conditions={"Bool": {"aws:SecureTransport": "false"}},
            )
        )
        self._wait_for(added)

    def _queue(self, options: FeedbackQueue) -> sqs.Queue:
        dead_letters = self.dead_letter_queue
        return self._encrypted_queue(
            "Queue",
            queue_name=self._name,
            visibility_timeout=cdk.Duration.seconds(options.visibility_timeout_seconds),
            dead_letter_queue=dead_letters
            and sqs.DeadLetterQueue(queue=dead_letters, max_receive_count=options.max_receive_count),
        )

    def _dead_letter_queue(self, *, of_a_queue: bool) -> sqs.Queue:
        allow = sqs.RedriveAllowPolicy(redrive_permission=sqs.RedrivePermission.DENY_ALL)
        if of_a_queue:
            # By name: the queue itself refers to this one.
            arn = cdk.Stack.of(self).format_arn(service="sqs", resource=self._name)
            source = sqs.Queue.from_queue_arn(self, "Source", arn)
            allow = sqs.RedriveAllowPolicy(source_queues=[source])
        queue = self._encrypted_queue(
            "DeadLetters",
            queue_name=f"{self._name}-dlq",
            retention_period=cdk.Duration.days(14),
            redrive_allow_policy=allow,
        )
        for rule in ("Serverless-SQSRedrivePolicy", "AwsSolutions-SQS3"):
            cdk.Validations.of(queue).acknowledge(
                cdk.Acknowledgment(
                    id=rule, reason="It is the dead-letter queue, of the topic's subscriptions as well."
                )
            )
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
        added = queue.add_to_resource_policy(
            iam.PolicyStatement(
                sid="OnlyThisTopicSends",
                principals=[iam.ServicePrincipal(SNS)],
                actions=["sqs:SendMessage"],
                resources=[queue.queue_arn],
                conditions={"ArnEquals": {"aws:SourceArn": self.topic.topic_arn}},
            )
        )
        self._wait_for(added)
        return queue

    def _wait_for(self, added: iam.AddToResourcePolicyResult) -> None:
        if added.policy_dependable is not None:
            self.receivers.append(added.policy_dependable)

    def _subscribe_other(self, subscriber: Subscriber) -> None:
        match subscriber:
            case EmailSubscriber(address=address):
                self._subscribe(self._id_of("Email", address), "email", address)
            case HttpsSubscriber(url=url):
                policy = {"healthyRetryPolicy": HTTPS_RETRIES}
                self._subscribe(self._id_of("Https", url), "https", url, delivery_policy=policy)
            case QueueSubscriber(queue_arn=arn, raw=raw):
                self._subscribe(self._id_of("Sqs", arn), "sqs", arn, raw_message_delivery=raw)

    def _id_of(self, protocol: str, endpoint: str) -> str:
        """The endpoint is part of the id, so that a further subscriber renames nothing."""
        resolved = cdk.Stack.of(self).resolve(endpoint)
        text = resolved if isinstance(resolved, str) else json.dumps(resolved, sort_keys=True)
        # Without braces: CloudFormation would look for a secret in the path that the CDK writes beside it.
        return f"{protocol} {text.strip('{}')}".replace("/", "|")

    def _subscribe(self, construct_id: str, protocol: str, endpoint: str, **options: Any) -> None:  # noqa: ANN401
        dead_letters = self.dead_letter_queue
        subscription = sns.CfnSubscription(
            self,
            construct_id,
            topic_arn=self.topic.topic_arn,
            protocol=protocol,
            endpoint=endpoint,
            redrive_policy=dead_letters and {"deadLetterTargetArn": dead_letters.queue_arn},
            **options,
        )
        self.receivers.append(subscription)
