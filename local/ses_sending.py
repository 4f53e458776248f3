"""What SES decides about one message before it takes it, and what the record of it says afterwards.

Who may send at all is decided by the emulator itself, on the states that `local.ses_store` keeps true.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from email.utils import parseaddr
from enum import Enum
from typing import Any, Final

from local import emulator
from local.identity import Identity, MxFailure, envelope_domain
from local.ses_configuration_sets import configuration_set_exists, sending_enabled
from local.ses_outgoing import Outgoing, raw_headers
from local.ses_store import IdentityStore
from local.verification import Status

MAIL_FROM_MESSAGE: Final = (
    "The MAIL FROM domain of the identity is not verified and it rejects such messages."
)


class Refusal(Enum):
    """Why a message is not taken, apart from its sender not being verified."""

    NO_CONFIGURATION_SET = "configuration set"
    SET_PAUSED = "sending paused"
    MAIL_FROM_NOT_VERIFIED = "MAIL FROM domain"


@dataclass(frozen=True, kw_only=True)
class Send:
    """A message as far as SES has to know it before it takes it.

    Attributes:
        sender: The address that it is from.
        configuration_set_name: The configuration set that the request names, or None.
    """

    sender: str
    configuration_set_name: str | None

    @classmethod
    def from_v2(cls, body: bytes) -> "Send":
        """Read a SendEmail or SendBulkEmail of the API v2."""
        data: dict[str, Any] = json.loads(body) if body else {}
        raw = (data.get("Content") or {}).get("Raw") or {}
        return cls._of(data.get("FromEmailAddress"), data.get("ConfigurationSetName"), raw.get("Data"))

    @classmethod
    def from_v1(cls, parameters: dict[str, str]) -> "Send":
        """Read a SendEmail, SendRawEmail or templated send of the API v1."""
        return cls._of(
            parameters.get("Source"),
            parameters.get("ConfigurationSetName"),
            parameters.get("RawMessage.Data"),
        )

    @classmethod
    def _of(cls, sender: str | None, configuration_set: str | None, raw: str | None) -> "Send":
        headers = {name.lower(): value for name, value in raw_headers(raw)}
        return cls(
            sender=parseaddr(sender or headers.get("from", ""))[1],
            # SES Developer Guide, specifying a configuration set: the header does it for raw messages.
            configuration_set_name=configuration_set or headers.get("x-ses-configuration-set"),
        )


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What is decided about a message: refused, or with which settings it goes.

    Attributes:
        configuration_set_name: The one in effect: the request's, otherwise the identity's default.
        identity: The verified identity it is sent under, if any.
        refusal: Why it is not taken; None passes it on to the emulator.
    """

    configuration_set_name: str | None
    identity: Identity | None
    refusal: Refusal | None


def decide(send: Send, store: IdentityStore) -> Verdict:
    """Decide about one message."""
    identity = store.covering(send.sender)
    name = send.configuration_set_name or (identity.configuration_set_name if identity else None)
    refusal = None
    if name and not configuration_set_exists(name):
        refusal = Refusal.NO_CONFIGURATION_SET
    elif name and not sending_enabled(name):
        refusal = Refusal.SET_PAUSED
    elif identity is not None and _insists_on_mail_from(identity):
        refusal = Refusal.MAIL_FROM_NOT_VERIFIED
    return Verdict(configuration_set_name=name, identity=identity, refusal=refusal)


def sent_count() -> int:
    """How many messages the account has sent in this Region."""
    return len(emulator.sent_mail())


def annotate(first: int, send: Send, verdict: Verdict) -> None:
    """Complete the records of the messages sent since ``first``: what the emulator leaves out."""
    for record in emulator.sent_mail()[first:]:
        record["Source"] = record.get("Source") or send.sender
        record["Region"] = emulator.region()
        if verdict.configuration_set_name:
            record["ConfigurationSetName"] = verdict.configuration_set_name
        if verdict.identity is not None:
            record["MailFromDomain"] = envelope_domain(verdict.identity)


def keep_content(first: int, outgoing: Sequence[Outgoing]) -> None:
    """Keep the raw messages sent since ``first`` as they came, and who they really go to.

    The emulator keeps what it reads in them, which is not everything.
    """
    for record, sent in zip(emulator.sent_mail()[first:], outgoing, strict=False):
        if sent.raw:
            record["RawMessage"] = sent.content
            record["Destinations"] = list(sent.destination)


def _insists_on_mail_from(identity: Identity) -> bool:
    mail_from = identity.mail_from
    return (
        mail_from is not None
        and identity.mx_failure is MxFailure.REJECT_MESSAGE
        and mail_from.progress.status is not Status.SUCCESS
    )
