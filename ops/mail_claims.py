"""Settling what nobody knows: whether a batch of forwarded mail was sent before its function died.

Such a batch is never sent again by itself (`constructs_lib.runtimes.inbound_mail.claims`). A person who
looked, at the destination or in the events of the configuration set, says how it ended.
"""

from collections.abc import Callable
from dataclasses import dataclass

from constructs_lib.runtimes.inbound_mail import claims
from constructs_lib.runtimes.inbound_mail.claims import Claim, State
from constructs_lib.runtimes.inbound_mail.faults import ClaimLostError
from ops.errors import ClaimChangedError
from ops.inboxes import Inbox
from ops.received_mail import MailStoreGateway, ReceivedMail


@dataclass(frozen=True, kw_only=True)
class _Objects:
    """`claims.Objects` of one inbox."""

    gateway: MailStoreGateway
    inbox: Inbox

    def write_claim(self, key: str, body: bytes, *, instead_of: str | None) -> str | None:
        if instead_of is None:
            raise AssertionError  # a settled claim was there before
        return self.gateway.write_claim(self.inbox, key, body, instead_of=instead_of)

    def read_claim(self, key: str) -> tuple[bytes, str]:
        return self.gateway.read_claim(self.inbox, key)


def settle(
    mail: ReceivedMail, gateway: MailStoreGateway, *, sent: bool, now: Callable[[], str]
) -> tuple[str, ...]:
    """Say how the batches of a message ended that nobody knows of.

    Args:
        mail: The message.
        gateway: Access to where it is.
        sent: Whether they were sent; otherwise the next attempt sends them.
        now: The time, ISO 8601.

    Returns:
        The keys of the claims that were settled; those of other states are left alone.

    Raises:
        ClaimChangedError: Somebody changed a claim meanwhile.
        AccessError: S3 could not be asked.
    """
    objects = _Objects(gateway=gateway, inbox=mail.inbox)
    settled = []
    for key in gateway.claim_keys(mail.inbox, mail.id):
        claim = claims.read(objects, key)
        if claim.state is State.SENDING:
            _end(objects, claim, sent=sent, now=now)
            settled.append(key)
    return tuple(settled)


def _end(objects: _Objects, claim: Claim, *, sent: bool, now: Callable[[], str]) -> None:
    try:
        if sent:
            claims.mark_sent(objects, claim, sent_as="", sent_at=now())
        else:
            claims.release(objects, claim)
    except ClaimLostError as error:
        raise ClaimChangedError(
            f"{claim.key} was changed meanwhile.", fix="look again: python -m ops mail show"
        ) from error
