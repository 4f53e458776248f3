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
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_ses as ses
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from constructs_lib.event_destinations import (
    CloudWatchDestination,
    EventBridgeDestination,
    FirehoseDestination,
    require_stream_region,
)
from constructs_lib.feedback import Feedback, FeedbackTopic, SendingEvent, require_key_arn, require_topics
from constructs_lib.feedback_channel import FeedbackChannel
from constructs_lib.feedback_key import SES, created_key, service_statements, used_key
from constructs_lib.sending_profile import (
    SendingProfile,
    configuration_set_arn,
    require_configuration_set_name,
)


class FeedbackTopics(Construct):
    """Topics and other destinations for the events of one configuration set.

    Args:
        scope: Parent construct.
        construct_id: Id below the parent.
        configuration_set: The sending profile whose events are published; the destinations are created
            after it. A name stands for a configuration set that exists already.
        topics: Kinds of feedback, each once. Topic and queue are named ``<configuration set>-<kind>``.
        key_arn: A customer managed key of your own for all of it. Default: one is made, and rotated.
        event_bridge: Default: nothing goes to EventBridge.
        firehose: Default: nothing goes to Firehose.
        cloud_watch: Default: no metrics by dimension; the account's reputation metrics exist without it.
        removal_policy: Of key and queues. Default: they are kept; a failed creation is cleaned up.

    Attributes:
        key: The key.
        key_statements: What its policy must allow; a made key has them.
        topics: The topics by kind.
        queues: The queues by kind.
        dead_letter_queues: The dead-letter queues by kind.

    Raises:
        ConfigurationError: ``feedback-topics-invalid``, ``encryption-key-unusable``,
            ``event-destination-invalid``, ``configuration-set-name-invalid``; raised before anything is built.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        configuration_set: SendingProfile | str,
        topics: Sequence[FeedbackTopic],
        key_arn: str | None = None,
        event_bridge: EventBridgeDestination | None = None,
        firehose: FirehoseDestination | None = None,
        cloud_watch: CloudWatchDestination | None = None,
        removal_policy: cdk.RemovalPolicy = cdk.RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    ) -> None:
        stack = cdk.Stack.of(scope)
        self._profile = configuration_set if isinstance(configuration_set, SendingProfile) else None
        self._name = (
            configuration_set.configuration_set_name
            if isinstance(configuration_set, SendingProfile)
            else require_configuration_set_name(configuration_set, option="configuration_set")
        )
        require_topics(topics)
        if key_arn is not None:
            require_key_arn(key_arn, region=stack.region)
        if firehose is not None:
            require_stream_region(firehose, region=stack.region, account=stack.account)

        super().__init__(scope, construct_id)
        self._configuration_set_arn = configuration_set_arn(self, self._name)
        self.key_statements = service_statements(
            self,
            configuration_set_arn=self._configuration_set_arn,
            # By name: the topics themselves refer to the key.
            topic_arns=[
                stack.format_arn(service="sns", resource=self._name_of(topic.kind))
                for topic in topics
                if topic.queue is not None or topic.subscribers
            ],
        )
        self.key = self._key(key_arn, removal_policy)
        channels = {topic.kind: self._channel(topic, removal_policy) for topic in topics}
        self.topics: dict[Feedback, sns.Topic] = {kind: channel.topic for kind, channel in channels.items()}
        self.queues: dict[Feedback, sqs.Queue] = {
            kind: channel.queue for kind, channel in channels.items() if channel.queue
        }
        self.dead_letter_queues: dict[Feedback, sqs.Queue] = {
            kind: channel.dead_letter_queue for kind, channel in channels.items() if channel.dead_letter_queue
        }
        if event_bridge is not None:
            self._publish_to_event_bridge(event_bridge)
        if firehose is not None:
            self._publish_to_firehose(firehose)
        if cloud_watch is not None:
            self._publish_to_cloud_watch(cloud_watch)

    def grant_consume(self, kind: Feedback, grantee: iam.IGrantable) -> None:
        """Let somebody read, delete and decrypt what is in the queue of one kind.

        Raises:
            KeyError: that kind has no queue.
        """
        self.queues[kind].grant_consume_messages(grantee)

    def _name_of(self, kind: Feedback) -> str:
        return f"{self._name}-{kind}"

    def _key(self, key_arn: str | None, removal_policy: cdk.RemovalPolicy) -> kms.IKey:
        if key_arn is not None:
            return used_key(self, "Key", key_arn=key_arn, statements=self.key_statements)
        return created_key(
            self,
            "Key",
            configuration_set_name=self._name,
            statements=self.key_statements,
            removal_policy=removal_policy,
        )

    def _channel(self, topic: FeedbackTopic, removal_policy: cdk.RemovalPolicy) -> FeedbackChannel:
        channel = FeedbackChannel(
            self,
            topic.kind.capitalize(),
            topic=topic,
            topic_name=self._name_of(topic.kind),
            key=self.key,
            configuration_set_arn=self._configuration_set_arn,
            removal_policy=removal_policy,
        )
        destination = self._publish(
            topic.kind,
            topic.kind.events,
            sns_destination=ses.CfnConfigurationSetEventDestination.SnsDestinationProperty(
                topic_arn=channel.topic.topic_arn
            ),
        )
        # SES tries the topic at once, so its policy comes first; so do its subscriptions, or events are lost.
        destination.node.add_dependency(*channel.receivers)
        return channel

    def _publish(
        self,
        name: str,
        events: Sequence[SendingEvent],
        **target: Any,  # noqa: ANN401 - one property of the destination
    ) -> ses.CfnConfigurationSetEventDestination:
        destination = ses.CfnConfigurationSetEventDestination(
            self,
            f"{''.join(map(str.capitalize, name.split('-')))}Events",
            configuration_set_name=self._name,
            event_destination=ses.CfnConfigurationSetEventDestination.EventDestinationProperty(
                name=name, enabled=True, matching_event_types=[str(event) for event in events], **target
            ),
        )
        if self._profile is not None:
            destination.node.add_dependency(self._profile)
        return destination

    def _publish_to_event_bridge(self, destination: EventBridgeDestination) -> None:
        bus = cdk.Stack.of(self).format_arn(service="events", resource="event-bus", resource_name="default")
        self._publish(
            "event-bridge",
            destination.events,
            event_bridge_destination=ses.CfnConfigurationSetEventDestination.EventBridgeDestinationProperty(
                event_bus_arn=bus
            ),
        )

    def _publish_to_firehose(self, destination: FirehoseDestination) -> None:
        put = iam.ManagedPolicy(
            self,
            "FirehosePolicy",
            statements=[
                iam.PolicyStatement(
                    actions=["firehose:PutRecordBatch"], resources=[destination.delivery_stream_arn]
                )
            ],
        )
        role = iam.Role(
            self,
            "FirehoseRole",
            assumed_by=iam.ServicePrincipal(
                SES,
                conditions={
                    "StringEquals": {
                        "aws:SourceAccount": cdk.Stack.of(self).account,
                        "aws:SourceArn": self._configuration_set_arn,
                    }
                },
            ),
            managed_policies=[put],
        )
        self._publish(
            "firehose",
            destination.events,
            kinesis_firehose_destination=(
                ses.CfnConfigurationSetEventDestination.KinesisFirehoseDestinationProperty(
                    delivery_stream_arn=destination.delivery_stream_arn, iam_role_arn=role.role_arn
                )
            ),
        )

    def _publish_to_cloud_watch(self, destination: CloudWatchDestination) -> None:
        self._publish(
            "cloud-watch",
            destination.events,
            cloud_watch_destination=ses.CfnConfigurationSetEventDestination.CloudWatchDestinationProperty(
                dimension_configurations=[
                    ses.CfnConfigurationSetEventDestination.DimensionConfigurationProperty(
                        dimension_name=dimension.name,
                        dimension_value_source=dimension.source,
                        default_dimension_value=dimension.default,
                    )
                    for dimension in destination.dimensions
                ]
            ),
        )
