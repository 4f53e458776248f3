"""What an environment says about feedback: who learns what became of the mail. Nothing here loads the CDK."""

from dataclasses import dataclass

from constructs_lib.events.event_destinations import (
    CloudWatchDestination,
    EventBridgeDestination,
    FirehoseDestination,
)
from constructs_lib.events.event_forward import EventForward
from constructs_lib.events.feedback import FeedbackTopic, require_topics
from stacks.config_errors import environment_invalid, require_own_regions, require_tuples


@dataclass(frozen=True, kw_only=True)
class MailFeedback:
    """The events of an environment's configuration set, in each of its Regions.

    Attributes:
        topics: SNS topics by kind, each kind once. Default: none.
        event_bridge: Default: nothing goes to EventBridge.
        firehose: Default: nothing goes to Firehose.
        cloud_watch: Default: no metrics by dimension.
        forwards: Where rules send what `event_bridge` publishes on to, each in the Region of its bus or
            topic. Default: nowhere.

    Raises:
        ConfigurationError: ``environment-invalid``, ``feedback-topics-invalid``.
    """

    topics: tuple[FeedbackTopic, ...] = ()
    event_bridge: EventBridgeDestination | None = None
    firehose: FirehoseDestination | None = None
    cloud_watch: CloudWatchDestination | None = None
    forwards: tuple[EventForward, ...] = ()

    def __post_init__(self) -> None:
        require_tuples(self, option="feedback")
        require_topics(self.topics)
        self._require_forwards()

    @property
    def publishes(self) -> bool:
        """Whether any event goes anywhere."""
        others = (self.event_bridge, self.firehose, self.cloud_watch)
        return bool(self.topics) or any(other is not None for other in others)

    def forwards_in(self, region: str) -> tuple[EventForward, ...]:
        """What rules of a Region send on."""
        return tuple(forward for forward in self.forwards if forward.to.region == region)

    def require_regions(self, regions: tuple[str, ...], *, option: str) -> None:
        """Refuse a forward or a subscribing queue in a Region that the environment does not have.

        No rule would make the forward there, and no topic would let the queue.

        Raises:
            ConfigurationError: ``environment-invalid``.
        """
        forwards = [forward.to.region for forward in self.forwards]
        require_own_regions(forwards, regions, option=f"{option}: forwards")
        for topic in self.topics:
            used = topic.subscribing_regions
            require_own_regions(used, regions, option=f"{option}: {topic.kind}: subscribing_queues")

    def _require_forwards(self) -> None:
        named = [(forward.name, forward.to.region) for forward in self.forwards]
        if len(set(named)) != len(named):
            raise environment_invalid(
                "feedback: forwards",
                "each name once in a Region: the rule is named so.",
                named,
                "rename one of them",
            )
        if self.forwards and self.event_bridge is None:
            raise environment_invalid(
                "feedback: forwards",
                "a rule sends on what SES publishes to EventBridge.",
                [forward.name for forward in self.forwards],
                "add event_bridge=EventBridgeDestination()",
            )
