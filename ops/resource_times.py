"""How often a resource of a template counts for its price. Nothing here loads the CDK."""

from collections.abc import Mapping
from typing import Any


def times(resource: Mapping[str, Any]) -> int:
    """How often a resource counts.

    An alarm once for each metric, expressions aside. An event destination once for each event that it counts
    in CloudWatch, of one value of its dimensions: more values are more metrics; none for other destinations.
    """
    properties = resource.get("Properties")
    if not isinstance(properties, Mapping):
        return 1
    if resource["Type"] == "AWS::CloudWatch::Alarm":
        metrics = properties.get("Metrics")
        found = metrics if isinstance(metrics, list) else ()
        return max(1, sum("MetricStat" in metric for metric in found))
    if resource["Type"] == "AWS::SES::ConfigurationSetEventDestination":
        destination = properties.get("EventDestination")
        if not isinstance(destination, Mapping) or "CloudWatchDestination" not in destination:
            return 0
        events = destination.get("MatchingEventTypes")
        return len(events) if isinstance(events, list) else 1
    return 1
