"""Publishes the events of sent mail to the event destinations of its configuration set.

To SNS by the emulator's own publishing, so that every kind of subscription gets it, and to EventBridge's
default bus. `SendingMetrics` counts for CloudWatch; Firehose gets nothing. What is logged never holds an
event.
"""

import json
import logging
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from local import emulator
from local.sending_metrics import SendingMetrics
from local.ses_events import Event, events_of, rendering_failure
from local.ses_message import Headers, Message
from local.ses_outgoing import Outgoing
from local.ses_rendering import missing_variable
from local.ses_sending import Verdict
from local.ses_store import identity_arn

SUBJECT: Final = "Amazon SES Email Event Notification"
"""The subject that SES gives to what it publishes to a topic."""

_LOG: Final = logging.getLogger(__name__)


def publish_events(
    first: int, outgoing: Sequence[Outgoing], verdict: Verdict, *, metrics: SendingMetrics
) -> None:
    """Publish and count what happens to the messages sent since ``first``.

    Without a configuration set nothing is published.

    A message whose template cannot be rendered is taken off the list of sent mail: SES did not send it.

    Args:
        first: How many messages there were before.
        outgoing: The messages of the call.
        verdict: With which settings they went.
        metrics: What counts them.
    """
    name, identity = verdict.configuration_set_name, verdict.identity
    records = emulator.sent_mail()[first:]
    for record, sent in _pairs(records, outgoing):
        template = emulator.v1_templates.get(record.get("Template", ""), {})
        missing = missing_variable(template, record.get("TemplateData", ""), sent.default_data)
        if missing is not None:
            emulator.sent_mail().remove(record)
        if identity is not None:
            message = _message(record, sent, name or "", identity_arn(identity.name))
            events = (
                events_of(message, now=datetime.now(UTC))
                if missing is None
                else [rendering_failure(message, missing=missing)]
            )
            metrics.count(events, configuration_set=name)
            if name is not None:
                _publish(name, events)


def _pairs(
    records: Sequence[dict[str, Any]], outgoing: Sequence[Outgoing]
) -> Iterator[tuple[dict[str, Any], Outgoing]]:
    """Each record with its message: in order; of a bulk call some destinations may have been refused."""
    if len(records) == len(outgoing):
        yield from zip(records, outgoing, strict=True)
        return
    waiting = iter(outgoing)
    for record in records:
        yield record, next(sent for sent in waiting if list(sent.to) == record["To"])


def _message(record: Mapping[str, Any], sent: Outgoing, configuration_set: str, source_arn: str) -> Message:
    return Message(
        message_id=record["MessageId"],
        sent=datetime.fromtimestamp(record["Timestamp"], UTC),
        source=record["Source"],
        source_arn=source_arn,
        account=emulator.account_id(),
        configuration_set_name=configuration_set,
        destination=sent.destination,
        headers=sent.headers if sent.raw else _composed(record, sent),
        tags=sent.tags,
        template_name=record.get("Template"),
    )


def _composed(record: Mapping[str, Any], sent: Outgoing) -> Headers:
    """The headers of a message that SES itself puts together."""
    subject = record.get("Subject") or record.get("RenderedSubject") or ""
    return (("From", record["Source"]), *sent.headers, ("Subject", subject), ("MIME-Version", "1.0"))


def _publish(configuration_set: str, events: Sequence[Event]) -> None:
    record = emulator.v2_configuration_sets.get(configuration_set) or {}
    destinations: dict[str, dict[str, Any]] = record.get("EventDestinations") or {}
    for event in events:
        for name, destination in destinations.items():
            if destination["Enabled"] and event.type.name in destination["MatchingEventTypes"]:
                _deliver(f"{configuration_set}/{name}", destination, event)


def _deliver(label: str, destination: Mapping[str, Any], event: Event) -> None:
    """Deliver one event to one destination; when that fails the event is lost, the mail is not, as in SES."""
    text = json.dumps(event.body)
    topic = (destination.get("SnsDestination") or {}).get("TopicArn")
    try:
        if topic and emulator.sns_publish(topic, text, SUBJECT) is None:
            _LOG.warning(
                "event destination %s: its topic does not exist, a %s event is lost", label, event.type.name
            )
        elif "EventBridgeDestination" in destination:
            emulator.put_events({"Entries": [_entry(event, text)]}, True)  # noqa: FBT003 - the emulator's signature
    except Exception as error:  # noqa: BLE001 - whatever a subscriber does, the send has happened
        _LOG.warning(
            "event destination %s: %s, a %s event is lost", label, type(error).__name__, event.type.name
        )


def _entry(event: Event, text: str) -> dict[str, Any]:
    return {
        "Source": "aws.ses",
        "DetailType": event.type.detail_type,
        "Detail": text,
        "Resources": [event.body["mail"]["sourceArn"]],
        "EventBusName": "default",
    }
