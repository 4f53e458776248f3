"""Tells CloudWatch how old the keys are that clients use.

By the embedded metric format (CloudWatch User Guide): a line of the function's log, so that no permission is
needed. Access key ids are user names of SMTP and stay out of it.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from .model import CURRENT, Credentials, Gateway, RotationError

NAMESPACE: Final = "SesSmtpCredentials"
METRIC: Final = "OldestCurrentKeyDays"
DIMENSION: Final = "FunctionName"
"""The alarm watches this metric; the function's name keeps stacks apart."""


def current_key_age(secret_id: str, *, gateway: Gateway, now: datetime) -> timedelta:
    """How old the key is that clients of a secret use.

    Raises:
        RotationError: there is none that works.
    """
    secret = gateway.describe(secret_id)
    value = gateway.value(secret_id, stage=CURRENT)
    username = Credentials.from_json(value, secret=secret.name).username if value is not None else ""
    if not username:
        raise RotationError(f"{secret.name} holds no credentials yet")
    key = next((key for key in gateway.keys(secret.user) if key.id == username), None)
    if key is None:
        raise RotationError(f"the key in {secret.name} was deleted")
    if not key.active:
        raise RotationError(f"the key in {secret.name} was deactivated")
    return now - key.created


@dataclass(frozen=True, kw_only=True)
class KeyAges:
    """What one look at all secrets found.

    Attributes:
        metric: The log line that CloudWatch takes the metric from; None when no secret has a working key.
        problems: Per secret without a working key what is wrong.
    """

    metric: str | None
    problems: tuple[str, ...]


def key_ages(secret_ids: Iterable[str], *, gateway: Gateway, now: datetime, function_name: str) -> KeyAges:
    """Look at every secret; one that cannot be read does not hide the others."""
    days, problems = {}, []
    for secret_id in secret_ids:
        try:
            age = current_key_age(secret_id, gateway=gateway, now=now)
        except RotationError as error:
            problems.append(str(error))
        else:
            days[secret_id] = round(age / timedelta(days=1), 2)
    return KeyAges(
        metric=_embedded_metric(days, now, function_name) if days else None, problems=tuple(problems)
    )


def _embedded_metric(days: Mapping[str, float], now: datetime, function_name: str) -> str:
    return json.dumps(
        {
            "_aws": {
                "Timestamp": int(now.timestamp() * 1000),
                "CloudWatchMetrics": [
                    {
                        "Namespace": NAMESPACE,
                        "Dimensions": [[DIMENSION]],
                        "Metrics": [{"Name": METRIC, "Unit": "None"}],
                    }
                ],
            },
            DIMENSION: function_name,
            METRIC: max(days.values()),
            "DaysBySecret": days,
        }
    )
