"""Where alarms are told: one encrypted topic that CloudWatch's alarms of this account may publish to.

A user gets a topic with a known name, so that alarms of any stack find it; its KMS key, rotated;
subscriptions for inboxes, web hooks and queues; and, as soon as there is a subscriber, a dead-letter queue
for what it did not take. With `for_budgets` AWS Budgets may publish too. All of it goes with the stack: an
alarm that nobody took is told by its state.

What a person must still do: confirm each e-mail subscription within three days by its link.

Example::

    topic = AlarmTopic(
        stack, "Alarms", topic_name="prod-alarms", subscribers=[EmailSubscriber(address="ops@example.com")]
    )
    ReputationAlarms(stack, "Account", alarm_actions=topic.alarm_actions)
"""

from collections.abc import Sequence
from typing import Final

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sns as sns
from constructs import Construct

from constructs_lib.encryption_key import encryption_key, let_use
from constructs_lib.errors import ConfigurationError
from constructs_lib.events.feedback import require_key_arn
from constructs_lib.events.feedback_key import USE
from constructs_lib.events.subscribers import Subscriber, first_repeated
from constructs_lib.events.topic_queues import TopicQueues
from constructs_lib.events.topic_subscriptions import subscribe, subscription_id
from constructs_lib.monitoring.topic_arns import require_topic_name

CLOUDWATCH: Final = "cloudwatch.amazonaws.com"
BUDGETS: Final = "budgets.amazonaws.com"


class AlarmTopic(Construct):
    """A topic for alarms, and who hears them.

    Args:
        scope: Parent construct.
        construct_id: Id below the parent.
        topic_name: 1 to 76 letters, digits, hyphens and underscores: the dead-letter queue is
            ``<topic_name>-dlq``, of at most 80.
        subscribers: Who is told, each once. Default: nobody; others subscribe by the name.
        for_budgets: Whether AWS Budgets of this account may publish. Default: no.
        existing_key_arn: A customer managed key in this Region that exists already. Default: one is made.

    Raises:
        ConfigurationError: ``alarm-topic-invalid``, ``encryption-key-unusable``.

    Attributes:
        topic: The topic.
        dead_letter_queue: None without subscribers.
        alarm_actions: For the alarms.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        topic_name: str,
        subscribers: Sequence[Subscriber] = (),
        for_budgets: bool = False,
        existing_key_arn: str | None = None,
    ) -> None:
        require_topic_name(topic_name, option="topic_name")
        repeated = first_repeated(subscribers)
        if repeated is not None:
            raise ConfigurationError(
                "alarm-topic-invalid",
                option="subscribers",
                rule="each once, or SNS tells it twice.",
                got=repeated,
                fix="drop the repetition",
            )
        if existing_key_arn is not None:
            require_key_arn(existing_key_arn, region=cdk.Stack.of(scope).region)
        super().__init__(scope, construct_id)
        stack = cdk.Stack.of(self)
        self.key = encryption_key(
            self,
            "Key",
            description=f"Alarms of the topic {topic_name}",
            existing_key_arn=existing_key_arn,
            removal_policy=cdk.RemovalPolicy.DESTROY,
        )
        self.topic = sns.Topic(self, "Topic", topic_name=topic_name, master_key=self.key)
        alarms = stack.format_arn(
            service="cloudwatch",
            resource="alarm",
            resource_name="*",
            arn_format=cdk.ArnFormat.COLON_RESOURCE_NAME,
        )
        self._let_publish("CloudWatchAlarms", CLOUDWATCH, alarms)
        if for_budgets:
            budgets = stack.format_arn(service="budgets", region="", resource="*")
            self._let_publish("Budgets", BUDGETS, budgets)
        queues = TopicQueues(
            scope=self,
            name=topic_name,
            topic=self.topic,
            key=self.key,
            removal_policy=cdk.RemovalPolicy.DESTROY,
        )
        queues.deny_without_tls()
        self.dead_letter_queue = queues.dead_letters(has_source=False) if subscribers else None
        if self.dead_letter_queue is not None:
            queues.let_sns_fill(topic_name)
            for subscriber in subscribers:
                subscribe(
                    self,
                    subscription_id(self, subscriber),
                    subscriber,
                    topic_arn=self.topic.topic_arn,
                    dead_letter_queue_arn=self.dead_letter_queue.queue_arn,
                ).node.add_dependency(*queues.policies)
        self.alarm_actions: list[cloudwatch.IAlarmAction] = [actions.SnsAction(self.topic)]

    def _let_publish(self, sid: str, service: str, source_arn: str) -> None:
        """A service publishes, and uses the key for it, for sources of this account.

        CloudWatch User Guide, Notifying users on alarm changes; Cost Management User Guide, Creating an SNS
        topic for budget notifications; SNS Developer Guide, key management.
        """
        principal = iam.ServicePrincipal(
            service,
            conditions={
                "StringEquals": {"aws:SourceAccount": cdk.Stack.of(self).account},
                "ArnLike": {"aws:SourceArn": source_arn},
            },
        )
        self.topic.add_to_resource_policy(
            iam.PolicyStatement(
                sid=sid, principals=[principal], actions=["sns:Publish"], resources=[self.topic.topic_arn]
            )
        )
        let_use(
            self,
            self.key,
            iam.PolicyStatement(sid=sid, principals=[principal], actions=list(USE), resources=["*"]),
        )
