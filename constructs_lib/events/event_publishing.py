"""The event destinations of a configuration set: what makes SES publish.

At most 10 belong to one configuration set (SES quotas; cannot be raised). All that `FeedbackTopics` offers
together are 7, and `EventCounts` adds one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_ses as ses
from constructs import Construct, IDependable

from constructs_lib.events.event_destinations import (
    CloudWatchDestination,
    EventBridgeDestination,
    FirehoseDestination,
)
from constructs_lib.events.feedback import SendingEvent
from constructs_lib.events.feedback_key import SES, from_configuration_set

_Destination = ses.CfnConfigurationSetEventDestination


@dataclass(frozen=True, kw_only=True)
class EventPublishing:
    """Adds event destinations to one configuration set.

    Attributes:
        scope: Parent of the resources.
        configuration_set_name: The configuration set.
        configuration_set_arn: Its ARN.
        after: What makes the configuration set; nothing if it exists already.
    """

    scope: Construct
    configuration_set_name: str
    configuration_set_arn: str
    after: Sequence[IDependable] = ()

    def to_topic(
        self, name: str, events: Sequence[SendingEvent], *, topic_arn: str, after: Sequence[IDependable]
    ) -> None:
        """To an SNS topic. SES tries it at once, so whatever the topic needs comes before, as ``after``."""
        target = _Destination.SnsDestinationProperty(topic_arn=topic_arn)
        destination = self._add(name, events, sns_destination=target)
        destination.node.add_dependency(*after)

    def to_event_bridge(self, destination: EventBridgeDestination) -> None:
        """To the default bus."""
        bus = cdk.Stack.of(self.scope).format_arn(
            service="events", resource="event-bus", resource_name="default"
        )
        target = _Destination.EventBridgeDestinationProperty(event_bus_arn=bus)
        self._add("event-bridge", destination.events, event_bridge_destination=target)

    def to_firehose(self, destination: FirehoseDestination) -> None:
        """To a delivery stream, with a role that only SES for this configuration set may take."""
        stream_arn = cdk.Stack.of(self.scope).format_arn(
            service="firehose", resource="deliverystream", resource_name=destination.delivery_stream_name
        )
        put = iam.PolicyStatement(actions=["firehose:PutRecordBatch"], resources=[stream_arn])
        service = iam.ServicePrincipal(
            SES, conditions=from_configuration_set(self.scope, self.configuration_set_arn)
        )
        role = iam.Role(
            self.scope,
            "FirehoseRole",
            assumed_by=service,
            managed_policies=[iam.ManagedPolicy(self.scope, "FirehosePolicy", statements=[put])],
        )
        target = _Destination.KinesisFirehoseDestinationProperty(
            delivery_stream_arn=stream_arn, iam_role_arn=role.role_arn
        )
        self._add("firehose", destination.events, kinesis_firehose_destination=target)

    def to_cloud_watch(self, destination: CloudWatchDestination, *, name: str = "cloud-watch") -> None:
        """To CloudWatch metrics, by a destination of this name."""
        dimensions = [
            _Destination.DimensionConfigurationProperty(
                dimension_name=dimension.name,
                dimension_value_source=dimension.source,
                default_dimension_value=dimension.default,
            )
            for dimension in destination.dimensions
        ]
        target = _Destination.CloudWatchDestinationProperty(dimension_configurations=dimensions)
        self._add(name, destination.events, cloud_watch_destination=target)

    def _add(
        self,
        name: str,
        events: Sequence[SendingEvent],
        **target: Any,  # noqa: ANN401 - the one target of a destination
    ) -> ses.CfnConfigurationSetEventDestination:
        destination = _Destination(
            self.scope,
            "".join(map(str.capitalize, name.split("-"))) + "Events",
            configuration_set_name=self.configuration_set_name,
            event_destination=_Destination.EventDestinationProperty(
                name=name, enabled=True, matching_event_types=[str(event) for event in events], **target
            ),
        )
        destination.node.add_dependency(*self.after)
        return destination
