"""Which options of reputation alarms belong together. Part of `reputation_alarms`."""

from typing import Final

import aws_cdk as cdk

from constructs_lib.errors import ConfigurationError
from constructs_lib.events.event_destinations import CloudWatchDestination
from constructs_lib.events.feedback import SendingEvent
from constructs_lib.monitoring.ses_metric_names import CONFIGURATION_SET

# What an alarm may look back to with periods of an hour (CloudWatch API, PutMetricAlarm: seven days).
_MAX_SILENCE_HOURS: Final = 7 * 24


def require_hours(silence: cdk.Duration) -> int:
    """Whole hours that an alarm can look back to."""
    hours, rest = divmod(silence.to_seconds(), 3600)
    if rest or not 1 <= hours <= _MAX_SILENCE_HOURS:
        raise _invalid(
            "no_send_after",
            "whole hours, 1 hour to 7 days (CloudWatch API, PutMetricAlarm).",
            f"{silence.to_seconds():g} seconds",
            "write cdk.Duration.hours(24)",
        )
    return int(hours)


def require_no_destination(destination: CloudWatchDestination | None) -> None:
    """Refuse a destination for an account, where nothing would use it."""
    if destination is not None:
        raise _invalid(
            "event_metrics",
            "it counts the sends of a configuration set; those of the account are counted by SES.",
            destination,
            "name the configuration set, or leave it out",
        )


def require_counted_sends(destination: CloudWatchDestination | None) -> None:
    """Refuse what does not count sends by set alone: the alarms would be quiet for ever."""
    dimensions = [] if destination is None else [dimension.name for dimension in destination.dimensions]
    if (
        destination is None
        or dimensions != [CONFIGURATION_SET]
        or SendingEvent.SEND not in destination.events
    ):
        raise _invalid(
            "event_metrics",
            f"a destination that counts sends by {CONFIGURATION_SET} and nothing else.",
            destination,
            "give the destination of EventCounts for that set, or minimum_sends=0 and no alarm on silence",
        )


def require_quota(daily_quota: int | None, configuration_set_name: str | None) -> None:
    """Refuse a quota that SES does not have."""
    if daily_quota is None:
        return
    if daily_quota < 1:
        raise _invalid(
            "daily_quota",
            "1 send or more in 24 hours.",
            daily_quota,
            "copy Max24HourSend of the SES API v2, GetAccount",
        )
    if configuration_set_name is not None:
        raise _invalid(
            "daily_quota",
            "SES has one quota for the account in a Region, none for a configuration set.",
            daily_quota,
            "give it to the alarms of the account",
        )


def _invalid(option: str, rule: str, got: object, fix: str) -> ConfigurationError:
    return ConfigurationError("reputation-alarms-invalid", option=option, rule=rule, got=got, fix=fix)
