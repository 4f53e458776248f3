"""An environment's reputation for programs.

Keys are only ever added; null is what is not known or has no data.
"""

import json
from typing import Any

from constructs_lib.monitoring.reputation_thresholds import (
    BOUNCE_PAUSE,
    BOUNCE_REVIEW,
    COMPLAINT_PAUSE,
    COMPLAINT_REVIEW,
)
from constructs_lib.monitoring.ses_metric_names import SesMetric
from ops.reputation_numbers import Numbers, RegionNumbers, Reputation
from ops.timing import iso

_KEYS = {
    SesMetric.SEND: "sends",
    SesMetric.DELIVERY: "deliveries",
    SesMetric.BOUNCE: "bounces",
    SesMetric.COMPLAINT: "complaints",
    SesMetric.REJECT: "rejects",
    SesMetric.BOUNCE_RATE: "bounce_rate",
    SesMetric.COMPLAINT_RATE: "complaint_rate",
}


def reputation_json(read: Reputation) -> str:
    """The numbers; rates and levels are shares."""
    levels = read.levels
    document = {
        "environment": read.environment,
        "read_at": iso(read.read_at),
        "hours": 24,
        "well": read.well,
        "levels": {
            "bounce": {
                "warning": levels.bounce_warning,
                "review": BOUNCE_REVIEW,
                "critical": levels.bounce_critical,
                "pause": BOUNCE_PAUSE,
            },
            "complaint": {
                "warning": levels.complaint_warning,
                "review": COMPLAINT_REVIEW,
                "critical": levels.complaint_critical,
                "pause": COMPLAINT_PAUSE,
            },
        },
        "regions": [_region(each) for each in read.regions],
        "cost": {
            "usd_per_thousand": read.usd_per_thousand,
            "estimated_usd_of_30_days": read.estimated_usd,
            "budget_usd_a_month": read.monthly_usd,
        },
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _region(read: RegionNumbers) -> dict[str, Any]:
    account = read.account
    alarms = read.alarms
    return {
        "region": read.region,
        "account": None
        if account is None
        else {
            "sending": account.sending,
            "enforcement": account.enforcement,
            "quota": account.quota,
            "sent": account.sent,
        },
        "numbers": [_numbers(each) for each in read.numbers],
        "alarms": None
        if alarms is None
        else [
            {
                "name": alarm.name,
                "state": alarm.state,
                "since": iso(alarm.since) if alarm.since else None,
                "reason": alarm.reason,
            }
            for alarm in alarms
        ],
        "received": dict(read.received),
        "waiting": dict(read.waiting),
        "sent_in_30_days": read.sent_in_a_month,
        "not_known": list(read.not_known),
    }


def _numbers(numbers: Numbers) -> dict[str, Any]:
    return {
        "configuration_set": numbers.whose,
        "sending": str(numbers.sending),
        **{key: numbers.by_metric.get(metric) for metric, key in _KEYS.items()},
    }
