"""Subscriptions that somebody must confirm, as SNS shows them: ``PendingConfirmation`` instead of an ARN.

SNS API, Subscribe and ListSubscriptionsByTopic: an inbox or a web hook gets nothing before it has confirmed.
The emulator takes an inbox that a stack subscribed for confirmed, keeps a few of its attributes only, and
shows the ARN of every subscription.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from local import emulator
from local.emulator import Response

RESOURCE_TYPE: Final = "AWS::SNS::Subscription"
PENDING: Final = "PendingConfirmation"
_CONFIRMED_BY_PEOPLE: Final = frozenset({"email", "email-json", "http", "https"})
_ARN: Final = re.compile(rb"<SubscriptionArn>([^<]+)</SubscriptionArn>")

Create = Callable[[str, Mapping[str, Any], str], tuple[str, dict[str, str]]]
ListByTopic = Callable[[Mapping[str, Any]], Response]


@dataclass(frozen=True, kw_only=True)
class PendingSubscriptions:
    """Keeps a subscription that a stack makes pending where people confirm it, and lists it so.

    Attributes:
        create_inner: The emulator's handler of the resource type.
        list_inner: The emulator's ListSubscriptionsByTopic.
    """

    create_inner: Create
    list_inner: ListByTopic

    def create(
        self, logical_id: str, props: Mapping[str, Any], stack_name: str
    ) -> tuple[str, dict[str, str]]:
        """Subscribe; parameter names and order are the emulator's."""
        arn, attributes = self.create_inner(logical_id, props, stack_name)
        subscription = emulator.find_subscription(props["TopicArn"], arn)
        if subscription is not None:
            subscription["confirmed"] = props["Protocol"] not in _CONFIRMED_BY_PEOPLE
            subscription["attributes"] |= {
                "SubscriptionArn": arn,
                "TopicArn": props["TopicArn"],
                "Protocol": props["Protocol"],
                "Endpoint": props["Endpoint"],
                PENDING: "false" if subscription["confirmed"] else "true",
            }
        return arn, attributes

    def list_by_topic(self, params: Mapping[str, Any]) -> Response:
        """The subscriptions of a topic."""
        status, headers, body = self.list_inner(params)
        return status, headers, _ARN.sub(_shown, body)


def _shown(found: re.Match[bytes]) -> bytes:
    arn = found[1].decode()
    subscription = emulator.find_subscription(arn.rpartition(":")[0], arn)
    if subscription is None or subscription["confirmed"]:
        return found[0]
    return f"<SubscriptionArn>{PENDING}</SubscriptionArn>".encode()
