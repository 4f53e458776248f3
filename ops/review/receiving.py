"""Incoming mail: rule sets, rules in their order, what they do, and which set is in use."""

from collections.abc import Iterator
from typing import Final

from ops.review.changes import Change, EnvironmentChange, Fate, Place, end_of
from ops.review.finding import Finding, Subject
from ops.review.rating import Rating
from ops.review.receipt_rules import DROPS_SPAM, added, differences, removed, rule_of
from ops.review.sentence import Sentence, say

_SET: Final = "AWS::SES::ReceiptRuleSet"
_RULE: Final = "AWS::SES::ReceiptRule"
_FILTER: Final = "AWS::SES::ReceiptFilter"
_ACTIVATION: Final = "Custom::ReceiptRuleSetActivation"
_ORDER: Final = "Custom::ReceiptRuleOrder"


def receiving_findings(environment: EnvironmentChange) -> Iterator[Finding]:
    """What changes for incoming mail."""
    yield from _sets(environment)
    yield from _activations(environment)
    yield from _rules(environment)
    yield from _orders(environment)
    yield from _filters(environment)


def _sets(environment: EnvironmentChange) -> Iterator[Finding]:
    before, after = _by_name(environment, _SET)
    active = _active(environment, after=False)
    for key, place in before.items():
        if key in after:
            continue
        used = key in active
        yield _found(
            Rating.BLOCK if used else Rating.CAUTION, _set_gone(environment, key, place, used=used), place
        )
    for key, place in after.items():
        if key not in before:
            yield _found(Rating.ROUTINE, say("Rule set {} is new.", key[1]), place)


def _set_gone(environment: EnvironmentChange, key: tuple[str, str], place: Place, *, used: bool) -> Sentence:
    what = "Rule set {}, which is in use," if used else "Rule set {}, which is not in use,"
    if key in (renamed := _renamed(environment)):
        return say(f"{what} is replaced by {{}}: its rules are made anew in that.", key[1], renamed[key])
    match end_of(place, environment.after):
        case Fate.LEFT:
            words = f"{what} is declared no more: its stack {{}} stays until somebody deletes it."
            return say(words, key[1], place.stack.name)
        case Fate.ORPHANED:
            return say(f"{what} is declared no more: it stays, unmanaged.", key[1])
    return say(f"{what} is deleted with its rules.", key[1])


def _activations(environment: EnvironmentChange) -> Iterator[Finding]:
    before, after = (
        {p.stack.region: p for p in _places(environment, _ACTIVATION, after=side)} for side in (False, True)
    )
    for region in {**before, **after}:
        old, new = before.get(region), after.get(region)
        if new is None and old is not None:
            left = end_of(old, environment.after) is Fate.LEFT
            effect = (
                "it stays active with its stack until somebody deletes that"
                if left
                else "the set that was active before is so again; without one, SES rejects all incoming mail"
            )
            yield _found(
                Rating.BLOCK,
                say("Rule set {} is made active no more: " + effect + ".", old.text("RuleSetName")),
                old,
            )
        elif old is None and new is not None:
            takes = new.get("TakeOver") is True
            effect = (
                "in place of any other set of the account: mail that the other one handled is handled by "
                "this one only"
                if takes
                else "and handles all incoming mail of the account; the deploy fails if another set is active"
            )
            yield _found(
                Rating.DANGER if takes else Rating.CAUTION,
                say("Rule set {} becomes active in {} " + effect + ".", new.text("RuleSetName"), region),
                new,
            )
        elif old is not None and new is not None:
            if old.get("RuleSetName") != new.get("RuleSetName"):
                sentence = say(
                    "Rule set {} becomes active in place of {}: all incoming mail goes by its rules.",
                    new.text("RuleSetName"),
                    old.text("RuleSetName"),
                )
                yield _found(Rating.BLOCK, sentence, new)
            if not old.get("TakeOver") and new.get("TakeOver") is True:
                sentence = say(
                    "Rule set {} now takes over from any other active set.", new.text("RuleSetName")
                )
                yield _found(Rating.DANGER, sentence, new)


