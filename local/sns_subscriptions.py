"""Subscriptions that somebody must confirm, as SNS shows them: ``PendingConfirmation`` instead of an ARN.

SNS API, Subscribe and ListSubscriptionsByTopic: an inbox or a web hook gets nothing before it has confirmed,
and so does a queue of another account, unless its owner subscribes it (SNS Developer Guide, queue in a
different account). The emulator takes an inbox that a stack subscribed for confirmed, keeps a few of its
attributes only, shows the ARN of every subscription, and looks for a topic in the account of the stack.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from local import emulator
from local.emulator import Response
from local.other_accounts import acting_for, owner_of

RESOURCE_TYPE: Final = "AWS::SNS::Subscription"
PENDING: Final = "PendingConfirmation"
_CONFIRMED_BY_PEOPLE: Final = frozenset({"email", "email-json", "http", "https"})
_ARN: Final = re.compile(rb"<SubscriptionArn>([^<]+)</SubscriptionArn>")

Create = Callable[[str, Mapping[str, Any], str], tuple[str, dict[str, str]]]
Update = Callable[..., tuple[str, dict[str, str]]]
Delete = Callable[[str, Mapping[str, Any]], None]
ListByTopic = Callable[[Mapping[str, Any]], Response]


@dataclass(frozen=True, kw_only=True)
class PendingSubscriptions:
    """Keeps a subscription that a stack makes pending where somebody confirms it, and lists it so.

    Attributes:
        create_inner: The emulator's handler of the resource type.
        update_inner: The same, of updates.
        delete_inner: The same, of deletions.
        list_inner: The emulator's ListSubscriptionsByTopic.
    """

    create_inner: Create
    update_inner: Update
    delete_inner: Delete
    list_inner: ListByTopic

    def create(
        self, logical_id: str, props: Mapping[str, Any], stack_name: str
    ) -> tuple[str, dict[str, str]]:
        """Subscribe; parameter names and order are the emulator's."""
        subscriber = emulator.account_id()
        with acting_for(owner_of(props["TopicArn"])):
            arn, attributes = self.create_inner(logical_id, props, stack_name)
        subscription = emulator.find_subscription(props["TopicArn"], arn)
        if subscription is not None:
            subscription["owner"] = subscriber
            subscription["confirmed"] = not _waits(props, subscriber)
            subscription["attributes"] |= {
                "SubscriptionArn": arn,
                "TopicArn": props["TopicArn"],
                "Protocol": props["Protocol"],
                "Endpoint": props["Endpoint"],
                PENDING: "false" if subscription["confirmed"] else "true",
            }
        return arn, attributes

    def update(
        self,
        physical_id: str,
        old_props: Mapping[str, Any],
        new_props: Mapping[str, Any],
        stack_name: str,
        logical_id: str | None = None,
    ) -> tuple[str, dict[str, str]]:
        """Change a subscription where its topic is."""
        with acting_for(owner_of(physical_id)):
            return self.update_inner(physical_id, old_props, new_props, stack_name, logical_id)

    def delete(self, physical_id: str, props: Mapping[str, Any]) -> None:
        """Unsubscribe where the topic is."""
        with acting_for(owner_of(physical_id)):
            self.delete_inner(physical_id, props)

    def list_by_topic(self, params: Mapping[str, Any]) -> Response:
        """The subscriptions of a topic."""
        status, headers, body = self.list_inner(params)
        return status, headers, _ARN.sub(_shown, body)


def _waits(props: Mapping[str, Any], subscriber: str) -> bool:
    """Whether somebody must confirm; the owner of a queue need not."""
    if props["Protocol"] == "sqs":
        return owner_of(props["Endpoint"]) != subscriber
    return props["Protocol"] in _CONFIRMED_BY_PEOPLE


def _shown(found: re.Match[bytes]) -> bytes:
    arn = found[1].decode()
    subscription = emulator.find_subscription(arn.rpartition(":")[0], arn)
    if subscription is None or subscription["confirmed"]:
        return found[0]
    return f"<SubscriptionArn>{PENDING}</SubscriptionArn>".encode()
