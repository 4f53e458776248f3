"""Identities: gone, new, and signed or bounced otherwise."""

from collections.abc import Iterator
from typing import Any, Final

from ops.review.changes import Change, EnvironmentChange, Fate, Place, end_of
from ops.review.finding import Finding, Subject
from ops.review.rating import Rating
from ops.review.sentence import Sentence, say

_TYPE: Final = "AWS::SES::EmailIdentity"
_LENGTH: Final = "DkimSigningAttributes.NextSigningKeyLength"
_SELECTOR: Final = "DkimSigningAttributes.DomainSigningSelector"
_KEY: Final = "DkimSigningAttributes.DomainSigningPrivateKey"


def identity_findings(environment: EnvironmentChange) -> Iterator[Finding]:
    """What changes for the identities of an environment."""
    before = _identities(environment, after=False)
    after = _identities(environment, after=True)
    successor = {
        _name(change.before): _name(change.after)
        for change in environment.of_type(_TYPE)
        if change.before and change.after and _name(change.before) != _name(change.after)
    }
    for name, place in before.items():
        if name not in after:
            yield _found(Rating.BLOCK, _gone(environment, place, successor.get(name)), place)
    for name, place in after.items():
        if name not in before:
            yield _found(
                Rating.ROUTINE,
                say(
                    "Identity {} is new: it sends once its DKIM records are in DNS and SES has seen them.",
                    name[1],
                ),
                place,
            )
    for change in environment.of_type(_TYPE):
        if change.before and change.after and _name(change.before) == _name(change.after):
            for rating, sentence in _differences(change.before, change.after):
                yield _found(rating, sentence, change.after)


def _gone(environment: EnvironmentChange, place: Place, successor: tuple[str, str] | None) -> Sentence:
    name = place.text("EmailIdentity")
    if successor:
        return (
            say(
                "Identity {} is replaced by {}: the old one stays in SES and nobody manages it; mail as the "
                "new one "
                "fails until it is verified.",
                name,
                successor[1],
            )
            if place.retained("UpdateReplacePolicy")
            else say(
                "Identity {} is replaced by {}: mail as the old one fails from then on, mail as the new one "
                "until it "
                "is verified.",
                name,
                successor[1],
            )
        )
    match end_of(place, environment.after):
        case Fate.LEFT:
            return say(
                "Identity {} is declared no more. A deploy deletes nothing: its stack {} stays, and mail "
                "goes out "
                "unmanaged, until somebody deletes it.",
                name,
                place.stack.name,
            )
        case Fate.ORPHANED:
            return say(
                "Identity {} is declared no more. It stays in SES and can send, but nobody manages it, and "
                "declaring "
                "it again fails because it exists.",
                name,
            )
    return say("Identity {} is deleted: SES refuses every mail as it.", name)


def _differences(before: Place, after: Place) -> Iterator[tuple[Rating, Sentence]]:
    name = after.text("EmailIdentity")
    yield from _signing(before, after, name)
    if _differ(before, after, "ConfigurationSetAttributes.ConfigurationSetName"):
        yield (
            Rating.CAUTION,
            say(
                "Mail as {} that names no configuration set goes by {} in place of {}: its events go "
                "elsewhere.",
                name,
                after.text("ConfigurationSetAttributes.ConfigurationSetName", default="none"),
                before.text("ConfigurationSetAttributes.ConfigurationSetName", default="none"),
            ),
        )
    if _differ(before, after, "MailFromAttributes.MailFromDomain"):
        yield (
            Rating.DANGER,
            say(
                "MAIL FROM of {} changes from {} to {}: until SES sees the new MX record, SPF does not "
                "align.",
                name,
                before.text("MailFromAttributes.MailFromDomain", default="none"),
                after.text("MailFromAttributes.MailFromDomain", default="none"),
            ),
        )
    if _differ(before, after, "MailFromAttributes.BehaviorOnMxFailure"):
        rejects = after.get("MailFromAttributes.BehaviorOnMxFailure") == "REJECT_MESSAGE"
        effect = "SES refuses the mail" if rejects else "SES sends it by its own MAIL FROM domain"
        yield Rating.CAUTION, say("When the MAIL FROM record of {} is missing, " + effect + ".", name)
    if _differ(before, after, "FeedbackAttributes.EmailForwardingEnabled"):
        on = after.get("FeedbackAttributes.EmailForwardingEnabled") is True
        effect = "come by mail again" if on else "come by mail no more: only topics tell of them"
        yield Rating.CAUTION, say("Bounces and complaints of {} " + effect + ".", name)


def _signing(before: Place, after: Place, name: str) -> Iterator[tuple[Rating, Sentence]]:
    if _differ(before, after, "DkimAttributes.SigningEnabled"):
        if after.get("DkimAttributes.SigningEnabled") is False:
            yield (
                Rating.DANGER,
                say("DKIM signing of {} is switched off: DMARC fails where SPF does not align.", name),
            )
        else:
            yield Rating.ROUTINE, say("DKIM signing of {} is switched on.", name)
    own = [place.get(_KEY) is not None for place in (before, after)]
    if own[0] != own[1]:
        yield (
            Rating.DANGER,
            say(
                f"DKIM of {{}} changes to {'a key of your own' if own[1] else 'keys of SES'}: mail is signed "
                f"otherwise "
                "as soon as SES has seen the new records, and not at all if they are missing.",
                name,
            ),
        )
    elif _differ(before, after, _SELECTOR) or _differ(before, after, _KEY):
        yield (
            Rating.CAUTION,
            say(
                "Mail as {} is signed with selector {} in place of {}: its public key must be in DNS first.",
                name,
                after.text(_SELECTOR),
                before.text(_SELECTOR),
            ),
        )
    elif _differ(before, after, _LENGTH):
        lengths = [_bits(place.get(_LENGTH)) for place in (before, after)]
        shorter = lengths[1] < lengths[0]
        effect = "shortened: receivers trust it less" if shorter else "lengthened"
        yield (
            Rating.CAUTION if shorter else Rating.ROUTINE,
            say(f"The next DKIM key of {{}} is {effect} ({lengths[0]} to {lengths[1]} bits).", name),
        )


def _bits(length: Any) -> int:  # noqa: ANN401 - a property of a template
    return 1024 if length == "RSA_1024_BIT" else 2048


def _differ(before: Place, after: Place, path: str) -> bool:
    return bool(before.get(path) != after.get(path))


def _identities(environment: EnvironmentChange, *, after: bool) -> dict[tuple[str, str], Place]:
    changes: Iterator[Change] = environment.of_type(_TYPE)
    places = (change.after if after else change.before for change in changes)
    return {_name(place): place for place in places if place}


def _name(place: Place | None) -> tuple[str, str]:
    assert place is not None  # noqa: S101 - asked only where there is one
    return place.stack.region, place.text("EmailIdentity")


def _found(rating: Rating, sentence: Sentence, place: Place) -> Finding:
    return Finding(rating=rating, subject=Subject.IDENTITY, sentence=sentence, stacks=(place.stack.id,))
