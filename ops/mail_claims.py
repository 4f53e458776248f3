"""Settling what nobody knows: whether a batch of forwarded mail was sent before its function died.

Such a batch is never sent again by itself (`constructs_lib.runtimes.inbound_mail.claims`). A person who
looked, at the destination or in the events of the configuration set, says how it ended.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from constructs_lib.runtimes.inbound_mail import claims
from constructs_lib.runtimes.inbound_mail.claims import Claim, State
from constructs_lib.runtimes.inbound_mail.faults import ClaimLostError
from ops.errors import ClaimChangedError, ClaimInUseError, RecordUnreadableError
from ops.inboxes import Inbox
from ops.received_mail import MailStoreGateway, ReceivedMail
from ops.timing import iso, utc

LONGEST_ATTEMPT: Final = timedelta(minutes=15)
"""As long as a function can run (AWS Lambda Developer Guide, quotas). Later its claims are nobody's."""


@dataclass(frozen=True, kw_only=True)
class _Objects:
    """`claims.Objects` of one inbox, which remembers when what it read was written."""

    gateway: MailStoreGateway
    inbox: Inbox
    written_at: dict[str, datetime] = field(default_factory=dict)

    def write_claim(self, key: str, body: bytes, *, instead_of: str | None) -> str | None:
        if instead_of is None:
            raise AssertionError  # a settled claim was there before
        return self.gateway.write_claim(self.inbox, key, body, instead_of=instead_of)

    def read_claim(self, key: str) -> tuple[bytes, str]:
        found = self.gateway.read_claim(self.inbox, key)
        self.written_at[key] = found.written_at
        return found.body, found.etag


def settle(
    mail: ReceivedMail, gateway: MailStoreGateway, *, sent: bool, now: Callable[[], datetime]
) -> tuple[str, ...]:
    """Say how the batches of a message ended that nobody knows of.

    Args:
        mail: The message.
        gateway: Access to where it is.
        sent: Whether they were sent; otherwise the next attempt sends them.
        now: The time, with a time zone.

    Returns:
        The keys of the claims that were settled; those of other states are left alone.

    Raises:
        ClaimInUseError: A function may still be sending; nothing was settled.
        ClaimChangedError: Somebody changed a claim meanwhile; those before it are settled.
        RecordUnreadableError: A claim is not what this release knows; nothing was settled.
        AccessError: S3 could not be asked.
    """
    objects = _Objects(gateway=gateway, inbox=mail.inbox)
    found = [_read(objects, key) for key in gateway.claim_keys(mail.inbox, mail.id)]
    open_claims = [claim for claim in found if claim.state is State.SENDING]
    for claim in open_claims:
        until = objects.written_at[claim.key] + LONGEST_ATTEMPT
        if now() < until:
            raise ClaimInUseError(
                f"The function that wrote {claim.key} may run until {utc(until)}.",
                fix="settle it after that: then nobody else can",
            )
    for claim in open_claims:
        _end(objects, claim, sent=sent, now=now)
    return tuple(claim.key for claim in open_claims)


def _read(objects: _Objects, key: str) -> Claim:
    try:
        return claims.read(objects, key)
    except (AttributeError, KeyError, TypeError, ValueError, RecursionError) as error:
        raise RecordUnreadableError(
            f"{key} is no claim that this release knows.",
            fix="use the commands of the release that is deployed",
        ) from error


def _end(objects: _Objects, claim: Claim, *, sent: bool, now: Callable[[], datetime]) -> None:
    try:
        if sent:
            claims.mark_sent(objects, claim, sent_as="", sent_at=iso(now()))
        else:
            claims.release(objects, claim)
    except ClaimLostError as error:
        raise ClaimChangedError(
            f"{claim.key} was changed meanwhile.", fix="look again: python -m ops mail show"
        ) from error
