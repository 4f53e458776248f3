"""What an environment says about feedback: who learns what became of the mail. Nothing here loads the CDK."""

from dataclasses import dataclass

from constructs_lib.events.event_destinations import (
    CloudWatchDestination,
    EventBridgeDestination,
    FirehoseDestination,
)
from constructs_lib.events.feedback import FeedbackTopic, require_topics


@dataclass(frozen=True, kw_only=True)
class MailFeedback:
    """The events of an environment's configuration set, in each of its Regions.

    Attributes:
        topics: SNS topics by kind, each kind once. Default: none.
        event_bridge: Default: nothing goes to EventBridge.
        firehose: Default: nothing goes to Firehose.
        cloud_watch: Default: no metrics by dimension.

    Raises:
        ConfigurationError: ``feedback-topics-invalid``.
    """

    topics: tuple[FeedbackTopic, ...] = ()
    event_bridge: EventBridgeDestination | None = None
    firehose: FirehoseDestination | None = None
    cloud_watch: CloudWatchDestination | None = None

    def __post_init__(self) -> None:
        require_topics(self.topics)

    @property
    def publishes(self) -> bool:
        """Whether any event goes anywhere."""
        others = (self.event_bridge, self.firehose, self.cloud_watch)
        return bool(self.topics) or any(other is not None for other in others)
