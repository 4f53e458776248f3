"""In which order the rules of a set are, and in which they shall be: pure, on a port.

Ours come first, in our order, or right after a rule of somebody else that the request names. Whatever else is
in the set keeps its own order: a rule that somebody made by hand never comes between ours, and one that this
deployment deletes in a moment is in nobody's way. Asked twice it does the same once.
"""

import logging
from collections.abc import Sequence
from typing import Final, Protocol

from ..custom_resource import Request, RequestType  # noqa: TID252 - Lambda has no constructs_lib

_LOG: Final = logging.getLogger(__name__)


class Ses(Protocol):
    """Receipt rule sets of the account and Region.

    Every method may raise `RefusedError` for what a person has to solve.
    """

    def rules(self, rule_set: str) -> tuple[str, ...]:
        """Return the names of a set's rules in their order."""

    def reorder(self, rule_set: str, names: Sequence[str]) -> None:
        """Put all rules of a set into this order."""


def arrange(request: Request, ses: Ses) -> str:
    """Put the rules that a request names into its order; nothing is to be done when it is deleted.

    Returns:
        The physical id: the name of the rule set.
    """
    rule_set: str = request.properties["RuleSetName"]
    if request.type is RequestType.DELETE:
        return request.physical_id or rule_set
    now = ses.rules(rule_set)
    after = request.properties.get("AfterRule")
    wanted = ordered(now, request.properties["RuleNames"], after=after)
    if wanted != now:
        ses.reorder(rule_set, wanted)
    return rule_set


def ordered(now: Sequence[str], ours: Sequence[str], *, after: str | None = None) -> tuple[str, ...]:
    """Return all rules of a set in the order that they shall have.

    One of ours that is not there is left out: its own resource is what fails, and a rollback, which comes
    here too, must not.
    """
    missing = [name for name in ours if name not in now]
    if missing:
        _LOG.warning("not in the set: %s", ", ".join(missing))
    others = [name for name in now if name not in ours]
    place = _place(now, ours, others, after)
    return (*others[:place], *(name for name in ours if name in now), *others[place:])


def _place(now: Sequence[str], ours: Sequence[str], others: Sequence[str], after: str | None) -> int:
    """How many rules of others come before ours.

    Where the rule that ours follow is gone, ours stay where the first of them is: SES refuses a new rule
    there, and a rollback must not fail.
    """
    if after is None:
        return 0
    if after in others:
        return others.index(after) + 1
    _LOG.warning("not in the set: %s, which ours come after", after)
    first = next((number for number, name in enumerate(now) if name in ours), len(now))
    return sum(name not in ours for name in now[:first])
