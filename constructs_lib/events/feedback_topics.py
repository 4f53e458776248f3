"""What became of the mail: bounces, complaints, deliveries and failures, told once and encrypted.

A user gets, for one configuration set, an SNS topic for each kind of feedback asked for, one KMS key for all
of it, a queue where wanted, a dead-letter queue behind every topic that somebody listens to, and the event
destinations that make SES publish. EventBridge, Firehose and CloudWatch can be destinations too. Key and
queues stay when the stack is deleted, because they hold events; topics, subscriptions and destinations go.

What a person must still do: confirm each e-mail subscription within three days by its link, and, with a key
of their own, add the output statements to its policy.

Example::

    FeedbackTopics(
        stack, "Feedback", configuration_set=SendingProfile(...),
        topics=(FeedbackTopic(kind=Feedback.BOUNCE, queue=FeedbackQueue()),),
    )
"""

from collections.abc import Sequence

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from constructs_lib.encryption_key import encryption_key, let_use
from constructs_lib.errors import ConfigurationError
from constructs_lib.events.event_destinations import (
    CloudWatchDestination,
    EventBridgeDestination,
    FirehoseDestination,
)
from constructs_lib.events.event_publishing import EventPublishing
from constructs_lib.events.feedback import (
    Feedback,
    FeedbackTopic,
    require_key_arn,
    require_subscribing_region,
    require_topics,
)
from constructs_lib.events.feedback_channel import FeedbackChannel
from constructs_lib.events.feedback_key import service_statements
from constructs_lib.sending.configuration_set_name import require_configuration_set_name
from constructs_lib.sending.sending_profile import SendingProfile
from constructs_lib.ses_arns import configuration_set_arn


class FeedbackTopics(Construct):
    """Topics and other destinations for the events of one configuration set.

    Args:
        scope: Parent construct.
        construct_id: Id below the parent.
        configuration_set: The sending profile whose events are published; the destinations are created
            after it. A name stands for a configuration set that exists already.
        topics: Kinds of feedback, each once. Topic and queue are named ``<configuration set>-<kind>``.
            Default: none, for events that go elsewhere only.
        existing_key_arn: A customer managed key that exists already, for all of it. Default: one is made.
        event_bridge: Default: nothing goes to EventBridge.
        firehose: Default: nothing goes to Firehose.
        cloud_watch: Default: no metrics by dimension; the account's reputation metrics exist without it.
        removal_policy: Of key and queues. Default: they are kept; a failed creation is cleaned up.

    Attributes:
        key: The key; None where nothing is encrypted here.
        key_statements: What its policy must allow; a made key has them.
        channels: By kind of feedback its topic, queue and dead-letter queue.

    Raises:
        ConfigurationError: ``feedback-topics-invalid``, ``existing-resource-invalid``,
            ``encryption-key-unusable``, ``event-destination-invalid``, ``configuration-set-name-invalid``;
            before anything is built.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        configuration_set: SendingProfile | str,
        topics: Sequence[FeedbackTopic] = (),
        existing_key_arn: str | None = None,
        event_bridge: EventBridgeDestination | None = None,
        firehose: FirehoseDestination | None = None,
        cloud_watch: CloudWatchDestination | None = None,
        removal_policy: cdk.RemovalPolicy = cdk.RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    ) -> None:
        stack = cdk.Stack.of(scope)
        if isinstance(configuration_set, SendingProfile):
            name, after = configuration_set.configuration_set_name, [configuration_set]
        else:
            name, after = require_configuration_set_name(configuration_set, option="configuration_set"), []
        require_topics(topics)
        if not topics and not any((event_bridge, firehose, cloud_watch)):
            raise ConfigurationError(
                "feedback-topics-invalid",
                option="topics",
                rule="at least one topic or other destination, or no event is published.",
                got=topics,
                fix="add FeedbackTopic(kind=Feedback.BOUNCE, queue=FeedbackQueue())",
            )
        if existing_key_arn is not None:
            require_key_arn(existing_key_arn, region=stack.region)
        require_subscribing_region(topics, stack.region)
        existing = {topic.kind: topic.require_existing(stack.region, stack.account) for topic in topics}

        super().__init__(scope, construct_id)
        arn = configuration_set_arn(self, name)
        self.key_statements: Sequence[iam.PolicyStatement] = ()
        self.key: kms.IKey | None = None
        # A topic that exists has its owner's key; without a queue behind it nothing is encrypted here.
        if any(existing[topic.kind] is None or topic.has_receivers for topic in topics):
            self.key_statements = service_statements(
                self,
                configuration_set_arn=arn,
                # By name: the topics themselves refer to the key.
                topic_arns=[
                    existing[topic.kind]
                    or stack.format_arn(service="sns", resource=topic.kind.topic_name(name))
                    for topic in topics
                    if topic.has_receivers
                ],
            )
            self.key = encryption_key(
                self,
                "Key",
                description=f"Amazon SES: feedback of configuration set {name}",
                existing_key_arn=existing_key_arn,
                removal_policy=removal_policy,
            )
            for statement in self.key_statements:
                let_use(self, self.key, statement)
        self.channels: dict[Feedback, FeedbackChannel] = {
            topic.kind: FeedbackChannel(
                self,
                topic.kind.capitalize(),
                topic=topic,
                name=topic.kind.topic_name(name),
                existing_topic_arn=existing[topic.kind],
                key=self.key,
                configuration_set_arn=arn,
                removal_policy=removal_policy,
            )
            for topic in topics
        }
        publishing = EventPublishing(
            scope=self, configuration_set_name=name, configuration_set_arn=arn, after=after
        )
        for kind, channel in self.channels.items():
            publishing.to_topic(kind, kind.events, topic_arn=channel.topic.topic_arn, after=channel.receivers)
        if event_bridge is not None:
            publishing.to_event_bridge(event_bridge)
        if firehose is not None:
            publishing.to_firehose(firehose)
        if cloud_watch is not None:
            publishing.to_cloud_watch(cloud_watch)
