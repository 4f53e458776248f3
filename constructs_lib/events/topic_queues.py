"""The queues behind an encrypted topic, and the policies that go with them. Part of other constructs.

Only the topic may send to them, over TLS, and its key encrypts them (SNS Developer Guide, fanout to Amazon
SQS queues; encryption of a topic with an encrypted queue).
"""

from dataclasses import dataclass, field
from typing import Any, Final

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from constructs import Construct, IDependable

from constructs_lib.acknowledgments import acknowledge
from constructs_lib.encryption_key import TOPICS_AND_QUEUES, let_account_use_through, let_use
from constructs_lib.events.feedback_key import SNS, sns_fills_queues

DEAD_LETTER_RETENTION_DAYS: Final = 14
"""The longest that SQS has; age counts on from the first queue."""

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


def deny_without_tls(topic: sns.ITopic) -> iam.AddToResourcePolicyResult:
    """Deny a topic to whoever comes without TLS; the L2's enforce_ssl denies publishing only."""
    return topic.add_to_resource_policy(
        iam.PolicyStatement(
            sid="TlsOnly",
            effect=iam.Effect.DENY,
            principals=[iam.StarPrincipal()],
            actions=list(TOPIC_ACTIONS),
            resources=[topic.topic_arn],
            conditions={"Bool": {"aws:SecureTransport": "false"}},
        )
    )


@dataclass(frozen=True, kw_only=True)
class TopicQueues:
    """Makes the queues of one topic.

    Attributes:
        scope: What they are made in; ``Queue``, ``DeadLetters`` and ``Source`` are taken there.
        name: The queue's name; that of the dead-letter queue is ``<name>-dlq``.
        topic: The topic.
        key: The topic's key.
        removal_policy: Of the queues.
        policies: What must be there before the topic announces anything; it grows.
    """

    scope: Construct
    name: str
    topic: sns.ITopic
    key: kms.IKey
    removal_policy: cdk.RemovalPolicy
    policies: list[IDependable] = field(default_factory=list)

    def deny_without_tls(self) -> None:
        """Deny the topic to whoever comes without TLS."""
        self._wait_for(deny_without_tls(self.topic))

    def let_sns_fill(self, topic_name: str) -> None:
        """Let SNS use the key for the queues; by the topic's name, because the topic refers to the key."""
        topic_arn = cdk.Stack.of(self.scope).format_arn(service="sns", resource=topic_name)
        let_use(self.scope, self.key, sns_fills_queues([topic_arn]))

    def dead_letters(self, *, has_source: bool = True) -> sqs.Queue:
        """The dead-letter queue, of the subscriptions and, unless there is none, of the queue."""
        allow = sqs.RedriveAllowPolicy(redrive_permission=sqs.RedrivePermission.DENY_ALL)
        if has_source:
            # By name: the queue itself refers to this one.
            arn = cdk.Stack.of(self.scope).format_arn(service="sqs", resource=self.name)
            source = sqs.Queue.from_queue_arn(self.scope, "Source", arn)
            allow = sqs.RedriveAllowPolicy(source_queues=[source])
        queue = self._encrypted(
            "DeadLetters",
            queue_name=f"{self.name}-dlq",
            retention_period=cdk.Duration.days(DEAD_LETTER_RETENTION_DAYS),
            redrive_allow_policy=allow,
        )
        reason = "It is the dead-letter queue itself, of the topic's subscriptions too."
        acknowledge(queue, {"SQS3": reason}, packs=["AwsSolutions"])
        acknowledge(queue, {"SQSRedrivePolicy": reason}, packs=["Serverless"])
        return queue

    def queue(self, **options: Any) -> sqs.Queue:  # noqa: ANN401 - passed on
        """The queue, with options of `sqs.Queue`."""
        return self._encrypted("Queue", queue_name=self.name, **options)

    def _encrypted(self, construct_id: str, **options: Any) -> sqs.Queue:  # noqa: ANN401 - passed on
        # Whoever reads it, a role of ours or one with a grant.
        let_account_use_through(self.scope, self.key, *TOPICS_AND_QUEUES)
        queue = sqs.Queue(
            self.scope,
            construct_id,
            encryption=sqs.QueueEncryption.KMS,
            encryption_master_key=self.key,
            enforce_ssl=True,
            removal_policy=self.removal_policy,
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

    def _wait_for(self, added: iam.AddToResourcePolicyResult) -> None:
        if added.policy_dependable is not None:
            self.policies.append(added.policy_dependable)
