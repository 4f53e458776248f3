"""The sending events of one message, in the JSON that SES publishes: pure, nothing is looked up or sent.

Shapes: SES Developer Guide, "Contents of event data that Amazon SES publishes to Amazon SNS" and "Examples of
event data that Amazon SES publishes to Amazon SNS". Names on EventBridge: EventBridge Events Reference,
"Amazon Simple Email Service events". Outcomes: SES Developer Guide, "Using the mailbox simulator manually".
"""

import uuid
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Final

from local.ses_message import Json, Message, mail_object, timestamp

SIMULATOR: Final = "simulator.amazonses.com"
_MTA: Final = "a0-0.smtp-out.amazonses.com"
_SUPPRESSED: Final = (
    "Amazon SES has suppressed sending to this address because it has a recent history of bouncing as an "
    "invalid address."
)
_BOUNCES: Final = {
    "bounce": ("General", "smtp; 550 5.1.1 user unknown", _MTA),
    "suppressionlist": (
        "Suppressed",
        _SUPPRESSED,
        "amazonses.com",
    ),
}
"""Mailboxes of the simulator that bounce: subtype, diagnostic code, the server that reports it."""


class EventType(Enum):
    """A type of event: its ``eventType``, the key of its own object, its ``detail-type`` on EventBridge.

    The member's name is its name in MatchingEventTypes. Nothing in the embedded SES leads to the others.
    """

    SEND = ("Send", "send", "Email Sent")
    DELIVERY = ("Delivery", "delivery", "Email Delivered")
    BOUNCE = ("Bounce", "bounce", "Email Bounced")
    COMPLAINT = ("Complaint", "complaint", "Email Complaint Received")
    RENDERING_FAILURE = ("Rendering Failure", "failure", "Email Rendering Failed")

    def __init__(self, event_type: str, key: str, detail_type: str) -> None:
        self.event_type = event_type
        self.key = key
        self.detail_type = detail_type


_UNRENDERED: Final = frozenset({EventType.SEND, EventType.RENDERING_FAILURE})
"""Events from before a template is rendered: the guide's Send record has no subject then."""


@dataclass(frozen=True, kw_only=True)
class Event:
    """One event: its type and the whole JSON object."""

    type: EventType
    body: Json


def events_of(message: Message, *, now: datetime) -> list[Event]:
    """What happens to a message: it is sent, then each recipient's server answers.

    Bounces of one kind are one event; the guide says of the mailbox simulator that it combines them.
    """
    events = [_event(EventType.SEND, message, {})]
    for recipient in message.destination:
        outcome = _outcome(recipient)
        if outcome not in _BOUNCES:
            events.append(_event(EventType.DELIVERY, message, _delivery(message, recipient, now)))
        if outcome == "complaint":
            events.append(_event(EventType.COMPLAINT, message, _complaint(message, recipient, now)))
    for outcome, (subtype, diagnostic, mta) in _BOUNCES.items():
        bounced = [recipient for recipient in message.destination if _outcome(recipient) == outcome]
        if bounced:
            detail = {
                "feedbackId": _feedback_id(message, bounced[0]),
                "bounceType": "Permanent",
                "bounceSubType": subtype,
                "bouncedRecipients": [_bounced(recipient, diagnostic) for recipient in bounced],
                "timestamp": timestamp(now),
                "reportingMTA": f"dns; {mta}",
            }
            events.append(_event(EventType.BOUNCE, message, detail))
    return events


def rendering_failure(message: Message, *, missing: str) -> Event:
    """The event of a message that was not sent, because its data lacks a variable of the template."""
    failure = {
        "errorMessage": f"Attribute '{missing}' is not present in the rendering data.",
        "templateName": message.template_name,
    }
    return _event(EventType.RENDERING_FAILURE, message, failure)


def _outcome(recipient: str) -> str:
    """The simulator's mailbox without its label; nothing for any other address."""
    local, _, domain = recipient.lower().rpartition("@")
    return local.partition("+")[0] if domain == SIMULATOR else ""


def _event(kind: EventType, message: Message, detail: Json) -> Event:
    body = {
        "eventType": kind.event_type,
        "mail": mail_object(message, rendered=kind not in _UNRENDERED, delivered=kind is EventType.DELIVERY),
        kind.key: detail,
    }
    return Event(type=kind, body=body)


def _bounced(recipient: str, diagnostic: str) -> Json:
    return {
        "emailAddress": recipient,
        "action": "failed",
        "status": "5.1.1",
        "diagnosticCode": diagnostic,
    }


def _complaint(message: Message, recipient: str, now: datetime) -> Json:
    return {
        "feedbackId": _feedback_id(message, recipient),
        "complaintSubType": None,
        "complainedRecipients": [{"emailAddress": recipient}],
        "timestamp": timestamp(now),
        "userAgent": "Amazon SES Mailbox Simulator",
        "complaintFeedbackType": "abuse",
        "arrivalDate": timestamp(now),
    }


def _delivery(message: Message, recipient: str, now: datetime) -> Json:
    return {
        "timestamp": timestamp(now),
        "processingTimeMillis": max(0, int((now - message.sent).total_seconds() * 1000)),
        "recipients": [recipient],
        "smtpResponse": "250 2.6.0 Message received",
        "reportingMTA": _MTA,
    }


def _feedback_id(message: Message, recipient: str) -> str:
    return f"{uuid.uuid5(uuid.NAMESPACE_URL, f'{message.message_id}/{recipient}')}-000000"
