"""One kind of feedback: its topic, and what happens to an event that is published to it.

Resources: a topic and its policy; a queue where one is asked for; a dead-letter queue as soon as anything is
behind the topic, for what a consumer could not read and what a subscriber did not take.
"""

from collections.abc import Iterator, Mapping, Sequence

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from constructs import Construct, IDependable

from constructs_lib.errors import ConfigurationError
from constructs_lib.events.feedback import FeedbackTopic
from constructs_lib.events.feedback_key import SES, from_configuration_set
from constructs_lib.events.subscribers import QueueSubscriber, Subscriber
from constructs_lib.events.topic_queues import TopicQueues
from constructs_lib.events.topic_subscriptions import subscribe, subscription_id
from constructs_lib.owner_statements import print_owner_statement


class FeedbackChannel(Construct):
    """An encrypted topic that one configuration set publishes to, and its queues.

    Args:
        scope: Parent construct.
        construct_id: Id below the parent.
        topic: What to build.
        name: Name of the queue, and of a topic that is made.
        existing_topic_arn: A topic that exists already. Default: one is made.
        key: Encrypts all of it; its policy lets SES and SNS use it. None where nothing is encrypted here.
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
        name: str,
        existing_topic_arn: str | None,
        key: kms.IKey | None,
        configuration_set_arn: str,
        removal_policy: cdk.RemovalPolicy,
    ) -> None:
        super().__init__(scope, construct_id)
        self._name = name
        self.topic: sns.ITopic = (
            sns.Topic(self, "Topic", topic_name=name, master_key=key)
            if existing_topic_arn is None
            else sns.Topic.from_topic_arn(self, "Topic", existing_topic_arn)
        )
        statements = [
            self._publish_statement(configuration_set_arn),
            *self._subscribe_statements(topic.subscribing_accounts),
        ]
        queues: TopicQueues | None = None
        if key is not None:
            queues = TopicQueues(
                scope=self, name=name, topic=self.topic, key=key, removal_policy=removal_policy
            )
        if existing_topic_arn is not None:
            for statement in statements:
                print_owner_statement(
                    self, f"TopicPolicy{statement.sid}", policy_of=existing_topic_arn, statement=statement
                )
        elif queues is not None:
            for statement in statements:
                self.topic.add_to_resource_policy(statement)
            queues.deny_without_tls()
        self.receivers: list[IDependable] = [] if queues is None else queues.policies
        self.queue: sqs.Queue | None = None
        self.dead_letter_queue: sqs.Queue | None = None
        if topic.has_receivers and queues is not None:
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

    def _publish_statement(self, configuration_set_arn: str) -> iam.PolicyStatement:
        return iam.PolicyStatement(
            sid="SesPublishesEvents",
            principals=[iam.ServicePrincipal(SES)],
            actions=["sns:Publish"],
            resources=[self.topic.topic_arn],
            conditions=from_configuration_set(self, configuration_set_arn),
        )

    def _subscribe_statements(self, queues: Mapping[str, Sequence[str]]) -> Iterator[iam.PolicyStatement]:
        for account, queue_arns in queues.items():
            yield iam.PolicyStatement(
                sid=f"Account{account}SubscribesItsQueues",
                principals=[iam.AccountPrincipal(account)],
                actions=["sns:Subscribe"],
                resources=[self.topic.topic_arn],
                conditions={"StringEquals": {"sns:Protocol": "sqs", "sns:Endpoint": list(queue_arns)}},
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
