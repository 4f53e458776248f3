"""The alarms of a template, on series by the quarter of a day: what people would be told."""

from typing import Any

import aws_cdk as cdk
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.constructs_lib.monitoring.test_reputation_alarms import synth
from tests.metric_math import Series, Value, changes, evaluate, metric_of, states

ALARMS = synth(no_send_after=cdk.Duration.hours(6), daily_quota=1000)
DAY = 4


@pytest.fixture(params=[0, 3], ids=["no older points", "older points stand in"])
def extra(request: pytest.FixtureRequest) -> int:
    return int(request.param)


def run(name: str, *, extra: int = 0, sends: Series, bounces: Series) -> list[str]:
    alarm: dict[str, Any] = ALARMS[name]
    series = {"Send": sends, "Reputation.BounceRate": bounces, "Reputation.ComplaintRate": bounces}
    return states(alarm, metric_of(alarm, series), extra=extra)


def test_the_evaluator_does_what_the_guide_shows() -> None:
    """The examples of the CloudWatch User Guide, Using IF expressions."""
    series: dict[str, list[Value]] = {
        "metric1": [1, 1, 0, 0, None],
        "metric2": [30, None, 0, 0, 30],
        "metric3": [0, 0, 20, None, 20],
    }
    assert evaluate("IF(metric1, metric2, metric3)", series) == [30, 0, 20, None, None]
    assert evaluate("IF(metric1, 5, metric3)", series) == [5, 5, 20, None, None]
    assert evaluate("IF(metric1, metric2, 5)", series) == [30, 0, 5, 5, None]
    assert evaluate("IF(metric1 < 1, metric3)", series) == [None, None, 20, 0, None]
    with pytest.raises(NotImplementedError):
        evaluate("FILL(metric1, 0)", series)


def test_a_critical_rate_is_told_after_one_quarter_a_warning_after_two(extra: int) -> None:
    series: Any = {"sends": [500] * 4, "bounces": [0.01, 0.09, 0.09, 0.09]}
    assert run("BounceCritical", extra=extra, **series) == ["OK", "ALARM", "ALARM", "ALARM"]
    assert run("BounceWarning", extra=extra, **series) == ["OK", "OK", "ALARM", "ALARM"]


@pytest.mark.parametrize("rate, state", [(0.0799, "OK"), (0.08, "ALARM"), (0.0801, "ALARM")])
def test_the_threshold_itself_raises(rate: float, state: str, extra: int) -> None:
    assert run("BounceCritical", extra=extra, sends=[500], bounces=[rate]) == [state]


@pytest.mark.parametrize("sends, state", [(1, "OK"), (49, "OK"), (50, "ALARM")])
def test_few_sends_do_not_count(sends: int, state: str, extra: int) -> None:
    found = run("BounceCritical", extra=extra, sends=[sends] * 48, bounces=[0.5] * 48)
    assert set(found) == {state}


def test_nothing_is_raised_by_missing_data(extra: int) -> None:
    nothing: list[Value] = [None] * 48
    sometimes: list[Value] = [500, None] * 24
    for name in ("BounceWarning", "BounceCritical"):
        assert set(run(name, extra=extra, sends=nothing, bounces=nothing)) == {"OK"}
        assert set(run(name, extra=extra, sends=nothing, bounces=[0.5] * 48)) == {"OK"}
        assert set(run(name, extra=extra, sends=[500] * 48, bounces=nothing)) == {"OK"}
        assert set(run(name, extra=extra, sends=sometimes, bounces=[0.01] * 48)) == {"OK"}


def test_a_rate_around_the_threshold_is_told_once(extra: int) -> None:
    found = run("BounceWarning", extra=extra, sends=[500] * 96, bounces=[0.041, 0.039] * 48)
    assert changes(found) == ["OK", "ALARM"]


def test_nights_without_sends_do_not_end_an_alarm(extra: int) -> None:
    day_and_night: list[Value] = [500, 500, None, None]
    for name, rate in (("BounceWarning", 0.06), ("BounceCritical", 0.09)):
        found = run(name, extra=extra, sends=[None, *day_and_night * 5], bounces=[rate] * (DAY * 5 + 1))
        assert changes(found) == ["OK", "ALARM"]


def test_who_sends_once_a_day_is_warned_on_the_second_bad_day(extra: int) -> None:
    once: list[Value] = [None, 500, None, None]
    found = run("BounceWarning", extra=extra, sends=once * 5, bounces=[0.06] * DAY * 5)
    assert found[:5] == ["OK"] * 5
    assert changes(found) == ["OK", "ALARM"]


def test_a_thousand_sends_spread_over_a_day_count(extra: int) -> None:
    found = run("BounceCritical", extra=extra, sends=[250] * 2, bounces=[0.09] * 2)
    assert found == ["ALARM", "ALARM"]


def test_one_bad_quarter_is_no_warning_and_a_critical_one_ends_after_a_day() -> None:
    bounces: list[Value] = [0.01, 0.09, *[0.01] * 48]
    sends: list[Value] = [500] * len(bounces)
    assert changes(run("BounceWarning", sends=sends, bounces=bounces)) == ["OK"]
    found = run("BounceCritical", sends=sends, bounces=bounces)
    assert changes(found) == ["OK", "ALARM", "OK"]
    assert found.count("ALARM") == DAY


def test_recovery_is_told_once_and_within_two_days() -> None:
    bounces: list[Value] = [*[0.06] * 30, *[0.01] * 60]
    for extra in (0, 3):
        found = run("BounceWarning", extra=extra, sends=[500] * 90, bounces=bounces)
        assert changes(found) == ["OK", "ALARM", "OK"]
        assert found.index("OK", 2) - 30 == 2 * DAY - 2


def test_when_sending_stops_the_alarm_ends_though_the_rate_stays(extra: int) -> None:
    sends: list[Value] = [*[500] * 30, *[None] * 60]
    found = run("BounceCritical", extra=extra, sends=sends, bounces=[0.09] * 90)
    assert changes(found) == ["ALARM", "OK"]


def test_silence_is_told_after_its_hours_and_ends_with_the_first_send() -> None:
    # By the hour.
    sends: list[Value] = [*[3] * 10, *[None] * 12, 1, None]
    found = run("NoSend", sends=sends, bounces=[None] * 24)
    # The first hours have nothing before them, which is silence too.
    assert found[:15] == ["OK"] * 15
    assert found[15:22] == ["ALARM"] * 7
    assert found[22:] == ["OK", "OK"]


@pytest.mark.parametrize("sends, state", [(799, "OK"), (800, "ALARM"), (None, "OK")])
def test_quota_use(sends: Value, state: str) -> None:
    assert run("Quota", sends=[sends], bounces=[None]) == [state]


@given(
    st.lists(
        st.tuples(
            st.one_of(st.none(), st.integers(0, 49)), st.one_of(st.none(), st.floats(0, 1, allow_nan=False))
        ),
        min_size=1,
        max_size=60,
    )
)
def test_no_series_of_few_sends_raises_anything(quarters: list[tuple[int | None, float | None]]) -> None:
    sends: list[Value] = [sent for sent, _ in quarters]
    bounces: list[Value] = [rate for _, rate in quarters]
    for name in ("BounceWarning", "BounceCritical", "ComplaintWarning", "ComplaintCritical"):
        assert set(run(name, sends=sends, bounces=bounces)) == {"OK"}
