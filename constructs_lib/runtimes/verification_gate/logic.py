"""How long to wait for SES and when waiting is pointless: pure, on ports and a clock.

A gate is a chain of waits, each a resource of its own and each short enough for one call of the function. The
first one's physical id says when it started. All others measure from there, so that a call that Lambda
repeats, after one that died or beside one that still runs, ends at the same moment and answers the same.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import Final

from ..custom_resource import (  # noqa: TID252 - Lambda has no constructs_lib
    NOT_CREATED,
    RefusedError,
    Request,
    RequestType,
)
from .diagnosis import SEARCH_TIME, explain, record_problems
from .model import FAILED, NOT_STARTED, SUCCESS, Identities, Identity, NotAnsweredError, Wait, Zones

GRACE_SECONDS: Final = 60
"""How long an answer is doubted after which nothing could happen any more: IAM needs some seconds to spread a
new permission, and SES some to know a new identity everywhere."""

_LOG: Final = logging.getLogger(__name__)
_LOG.setLevel(logging.INFO)


class Outlook(Enum):
    """What an answer of SES means for the wait."""

    VERIFIED = auto()
    OPEN = auto()
    DOUBTFUL = auto()
    HOPELESS = auto()


@dataclass(frozen=True, kw_only=True)
class Look:
    """One look at SES.

    Attributes:
        outlook: Whether to go on.
        what: What was seen, for a person.
        fix: What to do, where it is not about records.
        identity: What SES knows, where it is about records.
    """

    outlook: Outlook
    what: str
    fix: str | None = None
    identity: Identity | None = None


def wait_until_verified(
    request: Request,
    *,
    identities: Identities,
    zones: Zones,
    now: Callable[[], float],
    pause: Callable[[float], None],
) -> str:
    """Do what CloudFormation asks for.

    A creation waits. An update waits only for another domain: the same one was verified when this resource
    was created, so neither an update nor its rollback is held up. A deletion does nothing at all.

    Args:
        request: The request; its properties are those of `Wait`.
        identities: SES.
        zones: Route 53; asked only when the wait ends badly.
        now: Seconds since 1970.
        pause: Waits for seconds.

    Returns:
        The physical id: domain and start of the gate's first wait. Unless this wait is the last one, it is
        returned at its end in any case, and the next one goes on.

    Raises:
        RefusedError: ``identity-not-verified``: time ran out, or nobody can do anything by waiting.
    """
    known = request.physical_id or NOT_CREATED
    if request.type is RequestType.DELETE:
        return known
    wait = Wait.of(request.properties)
    if request.type is RequestType.UPDATE and known.rpartition("/")[0] == wait.domain:
        return known
    physical_id = wait.since or f"{wait.domain}/{int(now())}"
    end = int(physical_id.rpartition("/")[2]) + wait.until
    look = _watch(wait, end=end, identities=identities, now=now, pause=pause)
    if look.outlook is Outlook.VERIFIED or (look.outlook is not Outlook.HOPELESS and not wait.is_last):
        return physical_id
    problems = record_problems(look.identity, wait, zones) if look.identity else []
    for problem in problems:
        _LOG.warning("%s: %s", wait.domain, problem)
    raise RefusedError(
        explain(
            wait,
            look.what,
            fix=look.fix,
            problems=problems,
            gave_up=look.outlook is Outlook.HOPELESS,
        )
    )


def _watch(
    wait: Wait,
    *,
    end: float,
    identities: Identities,
    now: Callable[[], float],
    pause: Callable[[float], None],
) -> Look:
    """Look until it is decided or the time is over, at least once; return the last look."""
    seen, doubted_since, identity = "", None, None
    while True:
        look = _look(wait, identities)
        time = now()
        # What SES said before it failed to answer still tells which records it looks for.
        identity = look.identity or identity
        if look.what != seen:
            seen = look.what
            _LOG.info("%s: %s", wait.domain, seen)
        if look.outlook is Outlook.DOUBTFUL:
            doubted_since = time if doubted_since is None else doubted_since
            if time - doubted_since >= GRACE_SECONDS:
                return Look(outlook=Outlook.HOPELESS, what=look.what, fix=look.fix)
        else:
            doubted_since = None
        if look.outlook in {Outlook.VERIFIED, Outlook.HOPELESS} or time >= end:
            return replace(look, identity=identity)
        pause(min(wait.poll_seconds, end - time))


def _look(wait: Wait, identities: Identities) -> Look:
    try:
        identity = identities.find(wait.domain)
    except NotAnsweredError as error:
        if error.denied:
            fix = f"allow the gate's function ses:GetEmailIdentity on the identity {wait.domain}"
            return Look(outlook=Outlook.DOUBTFUL, what=str(error), fix=fix)
        return Look(outlook=Outlook.OPEN, what=str(error), fix="deploy again when SES answers")
    if identity is None:
        return Look(
            outlook=Outlook.DOUBTFUL,
            what="this account has no such identity in this Region",
            fix="create the identity first",
        )
    return _judge(wait, identity)


def _judge(wait: Wait, identity: Identity) -> Look:
    states = {"domain": identity.domain_state, "DKIM": identity.dkim_state}
    if wait.mail_from:
        states["MAIL FROM"] = identity.mail_from_state
        if identity.mail_from_domain is None:
            return Look(
                outlook=Outlook.DOUBTFUL,
                what="the identity has no MAIL FROM domain",
                fix="set one, or let the gate wait without it",
            )
    what = ", ".join(f"{part} {state}" for part, state in states.items())
    if identity.error_type:
        what += f", last look {identity.error_type}"
    values = set(states.values())
    if values == {SUCCESS}:
        return Look(outlook=Outlook.VERIFIED, what=what)
    if FAILED in values:
        what += f": SES stopped looking after {SEARCH_TIME}"
        return Look(outlook=Outlook.HOPELESS, what=what, identity=identity)
    if NOT_STARTED in values:
        fix = "start the verification in the SES console"
        return Look(outlook=Outlook.DOUBTFUL, what=what, fix=fix)
    return Look(outlook=Outlook.OPEN, what=what, identity=identity)
