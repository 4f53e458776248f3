"""What a DNS diff does to mail."""

import re
from collections.abc import Iterator
from typing import Final

from ops.review.changes import Change, EnvironmentChange, Fate, end_of
from ops.review.dns_diff import Purpose, RecordChange, record_changes
from ops.review.finding import Finding, Subject
from ops.review.rating import Rating
from ops.review.sentence import Sentence, say, some

_ZONE: Final = "AWS::Route53::HostedZone"
_IDENTITY: Final = "AWS::SES::EmailIdentity"
_DMARC_POLICY: Final = re.compile(r"v=DMARC1\b.*?;\s*p=(\w+)", re.IGNORECASE)
_STRICTNESS: Final = ("none", "quarantine", "reject")
_REMOVED: Final = {
    Purpose.DKIM: (Rating.BLOCK, "mail signed with it fails DKIM, and SES stops signing"),
    Purpose.MAIL_FROM: (Rating.BLOCK, "bounces do not come back, and SPF does not align"),
    Purpose.INBOUND: (Rating.BLOCK, "mail stops coming in"),
    Purpose.SPF: (Rating.BLOCK, "mail of that name fails SPF"),
    Purpose.DMARC: (Rating.BLOCK, "receivers apply no policy and send no reports"),
    Purpose.DELEGATION: (Rating.BLOCK, "nothing in that zone is found any more"),
    Purpose.REPORTS: (Rating.CAUTION, "receivers send no DMARC reports of the other domain"),
    Purpose.OTHER: (Rating.CAUTION, "whoever looks it up finds nothing"),
}

Meaning = tuple[Rating, Sentence]


def dns_findings(environment: EnvironmentChange) -> Iterator[Finding]:
    """What changes in DNS and what that does."""
    alike: dict[tuple[Rating, str, str], list[str]] = {}
    for record in record_changes(environment):
        if general := _alike(record):
            alike.setdefault((*general, record.stack), []).append(f"{record.type} {record.name}")
            continue
        rating, sentence = _meaning(record, environment)
        yield Finding(rating=rating, subject=Subject.DNS, sentence=sentence, stacks=(record.stack,))
    for (rating, words, stack), records in alike.items():
        yield Finding(rating=rating, subject=Subject.DNS, sentence=say(words, some(records)), stacks=(stack,))
    for change in environment.of_type(_ZONE):
        if found := _zone(change, environment):
            yield Finding(rating=found[0], subject=Subject.DNS, sentence=found[1], stacks=(change.stack,))


def _zone(change: Change, environment: EnvironmentChange) -> Meaning | None:
    name = change.place.text("Name")
    if change.after is None and change.before:
        if end_of(change.before, environment.after) is Fate.DESTROYED:
            return Rating.BLOCK, say("Zone {} is deleted: every record of its domains is gone.", name)
        return Rating.BLOCK, say("Zone {} is declared no more: it stays, and nobody manages it.", name)
    if change.fate is Fate.REPLACED:
        return Rating.BLOCK, say(
            "Zone {} is replaced: its name servers change, and nothing in it is found until the registrar "
            "names "
            "the new ones.",
            name,
        )
    if change.before is None:
        return Rating.CAUTION, say(
            "Zone {} is created: its records count once its parent or registrar names its servers.", name
        )
    return None


def _alike(record: RecordChange) -> tuple[Rating, str] | None:
    """What is said of several records together."""
    if record.by_hand:
        if not record.after:
            return Rating.ROUTINE, "A person may remove at another DNS provider: {}."
        verb = "change" if record.before else "add"
        return Rating.CAUTION, f"A person has to {verb} at another DNS provider: {{}}."
    if not record.after and record.kept:
        return Rating.CAUTION, "Still in the zone, but declared no more: {}. Nobody keeps it right."
    told = {Purpose.DMARC, Purpose.INBOUND, Purpose.REPORTS}
    if not record.before and record.purpose not in told:
        return Rating.ROUTINE, "Added: {}."
    return None


def _meaning(record: RecordChange, environment: EnvironmentChange) -> Meaning:
    if record.before == record.after:
        words = "Resolvers keep {} {} for {} seconds in place of {}."
        return Rating.ROUTINE, say(
            words, record.type, record.name, record.ttl[1] or "?", record.ttl[0] or "?"
        )
    if not record.after:
        return _removed(record)
    if record.purpose is Purpose.DMARC:
        return _dmarc(record)
    if record.purpose is Purpose.INBOUND:
        return _inbound(record, environment)
    return _written(record)


def _written(record: RecordChange) -> Meaning:
    """A new or changed record of outgoing mail, or of anything else."""
    match record.purpose:
        case Purpose.DKIM:
            words = (
                "The DKIM key at {} is replaced in place: mail on its way that the old key signed fails DKIM."
            )
            meaning = Rating.BLOCK, say(words, record.name)
        case Purpose.MAIL_FROM:
            words = (
                "MAIL FROM {} leads to {} in place of {}: bounces go there, and SES elsewhere stops using it."
            )
            meaning = Rating.BLOCK, say(words, record.name, record.after, record.before)
        case Purpose.SPF:
            words = "SPF of {} changes: mail from servers that it names no more fails SPF."
            meaning = Rating.DANGER, say(words, record.name)
        case Purpose.DELEGATION:
            words = "{} is delegated to other name servers: what only the former ones hold is gone."
            meaning = Rating.BLOCK, say(words, record.name)
        case Purpose.REPORTS if not record.before:
            meaning = Rating.ROUTINE, say("{} lets DMARC reports of another domain come.", record.name)
        case _:
            meaning = Rating.CAUTION, say("{} {} changes.", record.type, record.name)
    return meaning


def _removed(record: RecordChange) -> Meaning:
    rating, effect = _REMOVED[record.purpose]
    return rating, say("{} {} is removed from DNS: " + effect + ".", record.type, record.name)


def _dmarc(record: RecordChange) -> Meaning:
    domain = record.name.removeprefix("_dmarc.")
    after = _policy(record.after)
    if not record.before:
        rating = Rating.ROUTINE if after == "none" else Rating.CAUTION
        return rating, say("DMARC of {} begins with {}.", domain, f"p={after}")
    before = _policy(record.before)
    if before == after or not {before, after} <= set(_STRICTNESS):
        return Rating.CAUTION, say("DMARC of {} changes beside its policy {}.", domain, f"p={after}")
    step = _STRICTNESS.index(after) - _STRICTNESS.index(before)
    policies = f"p={before}", f"p={after}"
    if step < 0:
        words = "DMARC of {} loosens from {} to {}: receivers let more forged mail through."
        return Rating.CAUTION, say(words, domain, *policies)
    effect = "reject" if after == "reject" else "put into spam"
    words = (
        "DMARC of {} tightens from {} to {}: receivers " + effect + " its mail where neither DKIM nor SPF "
        "vouches for it, that of your other senders included."
    )
    return Rating.DANGER if step > 1 else Rating.CAUTION, say(words, domain, *policies)


def _inbound(record: RecordChange, environment: EnvironmentChange) -> Meaning:
    if record.before:
        return Rating.BLOCK, say("Mail to {} moves from {} to {}.", record.name, record.before, record.after)
    was_there = any(
        change.before and change.before.text("EmailIdentity") == record.name
        for change in environment.of_type(_IDENTITY)
    )
    words = "Mail to {} comes to {} from now on: a provider that receives it today gets it no more."
    return Rating.DANGER if was_there else Rating.CAUTION, say(words, record.name, record.after)


def _policy(values: tuple[str, ...]) -> str:
    found = _DMARC_POLICY.search(" ".join(values))
    return found[1].lower() if found else "?"
