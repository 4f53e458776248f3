"""Sends one message to everybody who gets it, in batches, each under a claim."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from . import claims
from .claims import Claim, State
from .faults import InboundMailError, NotSentError, StoreError
from .header import Header, Raw
from .keys import claim_key
from .mapping import batches
from .rewriting import forwarded_header
from .settings import ForwardSettings

if TYPE_CHECKING:
    from .model import Gateway


class Attempt(NamedTuple):
    """What is new at each attempt.

    Attributes:
        token: Of no other attempt.
        now: The time, ISO 8601.
        time_for_a_send: Whether the function may still begin one. A claim whose holder is stopped by a
            timeout needs a person.
    """

    token: str
    now: Callable[[], str]
    time_for_a_send: Callable[[], bool]


class Mail(NamedTuple):
    """A message in memory.

    Attributes:
        key: Of the raw message.
        raw: Its bytes.
        header: Its header.
    """

    key: str
    raw: Raw
    header: Header


@dataclass(frozen=True, kw_only=True)
class Sender:
    """Sends one message.

    Attributes:
        mail: The message.
        settings: How it is forwarded.
        gateway: S3 and SES.
        attempt: This one.
    """

    mail: Mail
    settings: ForwardSettings
    gateway: "Gateway"
    attempt: Attempt

    def send_to(self, everybody: Sequence[str]) -> tuple[list[dict[str, Any]], list[str]]:
        """Send every batch that was not sent; one that failed or is unknown holds no other back.

        Returns:
            Of each batch the number of destinations, the state, SES's id and time; and what failed.
        """
        header = forwarded_header(self.mail.raw, self.mail.header, sender=self.settings.sender)
        done: list[dict[str, Any]] = []
        problems: list[str] = []
        # Of the first attempt as soon as its claim is read, so that the batches stay what they were.
        planned = list(batches(everybody))
        while len(done) < len(planned):
            if not self.attempt.time_for_a_send():
                problems.append("no-time")
                break
            try:
                claim = claims.take(
                    self.gateway,
                    claim_key(self.mail.key, len(done)),
                    destinations=everybody,
                    token=self.attempt.token,
                )
            except InboundMailError as error:
                problems.append(str(error))
                break
            everybody = claim.destinations
            planned = list(batches(everybody))
            batch = planned[len(done)]
            try:
                if claim.ours:
                    claim = self._send(batch, claim, header)
                elif claim.state is State.SENDING:
                    problems.append("unknown: another attempt began to send and did not say how it ended")
            except InboundMailError as error:
                problems.append(str(error))
            done.append(
                {
                    "destinations": len(batch),
                    "state": claim.state,
                    "sent_as": claim.sent_as,
                    "sent_at": claim.sent_at,
                }
            )
        return done, problems

    def _send(self, batch: Sequence[str], claim: Claim, header: bytes) -> Claim:
        try:
            sent_as = self.gateway.send(
                batch,
                sender=self.settings.sender,
                header=header,
                raw=self.mail.raw,
                body=self.mail.header.body,
                configuration_set=self.settings.configuration_set,
            )
        except NotSentError:
            claims.release(self.gateway, claim)
            raise
        try:
            return claims.mark_sent(self.gateway, claim, sent_as=sent_as, sent_at=self.attempt.now())
        except InboundMailError as error:
            raise StoreError(f"sent as {sent_as}, which could not be noted: {error}") from None
