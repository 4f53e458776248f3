"""What happens to one message: its attachments are stored, it is forwarded or not, its summary is written.

Everything but the send may happen twice and gives the same again. An error leaves the message to the queue,
which tries again and in the end keeps it for a person.
"""

import json
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Any, NamedTuple

from .attachments import MAX_ATTACHMENTS, is_attachment, safe_name
from .faults import NotFinishedError
from .header import Raw, read_header
from .keys import attachment_key, summary_key
from .loops import loop_reasons
from .mapping import destinations
from .mime import Part, parts
from .notification import Received
from .sending import Attempt, Mail, Sender
from .settings import ForwardSettings, Settings
from .summary import summarize
from .transfer import decoded
from .verdicts import stopping

if TYPE_CHECKING:
    from .model import Gateway


class Outcome(StrEnum):
    """What was done with a message, besides storing it."""

    FORWARDED = "forwarded"
    KEPT = "kept"
    """Nothing is forwarded here, or nothing for these recipients."""
    STOPPED = "stopped"
    """A verdict or a loop guard says so."""
    FAILED = "failed"
    """Some of it was not sent, or nobody knows. The queue has it."""


class Forwarding(NamedTuple):
    """What became of the sends of a message.

    Attributes:
        outcome: Of all of it.
        reasons: Why nothing was sent, or what failed.
        batches: Of each send the number of destinations, the state, SES's id and time.
    """

    outcome: Outcome
    reasons: Sequence[str]
    batches: Sequence[Mapping[str, Any]] = ()


class Result(NamedTuple):
    """What the log says of a message."""

    outcome: Outcome
    reasons: Sequence[str]
    bytes: int
    attachments: int
    destinations: int


def process(received: Received, *, settings: Settings, gateway: "Gateway", attempt: Attempt) -> Result:
    """Do everything for one message.

    Raises:
        InboundMailError: another attempt is needed.
    """
    raw = gateway.read(received.key)
    header = read_header(raw)
    found, complete = parts(raw, header)
    reasons = stopping(
        received.verdicts,
        dmarc_policy=received.dmarc_policy,
        stops=settings.stops,
        dmarc_policies=settings.dmarc_policies,
    )
    stored: dict[str, dict[str, Any]] = {}
    # What may be a virus stays inside of the raw message.
    if settings.attachments and not any(reason.startswith("virus") for reason in reasons):
        stored = _store(raw, found, received.key, gateway)
    forwarding = _forward(
        Mail(key=received.key, raw=raw, header=header),
        received,
        reasons,
        settings=settings.forward,
        gateway=gateway,
        attempt=attempt,
    )
    summary = summarize(
        received,
        raw,
        header,
        found,
        complete=complete,
        stored=stored,
        forwarding={
            "outcome": forwarding.outcome,
            "reasons": list(forwarding.reasons),
            "batches": list(forwarding.batches),
        },
    )
    gateway.write(
        summary_key(received.key), json.dumps(summary, indent=1).encode(), content_type="application/json"
    )
    if forwarding.outcome is Outcome.FAILED:
        raise NotFinishedError("; ".join(forwarding.reasons))
    return Result(
        outcome=forwarding.outcome,
        reasons=forwarding.reasons,
        bytes=len(raw),
        attachments=len(stored),
        destinations=sum(batch["destinations"] for batch in forwarding.batches),
    )


def _store(raw: Raw, found: Sequence[Part], key: str, gateway: "Gateway") -> dict[str, dict[str, Any]]:
    stored: dict[str, dict[str, Any]] = {}
    for part in found:
        if len(stored) == MAX_ATTACHMENTS:
            break
        if is_attachment(part):
            target = attachment_key(key, safe_name(part))
            size = gateway.write_pieces(target, decoded(raw, part.start, part.end, part.encoding))
            stored[part.path] = {"key": target, "bytes": size}
    return stored


def _forward(
    mail: Mail,
    received: Received,
    reasons: Sequence[str],
    *,
    settings: ForwardSettings | None,
    gateway: "Gateway",
    attempt: Attempt,
) -> Forwarding:
    if settings is None:
        return Forwarding(outcome=Outcome.KEPT, reasons=["no-forwarding", *reasons])
    stops = [
        *reasons,
        *loop_reasons(
            mail.raw,
            mail.header,
            source=received.source,
            sender=settings.sender,
            automatic=settings.automatic,
            bulk=settings.bulk,
            max_hops=settings.max_hops,
        ),
    ]
    if stops:
        return Forwarding(outcome=Outcome.STOPPED, reasons=stops)
    everybody = destinations(received.recipients, settings.mapping)
    if not everybody:
        return Forwarding(outcome=Outcome.KEPT, reasons=["no-destination"])
    sender = Sender(mail=mail, settings=settings, gateway=gateway, attempt=attempt)
    done, problems = sender.send_to(everybody)
    outcome = Outcome.FAILED if problems else Outcome.FORWARDED
    return Forwarding(outcome=outcome, reasons=problems, batches=done)
