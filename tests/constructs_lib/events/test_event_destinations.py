from typing import Any

import pytest

from constructs_lib.events.event_destinations import (
    EVERY_MESSAGE,
    CloudWatchDestination,
    Dimension,
    DimensionSource,
    EventBridgeDestination,
    FirehoseDestination,
)
from constructs_lib.events.feedback import SendingEvent
from tests.support import TOKEN, refuses

STREAM = "events"
SET = Dimension(name="ses:configuration-set", default="none")


def test_the_default_is_every_event_that_needs_no_rewriting_of_messages() -> None:
    assert set(SendingEvent) - set(EVERY_MESSAGE) == {
        SendingEvent.OPEN,
        SendingEvent.CLICK,
        SendingEvent.SUBSCRIPTION,
    }
    assert EventBridgeDestination().events == EVERY_MESSAGE
    assert FirehoseDestination(delivery_stream_name=STREAM).events == EVERY_MESSAGE
    assert CloudWatchDestination(dimensions=(SET,)).events == EVERY_MESSAGE


@pytest.mark.parametrize("events", [(), (SendingEvent.BOUNCE, SendingEvent.BOUNCE)])
@pytest.mark.parametrize(
    "kind, options",
    [
        (EventBridgeDestination, {}),
        (FirehoseDestination, {"delivery_stream_name": STREAM}),
        (CloudWatchDestination, {"dimensions": (SET,)}),
    ],
)
def test_no_event_and_one_twice_are_refused(kind: Any, options: dict[str, Any], events: Any) -> None:  # noqa: ANN401
    with refuses("event-destination-invalid", "events: "):
        kind(events=events, **options)
    assert kind(events=(SendingEvent.OPEN,), **options).events == (SendingEvent.OPEN,)


@pytest.mark.parametrize("name", [TOKEN, "x", "Mail_events-2.prod", "x" * 64])
def test_accepts_a_stream(name: str) -> None:
    assert FirehoseDestination(delivery_stream_name=name).delivery_stream_name == name


@pytest.mark.parametrize(
    "name",
    [
        "",
        "mail events",
        "x" * 65,
        "events\n",
        "ereignisse-für-uns",
        "arn:aws:firehose:eu-west-1:111111111111:deliverystream/events",
    ],
)
def test_refuses_a_stream(name: str) -> None:
    with refuses("event-destination-invalid", "delivery_stream_name: "):
        FirehoseDestination(delivery_stream_name=name)


@pytest.mark.parametrize(
    "name, default", [("ses:from-domain", "none"), ("x" * 256, "y" * 256), ("A_b-9", "0"), (TOKEN, TOKEN)]
)
def test_accepts_a_dimension(name: str, default: str) -> None:
    assert Dimension(name=name, default=default).source is DimensionSource.MESSAGE_TAG


@pytest.mark.parametrize(
    "option, value",
    [
        ("name", ""),
        ("name", "a b"),
        ("name", "ä"),
        ("name", "a.b"),
        ("name", "x" * 257),
        ("name", "a\n"),
        ("default", ""),
        ("default", "a:b"),
        ("default", "y" * 257),
    ],
)
def test_refuses_a_dimension(option: str, value: str) -> None:
    options: dict[str, Any] = {"name": "a", "default": "b"} | {option: value}
    with refuses("event-destination-invalid", f"{option}: "):
        Dimension(**options)


def test_cloudwatch_takes_one_to_ten_dimensions_of_different_names() -> None:
    ten = tuple(Dimension(name=f"tag{number}", default="none") for number in range(10))
    CloudWatchDestination(dimensions=ten)
    for dimensions in ((), (*ten, SET), (SET, Dimension(name=SET.name, default="other"))):
        with refuses("event-destination-invalid", "dimensions: "):
            CloudWatchDestination(dimensions=dimensions)
