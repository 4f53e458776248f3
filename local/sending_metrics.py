"""What SES counts in CloudWatch: for the account, and by the event destinations of configuration sets.

SES Developer Guide, Retrieving event data from CloudWatch: counts of the account without a dimension, counts
of a destination by its dimensions. Reputation is bounces and complaints of everything that the emulator saw
sent, where SES takes a representative volume; the set's own is published where its reputation metrics are on.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from local import emulator
from local.ses_events import Event, EventType

_NAMESPACE: Final = "AWS/SES"
_SET: Final = "ses:configuration-set"
_NAMES: Final = {
    EventType.SEND: "Send",
    EventType.DELIVERY: "Delivery",
    EventType.BOUNCE: "Bounce",
    EventType.COMPLAINT: "Complaint",
}
_RATES: Final = {EventType.BOUNCE: "BounceRate", EventType.COMPLAINT: "ComplaintRate"}

_Whose = tuple[str, str, str | None]
"""Account, Region and configuration set; None for the account's."""


class Dimensions(dict[str, str]):
    """Dimensions of a question that are all there are, even when there are none.

    The emulator takes none for any: the account's counts would be those of configuration sets besides.
    """

    def __bool__(self) -> bool:
        return True


def exactly(inner: Callable[[Sequence[Any]], dict[str, str]]) -> Callable[[Sequence[Any]], Dimensions]:
    """The emulator's reading of a question's dimensions, taken at its word."""
    return lambda dimensions: Dimensions(inner(dimensions))


@dataclass(frozen=True)
class SendingMetrics:
    """Counts events. What they add up to is kept as long as the emulator runs."""

    _seen: dict[_Whose, Counter[EventType]] = field(default_factory=dict)

    def count(self, events: Sequence[Event], *, configuration_set: str | None) -> None:
        """Count the events of one message."""
        record = emulator.v2_configuration_sets.get(configuration_set or "") or {}
        destinations: Mapping[str, Mapping[str, Any]] = record.get("EventDestinations") or {}
        for event in events:
            if event.type in _NAMES:
                _record(_NAMES[event.type], 1, {})
                for destination in destinations.values():
                    if destination["Enabled"] and event.type.name in destination["MatchingEventTypes"]:
                        _count_by(destination, event)
        self._reputation(events, None)
        if configuration_set and record.get("ReputationOptions", {}).get("ReputationMetricsEnabled"):
            self._reputation(events, configuration_set)

    def _reputation(self, events: Sequence[Event], configuration_set: str | None) -> None:
        whose = (emulator.account_id(), emulator.region(), configuration_set)
        seen = self._seen.setdefault(whose, Counter())
        seen.update(event.type for event in events)
        for kind, name in _RATES.items():
            if seen[EventType.SEND]:
                dimensions = {_SET: configuration_set} if configuration_set else {}
                _record(f"Reputation.{name}", seen[kind] / seen[EventType.SEND], dimensions)


def _count_by(destination: Mapping[str, Any], event: Event) -> None:
    configured = (destination.get("CloudWatchDestination") or {}).get("DimensionConfigurations")
    if configured:
        tags = event.body["mail"]["tags"]
        dimensions = {
            each["DimensionName"]: tags.get(each["DimensionName"], [each["DefaultDimensionValue"]])[0]
            for each in configured
            if each["DimensionValueSource"].lower().replace("_", "") == "messagetag"
        }
        _record(_NAMES[event.type], 1, dimensions)


def _record(name: str, value: float, dimensions: dict[str, str]) -> None:
    emulator.record_metric(_NAMESPACE, name, value, "None", dimensions)
