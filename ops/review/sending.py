"""Sending: configuration sets, where their events go, and who is told."""

from collections.abc import Iterator
from typing import Final

from ops.review.changes import Change, EnvironmentChange, Fate, Place, end_of
from ops.review.finding import Finding, Subject
from ops.review.rating import Rating
from ops.review.sentence import Sentence, say
from ops.review.values import Reader

_SET: Final = "AWS::SES::ConfigurationSet"
_DESTINATION: Final = "AWS::SES::ConfigurationSetEventDestination"
_SUBSCRIPTION: Final = "AWS::SNS::Subscription"
_USER: Final = "AWS::IAM::User"
_TEMPLATE: Final = "AWS::SES::CustomVerificationEmailTemplate"


def sending_findings(environment: EnvironmentChange) -> Iterator[Finding]:
    """What changes for mail that is sent and for what is told about it."""
    for change in environment.of_type(_SET):
        yield from _set(change, environment)
    for change in environment.of_type(_DESTINATION):
        yield from _destination(change, environment)
    for change in environment.of_type(_SUBSCRIPTION):
        yield from _subscription(change, environment)
    for change in environment.of_type(_USER):
        yield from _user(change, environment)
    for change in environment.of_type(_TEMPLATE):
        yield from _template(change, environment)


def _set(change: Change, environment: EnvironmentChange) -> Iterator[Finding]:
    before, after = change.before, change.after
    if before and (not after or before.text("Name") != after.text("Name")):
        name = before.text("Name")
        if after:
            sentence = say(
                "Configuration set {} is replaced by {}: every send that names the old one fails.",
                name,
                after.text("Name"),
            )
            yield _found(Rating.DANGER, sentence, after)
        elif end_of(before, environment.after) is Fate.LEFT:
            sentence = say(
                "Configuration set {} is declared no more: it stays with its stack {} until somebody deletes "
                "that; "
                "then every send that names it fails.",
                name,
                before.stack.name,
            )
            yield _found(Rating.DANGER, sentence, before)
        elif before.retained():
            yield _found(
                Rating.CAUTION, say("Configuration set {} is declared no more and stays.", name), before
            )
        else:
            sentence = say("Configuration set {} is deleted: every send that names it fails.", name)
            yield _found(Rating.DANGER, sentence, before)
    elif after and not before:
        yield _found(Rating.ROUTINE, say("Configuration set {} is new.", after.text("Name")), after)
    elif before and after:
        for rating, sentence in _options(before, after):
            yield _found(rating, sentence, after)


def _options(before: Place, after: Place) -> Iterator[tuple[Rating, Sentence]]:
    name = after.text("Name")
    if before.get("SendingOptions.SendingEnabled") != after.get("SendingOptions.SendingEnabled"):
        if after.get("SendingOptions.SendingEnabled") is False:
            yield (
                Rating.DANGER,
                say("Sending with {} is switched off: SES refuses every mail that names it.", name),
            )
        else:
            yield Rating.CAUTION, say("Sending with {} is switched on.", name)
    if before.get("DeliveryOptions.TlsPolicy") != after.get("DeliveryOptions.TlsPolicy"):
        if after.get("DeliveryOptions.TlsPolicy") == "REQUIRE":
            yield (
                Rating.CAUTION,
                say("Mail sent with {} requires TLS: servers without it do not get it.", name),
            )
        else:
            yield (
                Rating.CAUTION,
                say("Mail sent with {} goes out without TLS too: it can be read on its way.", name),
            )
    reasons = [_texts(place, "SuppressionOptions.SuppressedReasons") for place in (before, after)]
    if gone := sorted(reasons[0] - reasons[1]):
        yield (
            Rating.CAUTION,
            say(
                "Addresses are suppressed for {} no more when mail sent with {} fails so: reputation.",
                gone,
                name,
            ),
        )
    if come := sorted(reasons[1] - reasons[0]):
        yield (
            Rating.ROUTINE,
            say("Addresses are suppressed for {} too when mail sent with {} fails so.", come, name),
        )
    metrics = "ReputationOptions.ReputationMetricsEnabled"
    if before.get(metrics) is True and after.get(metrics) is not True:
        yield (
            Rating.CAUTION,
            say("Reputation metrics of {} are switched off: alarms on them see nothing.", name),
        )


