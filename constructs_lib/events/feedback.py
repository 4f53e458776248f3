"""What happens to mail after it was sent, and where that is told. Plain values for environment files.

Example::

    FeedbackTopic(
        kind=Feedback.BOUNCE, queue=FeedbackQueue(), subscribers=(EmailSubscriber(address="ops@example.com"),)
    )
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final

from constructs_lib.arns import KEY_ARN, is_of_region
from constructs_lib.domain_name import is_token
from constructs_lib.errors import ConfigurationError
from constructs_lib.events.subscribers import Subscriber, first_repeated, queue_owner
from constructs_lib.existing import require_existing_topic

MAX_VISIBILITY_SECONDS: Final = 43_200
MAX_RECEIVE_COUNT: Final = 1_000


class SendingEvent(StrEnum):
    """An event of SES event publishing, as CloudFormation spells it (ConfigurationSetEventDestination)."""

    SEND = "send"
    REJECT = "reject"
    BOUNCE = "bounce"
    COMPLAINT = "complaint"
    DELIVERY = "delivery"
    OPEN = "open"
    CLICK = "click"
    RENDERING_FAILURE = "renderingFailure"
    DELIVERY_DELAY = "deliveryDelay"
    SUBSCRIPTION = "subscription"


class Feedback(StrEnum):
    """One kind of feedback and its topic: every event type goes to exactly one."""

    BOUNCE = "bounce"
    COMPLAINT = "complaint"
    DELIVERY = "delivery"
    FAILURE = "failure"

    @property
    def events(self) -> tuple[SendingEvent, ...]:
        """The SES events that this kind stands for."""
        if self is Feedback.FAILURE:
            return (SendingEvent.REJECT, SendingEvent.RENDERING_FAILURE, SendingEvent.DELIVERY_DELAY)
        return (SendingEvent(self.value),)

    def topic_name(self, configuration_set_name: str) -> str:
        """The name of its topic, and of the queue behind that; stable, so applications know it."""
        return f"{configuration_set_name}-{self}"


@dataclass(frozen=True, kw_only=True)
class FeedbackQueue:
    """A queue of our own behind a topic.

    Attributes:
        raw: Whether a message is the SES event alone. Default: inside the SNS notification, which web hook
            libraries read.
        visibility_timeout_seconds: How long a consumer may take, 0 to 43,200. Default: 30 s. A Lambda
            function needs six times its own timeout (Lambda Developer Guide, SQS).
        max_receive_count: After how many attempts a message is dead, 1 to 1,000. Default: 5.

    Raises:
        ConfigurationError: ``feedback-topics-invalid``.
    """

    raw: bool = False
    visibility_timeout_seconds: int = 30
    max_receive_count: int = 5

    def __post_init__(self) -> None:
        _require_between(
            "visibility_timeout_seconds", 0, self.visibility_timeout_seconds, MAX_VISIBILITY_SECONDS
        )
        _require_between("max_receive_count", 1, self.max_receive_count, MAX_RECEIVE_COUNT)


@dataclass(frozen=True, kw_only=True)
class FeedbackTopic:
    """A topic for one kind of feedback.

    Attributes:
        kind: What it tells.
        queue: A queue of our own behind it. Default: none.
        subscribers: Who else gets it, each once. Default: nobody; applications subscribe by its name.
        subscribing_queues: ARNs of queues of other accounts, each once, that their owners subscribe, as
            `TopicQueue` does: nobody confirms (SNS Developer Guide, queue in a different account). Each
            account may subscribe these queues and nothing else, each to the topic of its own Region: an
            environment of several Regions has queues of each, one stack those of its Region only. Default:
            none.
        existing_topic_arns: By Region a topic of this account that exists already: queue and subscribers are
            put behind it, and its owner merges a statement into its policy. Default: one is made.

    Raises:
        ConfigurationError: ``feedback-topics-invalid``, ``queue-arn-invalid``.
    """

    kind: Feedback
    queue: FeedbackQueue | None = None
    subscribers: tuple[Subscriber, ...] = ()
    subscribing_queues: tuple[str, ...] = ()
    existing_topic_arns: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        _require_once(f"{self.kind}: subscribers", self.subscribers)
        option = f"{self.kind}: subscribing_queues"
        _require_once(option, self.subscribing_queues)
        for queue_arn in self.subscribing_queues:
            queue_owner(queue_arn, option=option)

    @property
    def subscribing_accounts(self) -> dict[str, tuple[str, ...]]:
        """The queues that their owners may subscribe, by account."""
        owners = {arn: queue_owner(arn, option="subscribing_queues") for arn in self.subscribing_queues}
        return {
            account: tuple(arn for arn, owner in owners.items() if owner == account)
            for account in dict.fromkeys(owners.values())
        }

    @property
    def subscribing_regions(self) -> tuple[str, ...]:
        """The Regions of these queues, one for each queue."""
        return tuple(_region(arn) for arn in self.subscribing_queues)

    def in_region(self, region: str) -> "FeedbackTopic":
        """The same topic with the subscribing queues of one Region only."""
        queues = tuple(arn for arn in self.subscribing_queues if _region(arn) == region)
        return replace(self, subscribing_queues=queues)

    @property
    def has_receivers(self) -> bool:
        """Whether anything is behind the topic in this deployment."""
        return self.queue is not None or bool(self.subscribers)

    def name_in(self, region: str, configuration_set_name: str) -> str:
        """The name of the topic in a Region."""
        existing = self.existing_topic_arns.get(region)
        return self.kind.topic_name(configuration_set_name) if existing is None else existing.split(":")[-1]

    def require_existing(self, region: str, account: str) -> str | None:
        """The topic that exists in a Region, or None where one is made.

        Args:
            region: The Region of the configuration set, by name where a topic exists.
            account: Its account.

        Raises:
            ConfigurationError: ``existing-resource-invalid``.
        """
        if self.existing_topic_arns and is_token(region):
            raise ConfigurationError(
                "existing-resource-invalid",
                option=f"{self.kind}: existing_topic_arns",
                rule="in a stack whose Region is known: there is a topic for each.",
                got="a stack for any Region",
                fix="give the stack env=cdk.Environment(region=...)",
            )
        arn = self.existing_topic_arns.get(region)
        if arn is None:
            return None
        return require_existing_topic(
            arn, region=region, account=account, option=f"{self.kind}: existing_topic_arns"
        )


def require_topics(topics: Sequence[FeedbackTopic]) -> None:
    """Refuse two topics of one kind: SES would publish each event twice.

    Raises:
        ConfigurationError: ``feedback-topics-invalid``.
    """
    _require_once("topics", [topic.kind for topic in topics])


def require_subscribing_region(topics: Sequence[FeedbackTopic], region: str) -> None:
    """Refuse a subscribing queue of another Region than that of its topic; a token passes.

    Raises:
        ConfigurationError: ``feedback-topics-invalid``.
    """
    if is_token(region):
        return
    for topic in topics:
        others = [arn for arn in topic.subscribing_queues if _region(arn) != region]
        if others:
            raise _invalid(
                f"{topic.kind}: subscribing_queues",
                f"queues in {region}, the Region of the topic.",
                others,
                f'name queues there, or take topic.in_region("{region}") of a topic for several Regions',
            )


def require_key_arn(key_arn: str, *, region: str) -> str:
    """Refuse a key that SES could not use for a topic in this Region; tokens pass.

    The AWS managed key ``alias/aws/sns`` does not let SES use it, and its policy cannot be changed: SES
    would lose every event (SNS Developer Guide, key management).

    Raises:
        ConfigurationError: ``encryption-key-unusable``.
    """
    if is_token(key_arn):
        return key_arn
    found = KEY_ARN.fullmatch(key_arn)
    if found is None or not is_of_region(found, region):
        raise ConfigurationError(
            "encryption-key-unusable",
            option="existing_key_arn",
            rule=f"the ARN of a customer managed KMS key in {region}; no alias, because SES cannot use the"
            " key behind alias/aws/sns.",
            got=key_arn,
            fix="write arn:<partition>:kms:<region>:<account>:key/<id>, or leave it out to have a key made",
        )
    return key_arn


def _region(arn: str) -> str:
    return arn.split(":")[3]


def _require_once(option: str, values: Iterable[object]) -> None:
    repeated = first_repeated(values)
    if repeated is not None:
        raise _invalid(option, "each once: SES and SNS would send every event twice.", repeated, "drop one")


def _require_between(option: str, least: int, value: int, most: int) -> None:
    if not least <= value <= most:
        raise _invalid(option, f"{least} to {most} (SQS API, CreateQueue).", value, "choose a value within")


def _invalid(option: str, rule: str, got: object, fix: str) -> ConfigurationError:
    return ConfigurationError("feedback-topics-invalid", option=option, rule=rule, got=got, fix=fix)
