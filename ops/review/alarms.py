"""Alarms: gone, silent, or later than before."""

from collections.abc import Iterator
from typing import Any, Final

from ops.review.changes import Change, EnvironmentChange, Fate, Place, end_of
from ops.review.finding import Finding, Subject
from ops.review.rating import Rating
from ops.review.sentence import Sentence, say

_TYPES: Final = ("AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm")
_LATER: Final = ("EvaluationPeriods", "DatapointsToAlarm", "Period")


def alarm_findings(environment: EnvironmentChange) -> Iterator[Finding]:
    """What alarms tell later, or not at all."""
    for change in environment.of_type(*_TYPES):
        before, after = change.before, change.after
        if after is None and before is not None:
            if end_of(before, environment.after) is not Fate.LEFT:
                yield _found(Rating.CAUTION, say("The alarm {} goes.", _about(before)), before)
        elif before is None and after is not None:
            yield _found(Rating.ROUTINE, say("The alarm {} is new.", _about(after)), after)
        elif before is not None and after is not None and change.properties:
            for rating, sentence in _differences(before, after, change):
                yield _found(rating, sentence, after)


def _differences(before: Place, after: Place, change: Change) -> Iterator[tuple[Rating, Sentence]]:
    about = _about(after)
    old, new = before.get("Threshold"), after.get("Threshold")
    if _is_number(old) and _is_number(new) and old != new:
        looser = (new > old) == after.text("ComparisonOperator").startswith("GreaterThan")
        yield (
            Rating.CAUTION if looser else Rating.ROUTINE,
            say(
                f"The alarm {{}} is {'loosened' if looser else 'tightened'}: threshold {{}} in place of "
                f"{{}}.",
                about,
                str(new),
                str(old),
            ),
        )
    for name in _LATER:
        times = before.get(name), after.get(name)
        if all(_is_number(each) for each in times) and times[0] != times[1]:
            looser = times[1] > times[0]
            yield (
                Rating.CAUTION if looser else Rating.ROUTINE,
                say(
                    f"The alarm {{}} tells {'later' if looser else 'sooner'}: {{}} {{}} in place of {{}}.",
                    about,
                    name,
                    str(times[1]),
                    str(times[0]),
                ),
            )
    if before.get("TreatMissingData") != after.get("TreatMissingData"):
        looser = before.get("TreatMissingData") == "breaching"
        sentence = say(
            "The alarm {} takes missing data as {} in place of {}.",
            about,
            after.text("TreatMissingData", default="missing"),
            before.text("TreatMissingData", default="missing"),
        )
        yield Rating.CAUTION if looser else Rating.ROUTINE, sentence
    if before.get("ActionsEnabled") is not False and after.get("ActionsEnabled") is False:
        yield Rating.CAUTION, say("The alarm {} tells nobody any more: its actions are off.", about)
    if len(after.several("AlarmActions")) < len(before.several("AlarmActions")):
        yield Rating.CAUTION, say("The alarm {} tells fewer: an action of it goes.", about)
    watched = {
        "MetricName",
        "Namespace",
        "Dimensions",
        "Metrics",
        "Statistic",
        "ComparisonOperator",
        "AlarmRule",
    }
    if watched & set(change.properties):
        yield Rating.CAUTION, say("The alarm {} watches something else than before.", about)


def _about(place: Place) -> str:
    return place.text("AlarmName") or place.text("AlarmDescription").rstrip(".") or place.logical_id


def _is_number(value: Any) -> bool:  # noqa: ANN401 - a property of a template
    return isinstance(value, int | float) and not isinstance(value, bool)


def _found(rating: Rating, sentence: Sentence, place: Place) -> Finding:
    return Finding(rating=rating, subject=Subject.ALARM, sentence=sentence, stacks=(place.stack.id,))
