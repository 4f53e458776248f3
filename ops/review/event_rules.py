"""Rules that send events on to other accounts."""

from collections.abc import Iterator
from typing import Final

from ops.review.changes import Change, EnvironmentChange, Fate, Place, end_of
from ops.review.finding import Finding, Subject
from ops.review.rating import Rating
from ops.review.sentence import Sentence, say
from ops.review.values import Reader

_RULE: Final = "AWS::Events::Rule"
_PARTS: Final = 6
"""Of an ARN; the fifth is the account."""


def event_rule_findings(environment: EnvironmentChange) -> Iterator[Finding]:
    """Whose account learns of events, and whose no more."""
    for change in environment.of_type(_RULE):
        yield from _rule(change, environment)


def _rule(change: Change, environment: EnvironmentChange) -> Iterator[Finding]:
    before, after = change.before, change.after
    old, new = _foreign(before), _foreign(after)
    if before and not after and end_of(before, environment.after) is Fate.LEFT:
        return
    if gone := sorted(old - new):
        sentence = say(
            "Rule {} sends events to {} no more: whoever listens there learns nothing of them.",
            _name(change.place),
            gone,
        )
        yield _found(sentence, change.place)
    if after and (come := sorted(new - old)):
        yield _found(say("Rule {} sends events to another account: {}.", _name(after), come), after)
    if after and before and new & old and before.get("EventPattern") != after.get("EventPattern"):
        sentence = say("Rule {} sends other events than before to {}.", _name(after), sorted(new & old))
        yield _found(sentence, after)


def _foreign(place: Place | None) -> set[str]:
    """The targets in other accounts of a rule that is on."""
    if place is None or not place.stack.account or place.get("State") == "DISABLED":
        return set()
    arns = [Reader(place.stack).text(target.get("Arn")) for target in place.several("Targets")]
    split = [(arn, arn.split(":", _PARTS - 1)) for arn in arns]
    return {arn for arn, parts in split if len(parts) == _PARTS and parts[4] not in {"", place.stack.account}}


def _name(place: Place) -> str:
    return place.text("Name", default=place.logical_id)


def _found(sentence: Sentence, place: Place) -> Finding:
    return Finding(
        rating=Rating.CAUTION, subject=Subject.SENDING, sentence=sentence, stacks=(place.stack.id,)
    )