def _destination(change: Change, environment: EnvironmentChange) -> Iterator[Finding]:
    before, after = change.before, change.after
    path = "EventDestination.MatchingEventTypes"
    events = [_texts(place, path) if _is_on(place) else set() for place in (before, after) if place]
    if before and not after:
        if end_of(before, environment.after) is not Fate.LEFT:
            yield _found(Rating.CAUTION, _silent(sorted(events[0]), before), before)
    elif after and not before:
        sentence = say(
            "Events {} of {} go to {}.",
            sorted(events[0]),
            after.text("ConfigurationSetName").strip("<>"),
            _to(after),
        )
        yield _found(Rating.ROUTINE, sentence, after)
    elif before and after:
        if gone := sorted(events[0] - events[1]):
            yield _found(Rating.CAUTION, _silent(gone, before), after)
        if come := sorted(events[1] - events[0]):
            yield _found(Rating.ROUTINE, say("Events {} go to {} too.", come, _to(after)), after)
        if _to(before) != _to(after):
            sentence = say("Events {} go to {} in place of {}.", sorted(events[1]), _to(after), _to(before))
            yield _found(Rating.CAUTION, sentence, after)


def _texts(place: Place, path: str) -> set[str]:
    return {Reader(place.stack).text(value) for value in place.several(path)}


def _silent(events: list[str], place: Place) -> Sentence:
    name = place.text("ConfigurationSetName").strip("<>")
    return say(
        "Events {} of {} go to {} no more: whoever listens there learns nothing of them.",
        events,
        name,
        _to(place),
    )


def _is_on(place: Place | None) -> bool:
    return place is not None and place.get("EventDestination.Enabled") is not False


def _to(place: Place) -> str:
    for path in ("SnsDestination.TopicARN", "EventBridgeDestination.EventBusArn"):
        if place.get(f"EventDestination.{path}") is not None:
            return place.text(f"EventDestination.{path}").strip("<>")
    return place.text("EventDestination.Name", default=place.logical_id)


def _subscription(change: Change, environment: EnvironmentChange) -> Iterator[Finding]:
    before, after = change.before, change.after
    if before and after and (change.fate is Fate.SAME or not _replaced(before, after)):
        return
    if before and end_of(before, environment.after) is not Fate.LEFT:
        sentence = say(
            "{} gets the notifications of {} by {} no more.",
            before.text("Endpoint").strip("<>"), before.text("TopicArn").strip("<>"), before.text("Protocol"),
        )  # fmt: skip
        yield _found(Rating.CAUTION, sentence, before)
    if after:
        confirm = (
            " once somebody there confirms it" if after.text("Protocol") in {"email", "https", "http"} else ""
        )
        sentence = say(
            "{} gets the notifications of {} by {}" + confirm + ".",
            after.text("Endpoint").strip("<>"), after.text("TopicArn").strip("<>"), after.text("Protocol"),
        )  # fmt: skip
        yield _found(Rating.ROUTINE, sentence, after)


def _replaced(before: Place, after: Place) -> bool:
    return any(before.get(key) != after.get(key) for key in ("Endpoint", "TopicArn", "Protocol"))


def _user(change: Change, environment: EnvironmentChange) -> Iterator[Finding]:
    before = change.before
    if before and not change.after and end_of(before, environment.after) is Fate.DESTROYED:
        sentence = say("User {} is deleted: SMTP credentials made for it stop working at once.", before.name)
        yield _found(Rating.DANGER, sentence, before)
    elif change.after and change.fate is Fate.REPLACED:
        sentence = say(
            "User {} is replaced: SMTP credentials made for the old one stop working.", change.after.name
        )
        yield _found(Rating.DANGER, sentence, change.after)


def _template(change: Change, environment: EnvironmentChange) -> Iterator[Finding]:
    name = change.place.text("TemplateName")
    if change.after is None and change.before and end_of(change.before, environment.after) is Fate.DESTROYED:
        yield _found(
            Rating.CAUTION,
            say("Template {} is deleted: mail made of it is sent no more.", name),
            change.before,
        )
    elif change.before is None and change.after:
        yield _found(Rating.ROUTINE, say("Template {} is new.", name), change.after)
    elif change.after and change.properties and not change.tags_only:
        yield _found(
            Rating.ROUTINE,
            say("Template {} changes: people get another verification mail.", name),
            change.after,
        )


def _found(rating: Rating, sentence: Sentence, place: Place) -> Finding:
    return Finding(rating=rating, subject=Subject.SENDING, sentence=sentence, stacks=(place.stack.id,))
