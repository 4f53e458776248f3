"""Where else sending events can go: EventBridge, Firehose, CloudWatch. Plain values for environment files."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from constructs_lib.domain_name import is_token
from constructs_lib.errors import ConfigurationError
from constructs_lib.events.feedback import SendingEvent
from constructs_lib.monitoring.ses_metric_names import CONFIGURATION_SET

MAX_DIMENSIONS: Final = 10
"""Dimensions of one CloudWatch event destination (SES quotas; cannot be raised)."""

EVERY_MESSAGE: Final = (
    SendingEvent.SEND,
    SendingEvent.REJECT,
    SendingEvent.BOUNCE,
    SendingEvent.COMPLAINT,
    SendingEvent.DELIVERY,
    SendingEvent.RENDERING_FAILURE,
    SendingEvent.DELIVERY_DELAY,
)
"""The events that every message has. Opens and clicks exist only where SES rewrites the message."""

_STREAM_NAME: Final = re.compile(r"[A-Za-z0-9_.-]{1,64}")
_DIMENSION_NAME: Final = re.compile(r"[A-Za-z0-9_:-]{1,256}")
_DIMENSION_DEFAULT: Final = re.compile(r"[A-Za-z0-9_-]{1,256}")


@dataclass(frozen=True, kw_only=True)
class EventBridgeDestination:
    """Events on the account's default bus, the only one that SES publishes to.

    A rule must match the configuration set as well as ``source: aws.ses``, or it sees the mail of all:
    ``{"detail": {"mail": {"tags": {"ses:configuration-set": ["transactional"]}}}}``.

    Attributes:
        events: Default: `EVERY_MESSAGE`.

    Raises:
        ConfigurationError: ``event-destination-invalid``.
    """

    events: tuple[SendingEvent, ...] = EVERY_MESSAGE

    def __post_init__(self) -> None:
        _require_events(self.events)


@dataclass(frozen=True, kw_only=True)
class FirehoseDestination:
    """Whole events in a delivery stream that exists already in this account and Region.

    By name, so that one environment file serves several Regions. A stream elsewhere is fed by one here.

    Attributes:
        delivery_stream_name: 1 to 64 ASCII letters, digits, ``_``, ``.`` and ``-`` (Firehose API,
            CreateDeliveryStream).
        events: Default: `EVERY_MESSAGE`.

    Raises:
        ConfigurationError: ``event-destination-invalid``.
    """

    delivery_stream_name: str
    events: tuple[SendingEvent, ...] = EVERY_MESSAGE

    def __post_init__(self) -> None:
        _require_events(self.events)
        if not is_token(self.delivery_stream_name) and not _STREAM_NAME.fullmatch(self.delivery_stream_name):
            raise _invalid(
                "delivery_stream_name",
                "the name of a Firehose delivery stream: 1 to 64 ASCII letters, digits, _, . and -.",
                self.delivery_stream_name,
                "write the name, not the ARN, of a stream in this account and Region",
            )


class DimensionSource(StrEnum):
    """Where SES finds a dimension's value, as CloudFormation spells it."""

    MESSAGE_TAG = "messageTag"
    EMAIL_HEADER = "emailHeader"
    LINK_TAG = "linkTag"


@dataclass(frozen=True, kw_only=True)
class Dimension:
    """A CloudWatch dimension. Each value is a metric that costs money: never one per recipient or message.

    Attributes:
        name: The tag or header, and the dimension: 1 to 256 ASCII letters, digits, ``-``, ``_`` and ``:``.
        default: The value of a message that has none: the same characters without colons.
        source: Default: a message tag; every message has ``ses:configuration-set``, ``ses:from-domain``.

    Raises:
        ConfigurationError: ``event-destination-invalid``.
    """

    name: str
    default: str
    source: DimensionSource = DimensionSource.MESSAGE_TAG

    def __post_init__(self) -> None:
        for option, value, allowed in (
            ("name", self.name, _DIMENSION_NAME),
            ("default", self.default, _DIMENSION_DEFAULT),
        ):
            if not is_token(value) and not allowed.fullmatch(value):
                raise _invalid(
                    option,
                    f"it matches {allowed.pattern} (SES API v2, CloudWatchDimensionConfiguration).",
                    value,
                    "use ASCII letters, digits, hyphens and underscores",
                )


@dataclass(frozen=True, kw_only=True)
class CloudWatchDestination:
    """Counts of events as CloudWatch metrics in the namespace AWS/SES.

    Attributes:
        dimensions: 1 to 10, each name once.
        events: Default: `EVERY_MESSAGE`.

    Raises:
        ConfigurationError: ``event-destination-invalid``.
    """

    dimensions: tuple[Dimension, ...]
    events: tuple[SendingEvent, ...] = EVERY_MESSAGE

    def __post_init__(self) -> None:
        _require_events(self.events)
        names = [dimension.name for dimension in self.dimensions]
        if not 1 <= len(names) <= MAX_DIMENSIONS or len(set(names)) != len(names):
            raise _invalid(
                "dimensions",
                f"1 to {MAX_DIMENSIONS} dimensions, each name once (SES quotas).",
                names,
                'start with Dimension(name="ses:configuration-set", default="none")',
            )


def _require_events(events: Sequence[SendingEvent]) -> None:
    if not events or len(set(events)) != len(events):
        raise _invalid("events", "at least one event type, each once.", events, "leave it out for all")


def _invalid(option: str, rule: str, got: object, fix: str) -> ConfigurationError:
    return ConfigurationError("event-destination-invalid", option=option, rule=rule, got=got, fix=fix)


COUNTED: Final = CloudWatchDestination(
    dimensions=(Dimension(name=CONFIGURATION_SET, default="none"),),
    events=(
        SendingEvent.SEND,
        SendingEvent.DELIVERY,
        SendingEvent.BOUNCE,
        SendingEvent.COMPLAINT,
        SendingEvent.REJECT,
    ),
)
"""Counts by configuration set and nothing else."""
