"""Who has agreed to get feedback and alarms: an environment's subscribers, and what SNS says of each.

SNS sends nothing to an inbox, a web hook or another account's queue before it has confirmed, and drops what
has not within three days (SNS Developer Guide, subscription confirmation). A queue that its owner subscribes
is there when its owner has done so.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from constructs_lib.events.subscribers import EmailSubscriber, HttpsSubscriber, Subscriber, queue_owner
from ops.advice import DEPLOYER, NOTHING, NextStep
from ops.errors import PermissionDeniedError
from ops.permission_step import allow_step
from ops.ports import MailGateway, SubscriptionAnswer
from stacks.config import MailEnvironment
from stacks.monitoring_names import topic_name

_REFERENCE: Final = "{{resolve:"
"""How a URL starts that is written as a reference to a secret."""


class SubscriptionState(StrEnum):
    """Whether events reach a subscriber."""

    CONFIRMED = "confirmed"
    PENDING = "pending confirmation"
    MISSING = "missing"
    NOT_DEPLOYED = "not deployed"


@dataclass(frozen=True, kw_only=True)
class _OwnersQueue:
    """A queue of another account that its owner may subscribe."""

    queue_arn: str

    @property
    def account(self) -> str:
        """Its owner."""
        return queue_owner(self.queue_arn, option="subscribing_queues")


_Expected = Subscriber | _OwnersQueue


@dataclass(frozen=True, kw_only=True)
class SubscriptionStatus:
    """One subscriber of one topic in one Region.

    Attributes:
        region: The Region.
        topic: Name of the topic.
        protocol: ``email``, ``https`` or ``sqs``.
        endpoint: Address, URL or queue ARN as the environment writes it; of a secret URL its reference.
        state: Whether events reach it; None where the permission to know it is missing.
        next_step: What to do, and who must do it.
    """

    region: str
    topic: str
    protocol: str
    endpoint: str
    state: SubscriptionState | None
    next_step: NextStep


def read_subscriptions(environment: MailEnvironment, gateway: MailGateway) -> tuple[SubscriptionStatus, ...]:
    """Ask about every subscriber that the environment's file names, in the order of the file.

    Args:
        environment: The environment.
        gateway: Read access to its account.

    Raises:
        AccessError: AWS could not be asked, for another reason than a missing permission.
    """
    return tuple(
        status
        for region in environment.regions
        for name, subscribers in _topics(environment, region)
        if subscribers
        for status in _of_topic(environment, name, subscribers, region, gateway)
    )


def _topics(environment: MailEnvironment, region: str) -> Iterator[tuple[str, Sequence[_Expected]]]:
    """Name and subscribers of each topic that the environment makes in a Region."""
    for topic in environment.feedback.topics:
        yield (
            topic.name_in(region, environment.configuration_set_name),
            [
                *topic.subscribers,
                *(_OwnersQueue(queue_arn=arn) for arn in topic.in_region(region).subscribing_queues),
            ],
        )
    monitoring = environment.monitoring
    if monitoring is not None and region not in monitoring.existing_topic_arns:
        yield topic_name(environment), monitoring.subscribers


def _of_topic(
    environment: MailEnvironment,
    name: str,
    subscribers: Sequence[_Expected],
    region: str,
    gateway: MailGateway,
) -> Iterator[SubscriptionStatus]:
    deploy = f"cdk deploy '{environment.name}/*'"
    answers: Sequence[SubscriptionAnswer] | None = None
    denied = None
    try:
        answers = gateway.subscriptions(name, account=environment.account, region=region)
    except PermissionDeniedError as error:
        denied = allow_step(error)
    for subscriber in subscribers:
        protocol, endpoint = _terms(subscriber)
        state = _state(subscriber, subscribers, answers)
        yield SubscriptionStatus(
            region=region,
            topic=name,
            protocol=protocol,
            endpoint=endpoint,
            state=None if denied else state,
            next_step=denied or _next_step(state, subscriber, deploy),
        )


def _state(
    subscriber: _Expected, all_of_topic: Sequence[_Expected], answers: Sequence[SubscriptionAnswer] | None
) -> SubscriptionState:
    if answers is None:
        return SubscriptionState.NOT_DEPLOYED
    wanted = _terms(subscriber)
    found = [answer for answer in answers if _same(answer, wanted)]
    if _is_secret(subscriber):
        # The URL is known to SNS only: it is one of those that the file does not name.
        named = [_terms(other) for other in all_of_topic if not _is_secret(other)]
        found = [
            answer
            for answer in answers
            if answer.protocol == "https" and not any(_same(answer, terms) for terms in named)
        ]
    if not found:
        return SubscriptionState.MISSING
    if all(answer.confirmed for answer in found):
        return SubscriptionState.CONFIRMED
    return SubscriptionState.PENDING


def _next_step(state: SubscriptionState, subscriber: _Expected, deploy: str) -> NextStep:
    protocol, endpoint = _terms(subscriber)
    match state:
        case SubscriptionState.CONFIRMED:
            return NOTHING
        case SubscriptionState.NOT_DEPLOYED:
            return NextStep(action=f"Deploy it: {deploy}", who=DEPLOYER)
        case SubscriptionState.MISSING if isinstance(subscriber, _OwnersQueue):
            return NextStep(
                action="Have its owner subscribe it, as TopicQueue does",
                who=f"account {subscriber.account}",
            )
        case SubscriptionState.MISSING:
            return NextStep(
                action="SNS does not have it: it drops what is not confirmed in three days. Take it "
                f"out of the environment, {deploy}, put it back, deploy again, and confirm in time",
                who=DEPLOYER,
            )
        case SubscriptionState.PENDING:
            how = {
                "email": "Click the link in the mail from AWS Notifications",
                "https": "Let the web hook answer SNS's SubscriptionConfirmation",
                "sqs": "Read SNS's SubscriptionConfirmation from the queue and open its SubscribeURL",
            }
            return NextStep(
                action=f"{how[protocol]}, within three days of the deploy", who=f"whoever runs {endpoint}"
            )


def _terms(subscriber: _Expected) -> tuple[str, str]:
    """Protocol and endpoint as SNS names them."""
    if isinstance(subscriber, EmailSubscriber):
        return "email", subscriber.address
    if isinstance(subscriber, HttpsSubscriber):
        return "https", subscriber.url
    return "sqs", subscriber.queue_arn


def _is_secret(subscriber: _Expected) -> bool:
    return isinstance(subscriber, HttpsSubscriber) and subscriber.url.startswith(_REFERENCE)


def _same(answer: SubscriptionAnswer, terms: tuple[str, str]) -> bool:
    return (answer.protocol, answer.endpoint) == terms
