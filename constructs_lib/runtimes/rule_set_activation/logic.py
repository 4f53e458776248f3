"""Which receipt rule set becomes active, and which one afterwards: pure, on a port.

SES has one active receipt rule set in an account and Region (SES API v1, SetActiveReceiptRuleSet), and tells
nobody which one was active before. So that is written down before anything is switched: whatever dies after
that, the next call finds it. What is written down is the last set of somebody else that ours replaced; a call
that finds ours active already changes nothing of it.

A set is ours if this resource made it active: the one that is wanted, the one before a rename, and, as the
request does not always tell that one, the last one that was written down. Anything else is somebody's, and is
replaced only where the template says so.
"""

import json
import logging
from dataclasses import dataclass
from typing import Final, Protocol

from ..custom_resource import (  # noqa: TID252 - Lambda has no constructs_lib
    Done,
    RefusedError,
    Request,
    RequestType,
)

NOTHING: Final = "(none)"
"""The attribute ``Former`` where no set was active before. No rule set can have this name."""

_KEPT: Final = 2
"""Names of ours that are kept: a rollback goes back to the last but one."""

_LOG: Final = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Memory:
    """What is written down.

    Attributes:
        former: The set to make active again; None for none. Its own name where ours was active already when
            the resource was made: then it stays.
        ours: Names that this resource made active, or was about to, the last one at the end.
    """

    former: str | None
    ours: tuple[str, ...]

    def to_text(self) -> str:
        """As a person can read and correct it."""
        return json.dumps({"former": self.former, "ours": list(self.ours)})

    @classmethod
    def from_text(cls, text: str, place: str) -> "Memory":
        """The reverse.

        Raises:
            RefusedError: it is something else. Guessing would lose the former set.
        """
        try:
            found = json.loads(text)
            former, ours = found["former"], found["ours"]
        except (ValueError, TypeError, KeyError):
            former, ours = None, None
        if not (
            isinstance(ours, list)
            and ours
            and all(isinstance(name, str) for name in ours)
            and (former is None or (isinstance(former, str) and former))
        ):
            raise RefusedError(
                f"[rule-set-memory-broken] The parameter {place} does not say which receipt rule set was "
                'active before. Fix: write {"former": "NAME", "ours": ["NAME OF OURS"]} into it, or delete '
                "it; without it nothing is restored."
            )
        return cls(former=former, ours=tuple(ours))


class Aws(Protocol):
    """SES and a place to write things down, of one account and Region.

    Every method may raise `RefusedError` for what a person has to solve.
    """

    def active(self) -> str | None:
        """Return the name of the active receipt rule set, or None."""

    def exists(self, name: str) -> bool:
        """Whether there is a receipt rule set of that name."""

    def switch(self, name: str | None) -> bool:
        """Make a set active, or none; False where there is no set of that name."""

    def recall(self, place: str) -> str | None:
        """Return what is written down, or None."""

    def remember(self, place: str, text: str) -> None:
        """Write down, whatever was there."""

    def remember_first(self, place: str, text: str) -> str:
        """Write down where nothing is, and return what is there then."""

    def forget(self, place: str) -> None:
        """Take away what is written down; nothing there is fine."""


def activate(request: Request, aws: Aws) -> Done:
    """Do what CloudFormation asks for; repeating it changes nothing.

    Properties: ``RuleSetName``, and ``TakeOver``, ``true`` where another set may be replaced. The attribute
    ``Former`` names the set that becomes active again, or is `NOTHING`.

    Returns:
        The physical id, the same for ever: where the former set is written down.

    Raises:
        RefusedError: another set is active, there is no such set, or SES refuses.
    """
    place = place_of(request.stack_id)
    physical_id = request.physical_id or place
    if request.type is RequestType.DELETE:
        _give_back(request.properties["RuleSetName"], place, aws)
        return Done(physical_id=physical_id)
    memory = _take(request, place, aws)
    return Done(physical_id=physical_id, attributes={"Former": memory.former or NOTHING})


def place_of(stack_id: str) -> str:
    """The parameter that belongs to a stack: its name, and the id that no later stack of that name has."""
    return f"/receipt-rule-set-activation/{stack_id.split(':')[5]}"


def _take(request: Request, place: str, aws: Aws) -> Memory:
    wanted = request.properties["RuleSetName"]
    text = aws.recall(place)
    memory = Memory.from_text(text, place) if text is not None else None
    active = aws.active()
    if active == wanted:
        former = memory.former if memory else wanted
        return _write(memory, former=former, wanted=wanted, place=place, aws=aws)
    is_ours = active in {request.old_properties.get("RuleSetName"), *(memory.ours[-1:] if memory else ())}
    is_theirs = active is not None and not is_ours
    if is_theirs and str(request.properties.get("TakeOver")).lower() != "true":
        # An update that asks for nothing new, or goes back: somebody activated theirs since, and keeps it.
        # Refused, a rollback would fail, and the stack with it.
        if request.type is RequestType.UPDATE and memory and wanted in memory.ours:
            _LOG.warning("left alone: %s is active, not %s", active, wanted)
            return memory
        raise _taken(active or "", wanted)
    if not aws.exists(wanted):
        raise _missing(wanted)
    if is_theirs:
        former = active
    elif memory:
        former = memory.former
    else:
        former = wanted if active else None  # ours was active already, under its former name
    memory = _write(memory, former=former, wanted=wanted, place=place, aws=aws)
    if not aws.switch(wanted):
        raise _missing(wanted)
    return memory


def _write(memory: Memory | None, *, former: str | None, wanted: str, place: str, aws: Aws) -> Memory:
    """Write down whom we follow and, at the end, our name, where that is not what stands there."""
    others = [name for name in memory.ours if name != wanted] if memory else []
    new = Memory(former=former, ours=(*others, wanted)[-_KEPT:])
    if memory is None:
        # The same request at the same moment may have been faster, and has even switched perhaps.
        return Memory.from_text(aws.remember_first(place, new.to_text()), place)
    if new != memory:
        aws.remember(place, new.to_text())
    return new


def _give_back(wanted: str, place: str, aws: Aws) -> None:
    text = aws.recall(place)
    if text is None:
        return  # it never came to switching, or all was given back already
    memory = Memory.from_text(text, place)
    if aws.active() in {wanted, memory.ours[-1]} and not (memory.former and aws.switch(memory.former)):
        # Nothing was active before, or it is gone. SES deletes no active set: the stack would stay for ever.
        _LOG.warning("no receipt rule set is active now; before %s it was %s", wanted, memory.former)
        aws.switch(None)
    # Last: whoever dies before this does it all again.
    aws.forget(place)


def _taken(active: str, wanted: str) -> RefusedError:
    return RefusedError(
        f"[rule-set-taken] The receipt rule set {active} is active in this account and Region, and only one "
        f"can be. Fix: set take_over=True, and {wanted} replaces it until this resource is deleted; or add "
        f"the rules to {active}; or, if nobody needs it, run aws ses set-active-receipt-rule-set, which "
        "without a name deactivates it."
    )


def _missing(wanted: str) -> RefusedError:
    return RefusedError(
        f"[rule-set-missing] There is no receipt rule set {wanted} in this account and Region. Fix: correct "
        "rule_set_name, or name the construct that makes it in `rules`, so that it is made first."
    )
