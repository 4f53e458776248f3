"""Says who sends a batch, before it is sent, so that nobody sends it twice.

SES has no token that makes a send idempotent. So before each batch an object is written in S3 under the
condition that there is none (``If-None-Match: *``), and changed only by whoever knows its present ETag
(``If-Match``). It is in one of three states::

    sending ----> sent         SES took it: never again
       |  ^
       v  |
     released                  SES certainly did not take it: whoever comes next may send

A claim that is ``sending`` and not our own is one whose holder is at work, or died, or got no answer. Nobody
knows whether that mail went out, so nobody sends it: a person decides.

The first claim of a message holds all its destinations. They stay, even when the mapping is changed between
two attempts: otherwise the batches would be other ones.
"""

import json
from collections.abc import Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from .faults import ClaimLostError

if TYPE_CHECKING:
    from .model import Objects

_VERSION: Final = 1


class State(StrEnum):
    """Of a batch."""

    SENDING = "sending"
    SENT = "sent"
    RELEASED = "released"


class Claim(NamedTuple):
    """The claim of one batch.

    Attributes:
        key: Of the object.
        etag: Of its present version.
        state: Of the batch.
        token: Of the attempt that wrote it.
        destinations: All destinations of the message.
        sent_as: SES's id of what was sent; empty before.
        sent_at: When, ISO 8601; empty before.
        ours: Whether this attempt may send.
    """

    key: str
    etag: str
    state: State
    token: str
    destinations: tuple[str, ...]
    sent_as: str = ""
    sent_at: str = ""
    ours: bool = False


def take(objects: "Objects", key: str, *, destinations: Sequence[str], token: str) -> Claim:
    """Claim a batch, or tell who has it.

    Args:
        objects: Where claims are.
        key: The claim's.
        destinations: All destinations of the message, should this be the first attempt.
        token: Of this attempt.
    """
    body = _body(State.SENDING, token, destinations)
    etag = objects.write_claim(key, body, instead_of=None)
    if etag is not None:
        return _claim(key, body, etag, ours=True)
    found = read(objects, key)
    if found.token == token and found.state is State.SENDING:
        # The answer to our first write was lost, and the SDK wrote again.
        return found._replace(ours=True)
    if found.state is not State.RELEASED:
        return found
    body = _body(State.SENDING, token, found.destinations)
    etag = objects.write_claim(key, body, instead_of=found.etag)
    if etag is not None:
        return _claim(key, body, etag, ours=True)
    found = read(objects, key)
    return found._replace(ours=found.token == token and found.state is State.SENDING)


def read(objects: "Objects", key: str) -> Claim:
    """The claim as it is."""
    return _claim(key, *objects.read_claim(key))


def mark_sent(objects: "Objects", claim: Claim, *, sent_as: str, sent_at: str) -> Claim:
    """Say that SES took it.

    Raises:
        ClaimLostError: somebody changed it meanwhile.
    """
    return _change(
        objects,
        claim,
        _body(State.SENT, claim.token, claim.destinations, sent_as=sent_as, sent_at=sent_at),
    )


def release(objects: "Objects", claim: Claim) -> Claim:
    """Say that SES certainly did not take it.

    Raises:
        ClaimLostError: somebody changed it meanwhile.
    """
    return _change(objects, claim, _body(State.RELEASED, claim.token, claim.destinations))


def _change(objects: "Objects", claim: Claim, body: bytes) -> Claim:
    etag = objects.write_claim(claim.key, body, instead_of=claim.etag)
    if etag is None:
        found, etag = objects.read_claim(claim.key)
        if found != body:
            raise ClaimLostError("the claim of this attempt was changed by another one")
    return _claim(claim.key, body, etag)


def _body(
    state: State, token: str, destinations: Sequence[str], *, sent_as: str = "", sent_at: str = ""
) -> bytes:
    return json.dumps(
        {
            "version": _VERSION,
            "state": state,
            "token": token,
            "destinations": list(destinations),
            "sent_as": sent_as,
            "sent_at": sent_at,
        }
    ).encode()


def _claim(key: str, body: bytes, etag: str, *, ours: bool = False) -> Claim:
    value: dict[str, Any] = json.loads(body)
    return Claim(
        key=key,
        etag=etag,
        state=State(value["state"]),
        token=value["token"],
        destinations=tuple(value["destinations"]),
        sent_as=value["sent_as"],
        sent_at=value["sent_at"],
        ours=ours,
    )