def _rules(environment: EnvironmentChange) -> Iterator[Finding]:
    before = {_rule_key(place): rule_of(place) for place in _places(environment, _RULE, after=False)}
    after = {_rule_key(place): rule_of(place) for place in _places(environment, _RULE, after=True)}
    renamed = _renamed(environment)
    before = {(key[0], renamed.get(key[:2], key[1]), key[2]): rule for key, rule in before.items()}
    sets = [{key[:2] for key in side} for side in (before, after)]
    for key, rule in before.items():
        # Rules of a set that goes are told with it.
        if key not in after and key[:2] in sets[1]:
            yield _found(*removed(rule), rule.place)
    for key, rule in after.items():
        if key not in before:
            if key[:2] in sets[0] or rule.name != DROPS_SPAM:
                yield _found(*added(rule), rule.place)
            continue
        for rating, sentence in differences(before[key], rule):
            # Spam of whatever the other rules take is dropped first: it follows them.
            follows = (
                rule.name == DROPS_SPAM and rule.scan and rule.enabled and rule.actions == before[key].actions
            )
            yield _found(Rating.ROUTINE if follows else rating, sentence, rule.place)


def _renamed(environment: EnvironmentChange) -> dict[tuple[str, str], str]:
    """The new name of a set that another one of its Region takes the place of."""
    before, after = _by_name(environment, _SET)
    gone, come = [key for key in before if key not in after], [key for key in after if key not in before]
    regions = [[key[0] for key in side] for side in (gone, come)]
    return {
        old: new[1]
        for old in gone
        for new in come
        if old[0] == new[0] and regions[0].count(old[0]) == regions[1].count(old[0]) == 1
    }


def _orders(environment: EnvironmentChange) -> Iterator[Finding]:
    before, after = _by_name(environment, _ORDER)
    for key, new in after.items():
        old = before.get(key)
        if old is None:
            continue
        names = [[str(name) for name in place.several("RuleNames")] for place in (old, new)]
        common = [[name for name in side if name in set(names[0]) & set(names[1])] for side in names]
        if common[0] != common[1]:
            yield _found(
                Rating.CAUTION,
                say("The rules of {} apply in another order: {} in place of {}.", key[1], names[1], names[0]),
                new,
            )


def _filters(environment: EnvironmentChange) -> Iterator[Finding]:
    for change in environment.of_type(_FILTER):
        path = "Filter.IpFilter"
        place = change.place
        policy, cidr = place.text(f"{path}.Policy").lower(), place.text(f"{path}.Cidr")
        if change.before is None:
            yield _found(
                Rating.CAUTION,
                say(f"Mail from {{}} is {_LET.get(policy, policy)}, in the whole account.", cidr),
                place,
            )
        elif change.after is None:
            yield _found(
                Rating.CAUTION, say(f"Mail from {{}} is {_LET.get(policy, policy)} no more.", cidr), place
            )
        elif "Filter" in change.properties:
            yield _found(
                Rating.CAUTION, say(f"The filter of {{}} changes: {_LET.get(policy, policy)}.", cidr), place
            )


_LET: Final = {"block": "blocked", "allow": "let in"}


def _rule_key(place: Place) -> tuple[str, str, str]:
    return place.stack.region, place.text("RuleSetName").strip("<>"), place.text("Rule.Name")


def _active(environment: EnvironmentChange, *, after: bool) -> set[tuple[str, str]]:
    return {
        (place.stack.region, place.text("RuleSetName").strip("<>"))
        for place in _places(environment, _ACTIVATION, after=after)
    }


def _by_name(
    environment: EnvironmentChange, kind: str
) -> tuple[dict[tuple[str, str], Place], dict[tuple[str, str], Place]]:
    before, after = (
        {
            (place.stack.region, place.text("RuleSetName").strip("<>")): place
            for place in _places(environment, kind, after=side)
        }
        for side in (False, True)
    )
    return before, after


def _places(environment: EnvironmentChange, kind: str, *, after: bool) -> Iterator[Place]:
    changes: Iterator[Change] = environment.of_type(kind)
    for change in changes:
        place = change.after if after else change.before
        if place:
            yield place


def _found(rating: Rating, sentence: Sentence, place: Place) -> Finding:
    return Finding(rating=rating, subject=Subject.RECEIVING, sentence=sentence, stacks=(place.stack.id,))
