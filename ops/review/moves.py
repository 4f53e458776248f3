"""Renamed and moved: the same thing by another logical id or in another stack, which is no harmless change.

CloudFormation knows a resource by stack and logical id. Under others it creates a new one, before it deletes
the old one: what has a name of its own exists still, and the deploy fails.
"""

from collections.abc import Iterator

from ops.review.changes import Change, EnvironmentChange, Fate, end_of
from ops.review.finding import Finding, Subject
from ops.review.rating import Rating
from ops.review.sentence import Sentence, say, some

_HOLDS_DATA = frozenset(
    {
        "AWS::DynamoDB::Table",
        "AWS::KMS::Key",
        "AWS::Logs::LogGroup",
        "AWS::S3::Bucket",
        "AWS::SQS::Queue",
        "AWS::SecretsManager::Secret",
    }
)


def move_findings(environment: EnvironmentChange) -> Iterator[Finding]:
    """What is declared elsewhere than before, by where from and where to."""
    groups: dict[tuple[str, str], list[Change]] = {}
    for change in environment.changes:
        if change.moved and change.before and change.after:
            groups.setdefault((change.before.stack.id, change.after.stack.id), []).append(change)
    for (old, new), changes in groups.items():
        named = [change for change in changes if change.place.physical_name]
        data = [change for change in changes if change not in named and change.type in _HOLDS_DATA]
        rest = [change for change in changes if change not in named and change not in data]
        if named:
            yield _found(Rating.DANGER, _named(old, new, named, environment), old, new)
        if data:
            yield _found(
                Rating.DANGER,
                _moved(old, new, data, "New ones are made, and what the old ones hold stays behind."),
                old,
                new,
            )
        if rest:
            yield _found(
                Rating.ROUTINE,
                _moved(old, new, rest, "New ones are made in place of the old ones."),
                old,
                new,
            )


def _named(old: str, new: str, changes: list[Change], environment: EnvironmentChange) -> Sentence:
    words, values = _from_to(old, new, changes)
    if old != new and old not in environment.after:
        return say(
            words + " Stack {} is declared no more, but a deploy deletes no stack: while they exist there, "
            "creating them here fails. Keep the name of the stack, or import them (cdk import).",
            *values,
            old,
        )
    ends = {end_of(change.before, environment.after) for change in changes if change.before}
    after = "stay, unmanaged" if ends == {Fate.ORPHANED} else "are deleted after the new ones are made"
    keep = (
        "Keep the construct ids, or let cdk refactor move them."
        if old == new
        else "Let cdk refactor move them."
    )
    return say(f"{words} The old ones {after}, so creating them fails because they exist. {keep}", *values)


def _moved(old: str, new: str, changes: list[Change], effect: str) -> Sentence:
    words, values = _from_to(old, new, changes)
    return say(f"{words} {effect}", *values)


def _from_to(old: str, new: str, changes: list[Change]) -> tuple[str, list[str | list[str]]]:
    names = some([f"{change.type.rpartition('::')[2]} {_name(change)}" for change in changes])
    if old == new:
        return "Renamed in stack {}: {}.", [new, names]
    return "Moved from stack {} to {}: {}.", [old, new, names]


def _name(change: Change) -> str:
    place = change.place
    if place.type == "AWS::Route53::RecordSet":
        return f"{place.text('Type')} {place.text('Name')}"
    return place.name


def _found(rating: Rating, sentence: Sentence, old: str, new: str) -> Finding:
    return Finding(
        rating=rating, subject=Subject.MOVE, sentence=sentence, stacks=tuple(dict.fromkeys((old, new)))
    )
