"""Keys and stored data: what is deleted, replaced, kept for a shorter time or protected less."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from ops.review.changes import Change, EnvironmentChange, Fate, Place, end_of
from ops.review.finding import Finding, Subject
from ops.review.rating import Rating
from ops.review.sentence import Sentence, say, some

_KEY: Final = "AWS::KMS::Key"
_BUCKET: Final = "AWS::S3::Bucket"
_LOST: Final = {
    _KEY: "what it encrypted cannot be read once its waiting time is over",
    _BUCKET: "its objects with it",
    "AWS::SecretsManager::Secret": "whoever reads it fails",
    "AWS::SQS::Queue": "the messages in it with it",
    "AWS::DynamoDB::Table": "its items with it",
    "AWS::Logs::LogGroup": "the logs with it",
}
_WORDS: Final = {
    _KEY: "Key",
    _BUCKET: "Bucket",
    "AWS::SecretsManager::Secret": "Secret",
    "AWS::SQS::Queue": "Queue",
    "AWS::DynamoDB::Table": "Table",
    "AWS::Logs::LogGroup": "Log group",
}
_RETENTION_MATTERS: Final = {
    **_WORDS,
    "AWS::SES::EmailIdentity": "Identity",
    "AWS::Route53::HostedZone": "Zone",
    "AWS::Route53::RecordSet": "Record",
    "Custom::CrossAccountRecord": "Record",
}
_LESS: Final = {"AWS::Logs::LogGroup": Rating.ROUTINE}
_EVENTS: Final = {"DeletionPolicy": "its deletion", "UpdateReplacePolicy": "its replacement"}
_PRECIOUS: Final = frozenset({_KEY, _BUCKET, "AWS::SecretsManager::Secret", "AWS::DynamoDB::Table"})


def data_findings(environment: EnvironmentChange) -> Iterator[Finding]:
    """What may be lost."""
    for change in environment.of_type(*_WORDS):
        yield from _gone(change, environment)
    changes = list(environment.of_type(*_RETENTION_MATTERS))
    for change in changes:
        yield from _retention(change)
    yield from _kept(changes)
    for change in environment.of_type(_KEY):
        yield from _key(change)
    for change in environment.of_type(_BUCKET):
        yield from _bucket(change)
    for change in environment.of_type("AWS::Logs::LogGroup"):
        yield from _shortened(change, "RetentionInDays", "Logs of {} are kept for {} days in place of {}.")
    for change in environment.of_type("AWS::SQS::Queue"):
        yield from _shortened(
            change, "MessageRetentionPeriod", "Messages in {} are kept for {} seconds in place of {}."
        )


def _gone(change: Change, environment: EnvironmentChange) -> Iterator[Finding]:
    before, word = change.before, _WORDS[change.type]
    serious = Rating.DANGER if change.type in _PRECIOUS else _LESS.get(change.type, Rating.CAUTION)
    if before is None or change.moved:
        return
    effect = _LOST[change.type]
    if change.after is None:
        match end_of(before, environment.after):
            case Fate.DESTROYED:
                yield _found(serious, say(f"{word} {{}} is deleted: {effect}.", before.name), before)
            case Fate.ORPHANED:
                sentence = say(
                    f"{word} {{}} is declared no more: it stays, unmanaged and paid for.", before.name
                )
                yield _found(Rating.CAUTION, sentence, before)
    elif change.fate is Fate.REPLACED:
        if before.retained("UpdateReplacePolicy"):
            sentence = say(
                f"{word} {{}} is replaced: the old one stays, and nothing moves to the new one.", before.name
            )
            yield _found(Rating.CAUTION, sentence, before)
        else:
            yield _found(serious, say(f"{word} {{}} is replaced: {effect}.", before.name), before)


def _retention(change: Change) -> Iterator[Finding]:
    before, after = change.before, change.after
    if not before or not after:
        return
    word = _RETENTION_MATTERS[change.type]
    lost = [
        event
        for attribute, event in _EVENTS.items()
        if before.retained(attribute) > after.retained(attribute)
    ]
    if lost:
        sentence = say(f"{word} {{}} does not outlive {' or '.join(lost)} any more.", after.name)
        yield _found(Rating.DANGER if change.type in _PRECIOUS else Rating.CAUTION, sentence, after)


def _kept(changes: list[Change]) -> Iterator[Finding]:
    kept = [
        change.after
        for change in changes
        if change.before
        and change.after
        and any(change.before.retained(attribute) < change.after.retained(attribute) for attribute in _EVENTS)
    ]
    if kept:
        yield Finding(
            rating=Rating.ROUTINE,
            subject=Subject.DATA,
            sentence=say(
                "From now on {} outlive their deletion or replacement.", some([it.name for it in kept])
            ),
            stacks=tuple(dict.fromkeys(place.stack.id for place in kept)),
        )


def _key(change: Change) -> Iterator[Finding]:
    before, after = change.before, change.after
    if not before or not after:
        return
    if before.get("EnableKeyRotation") is True and after.get("EnableKeyRotation") is not True:
        yield _found(Rating.CAUTION, say("Key {} rotates no more.", after.name), after)
    if before.get("Enabled") is not False and after.get("Enabled") is False:
        sentence = say("Key {} is disabled: nothing that it encrypts can be read or written.", after.name)
        yield _found(Rating.DANGER, sentence, after)
    yield from _shortened(
        change,
        "PendingWindowInDays",
        "Key {} waits {} days in place of {} before it is gone, once deleted.",
        default=30,
    )


def _bucket(change: Change) -> Iterator[Finding]:
    before, after = change.before, change.after
    if not before or not after:
        return
    old, new = _expiry(before), _expiry(after)
    for prefix in {**old, **new}:
        days = old.get(prefix), new.get(prefix)
        what = (after.name, prefix) if prefix else (after.name,)
        where = "under {} " if prefix else ""
        if days[1] is not None and (days[0] is None or days[1] < days[0]):
            words = (
                f"What {{}} holds {where}is deleted after {{}} days in place of {{}}, what is stored already "
                "included."
            )
            sentence = say(words, *what, str(days[1]), "never" if days[0] is None else str(days[0]))
            yield _found(Rating.DANGER, sentence, after)
        elif days[0] != days[1]:
            words = f"What {{}} holds {where}is kept longer: {{}} days in place of {{}}."
            sentence = say(words, *what, "all" if days[1] is None else str(days[1]), str(days[0]))
            yield _found(Rating.ROUTINE, sentence, after)
    for name, effect in (
        ("BucketEncryption", "its encryption"),
        ("PublicAccessBlockConfiguration", "its block of public access"),
        ("VersioningConfiguration", "its versioning"),
    ):
        if name in change.properties:
            rating = Rating.DANGER if after.get(name) is None else Rating.CAUTION
            yield _found(rating, say(f"Bucket {{}} changes {effect}.", after.name), after)


def _expiry(place: Place) -> dict[str, int]:
    """Days until current objects expire, by prefix."""
    rules: Any = place.several("LifecycleConfiguration.Rules")
    return {
        str(rule.get("Prefix", "")): int(rule["ExpirationInDays"])
        for rule in rules
        if isinstance(rule, Mapping)
        and rule.get("Status") == "Enabled"
        and isinstance(rule.get("ExpirationInDays"), int)
    }


def _shortened(change: Change, name: str, words: str, *, default: int | None = None) -> Iterator[Finding]:
    before, after = change.before, change.after
    if not before or not after:
        return
    old, new = (place.get(name) if place.get(name) is not None else default for place in (before, after))
    if not isinstance(old, int) or not isinstance(new, int) or old == new:
        return
    rating = Rating.CAUTION if new < old else Rating.ROUTINE
    yield _found(rating, say(words, after.name, str(new), str(old)), after)


def _found(rating: Rating, sentence: Sentence, place: Place) -> Finding:
    return Finding(rating=rating, subject=Subject.DATA, sentence=sentence, stacks=(place.stack.id,))
