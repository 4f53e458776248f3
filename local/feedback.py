"""Sends to SES's mailbox simulator, and reads from the feedback queues what became of it."""

import json
import time
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import boto3

from constructs_lib.events.feedback import Feedback
from local.errors import RehearsalError

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

SIMULATOR: Final = "simulator.amazonses.com"
"""The domain of SES's mailbox simulator (SES Developer Guide, sending test emails)."""

TAKEN: Final = f"success@{SIMULATOR}"
TAKEN_OVER_SMTP: Final = f"success+smtp@{SIMULATOR}"
BOUNCED: Final = f"bounce@{SIMULATOR}"
COMPLAINED: Final = f"complaint@{SIMULATOR}"

EXPECTED: Final[Mapping[str, tuple[Feedback, ...]]] = {
    TAKEN: (Feedback.DELIVERY,),
    TAKEN_OVER_SMTP: (Feedback.DELIVERY,),
    BOUNCED: (Feedback.BOUNCE,),
    COMPLAINED: (Feedback.DELIVERY, Feedback.COMPLAINT),
}
"""What SES tells about a message to each address: a complaint is about a message that was delivered."""

WAIT_SECONDS: Final = 20.0


@dataclass(frozen=True, kw_only=True)
class Event:
    """What a queue told about a message.

    Attributes:
        kind: Which queue it came from.
        queue: The queue's name.
        type: SES's name of the event, such as ``Bounce``.
        message_id: The id that SES gave the message.
        recipient: Whom it is about.
    """

    kind: Feedback
    queue: str
    type: str
    message_id: str
    recipient: str


def read_events(
    *, region: str, configuration_set: str, sent: Mapping[str, str], kinds: Collection[Feedback]
) -> tuple[Event, ...]:
    """Read what became of messages; each of their events must be there once.

    Credentials and endpoint come from the environment of this process.

    Args:
        region: Region of the queues.
        configuration_set: What the messages were sent with.
        sent: The message id by recipient, one of `EXPECTED`.
        kinds: Which kinds have a queue; the others tell nobody here.

    Raises:
        RehearsalError: An event is missing, told twice, or in the wrong queue.
    """
    client = boto3.client("sqs", region_name=region)
    expected = sorted(
        (kind, message_id, recipient)
        for recipient, message_id in sent.items()
        for kind in EXPECTED[recipient]
        if kind in kinds
    )
    found: list[Event] = []
    deadline = time.monotonic() + WAIT_SECONDS
    complete = False
    while not complete and time.monotonic() < deadline:
        # Once more when all are there: an event that is told twice must not go unseen.
        complete = len(_about(found, sent)) >= len(expected)
        for kind in sorted(kinds):
            found += _receive(client, kind, kind.topic_name(configuration_set))
    told = sorted(_about(found, sent))
    if told != expected:
        raise RehearsalError(
            step="read what became of the messages",
            cause=f"the feedback queues should tell {_text(expected)}; they told {_text(told)}.",
            fix="this is a fault of the embedded AWS: report it with the output of make demo.",
        )
    return tuple(found)


def _about(events: Iterable[Event], sent: Mapping[str, str]) -> list[tuple[Feedback, str, str]]:
    """The events of these messages; others, such as verification mails, are told too."""
    return [(event.kind, event.message_id, event.recipient) for event in events if event.recipient in sent]


def _receive(client: "SQSClient", kind: Feedback, queue: str) -> list[Event]:
    url = client.get_queue_url(QueueName=queue)["QueueUrl"]
    messages = client.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
    found = []
    for message in messages:
        body = json.loads(message["Body"])
        # Inside the SNS notification, unless the queue asked for the event alone.
        event = json.loads(body["Message"]) if body.get("Type") == "Notification" else body
        (recipient,) = event["mail"]["destination"]
        found.append(
            Event(
                kind=kind,
                queue=queue,
                type=event["eventType"],
                message_id=event["mail"]["messageId"],
                recipient=recipient,
            )
        )
        client.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    return found


def _text(events: Collection[tuple[Feedback, str, str]]) -> str:
    return ", ".join(f"{kind} of {recipient}" for kind, _, recipient in events) or "nothing"
