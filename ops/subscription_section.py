"""Subscribers of feedback topics as a section of the status. Pure."""

from collections.abc import Sequence
from typing import Final

from ops.environment_status import NOT_KNOWN, Item, Section, Tone
from ops.subscriptions import SubscriptionState, SubscriptionStatus

_TONES: Final = {
    SubscriptionState.CONFIRMED: Tone.GOOD,
    SubscriptionState.PENDING: Tone.OPEN,
    SubscriptionState.MISSING: Tone.BAD,
    SubscriptionState.NOT_DEPLOYED: Tone.OPEN,
}


def subscription_section(statuses: Sequence[SubscriptionStatus]) -> Section:
    """The subscriptions of an environment."""
    return Section(
        key="subscriptions",
        things="subscriptions",
        done="confirmed",
        listed=True,
        items=tuple(
            Item(
                title=f"{status.topic} in {status.region}, {status.protocol} {status.endpoint}",
                word=str(status.state or NOT_KNOWN),
                tone=_TONES[status.state] if status.state else Tone.OPEN,
                next_step=status.next_step,
                document={
                    "region": status.region,
                    "topic": status.topic,
                    "protocol": status.protocol,
                    "endpoint": status.endpoint,
                    "state": str(status.state or NOT_KNOWN),
                },
            )
            for status in statuses
        ),
    )
