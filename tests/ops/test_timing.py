"""Since when and until when, on a clock of our own."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops.ports import State
from ops.timing import Known, iso, timing_of, utc

START = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
KNOWN = Known(at=START, source="the keys")
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    "after,said",
    [
        (timedelta(0), "SES looks until 2026-11-28 12:00 UTC, 72 h left"),
        (32 * HOUR, "SES looks until 2026-11-28 12:00 UTC, 40 h left"),
        (71 * HOUR + timedelta(seconds=1), "SES looks until 2026-11-28 12:00 UTC, 59 min left"),
        (72 * HOUR - timedelta(seconds=1), "SES looks until 2026-11-28 12:00 UTC, 0 min left"),
        (72 * HOUR, "the 72 hours ended 2026-11-28 12:00 UTC"),
    ],
)
def test_the_limit_of_a_search_whose_start_is_known(after: timedelta, said: str) -> None:
    timing = timing_of(State.PENDING, started=KNOWN)
    assert timing.until == START + 72 * HOUR
    assert timing.since_text() == "2026-11-25 12:00 UTC (the keys)"
    assert timing.limit_text(START + after) == said


def test_a_search_whose_start_nobody_tells_has_a_limit_without_a_date() -> None:
    timing = timing_of(State.PENDING, started=Known(source="nobody was asked"))
    assert timing.until is None
    assert timing.since_text() == "not known: nobody was asked"
    assert timing.limit_text(START) == "SES looks for 72 hours"


@pytest.mark.parametrize(
    "state,last_success,since",
    [
        (State.TEMPORARY_FAILURE, START, "2026-11-25 12:00 UTC (SES last found the records then)"),
        (State.TEMPORARY_FAILURE, None, "not known: SES does not say"),
        (State.FAILED, START, "not known: SES does not say"),
        (State.SUCCESS, START, ""),
        (State.NOT_STARTED, None, ""),
        (State.NOT_DEPLOYED, None, ""),
    ],
)
def test_only_a_pending_state_takes_the_start_of_the_search(
    state: State, last_success: datetime | None, since: str
) -> None:
    timing = timing_of(state, started=KNOWN, last_success=last_success)
    assert timing.since_text() == since
    assert timing.until is None
    assert timing.limit_text(START) == ""


@given(st.timezones(), st.datetimes(min_value=datetime(2020, 1, 1), max_value=datetime(2040, 1, 1)))  # noqa: DTZ001 - hypothesis wants bounds without a zone
def test_times_are_the_same_wherever_they_are_read(zone: timezone, naive: datetime) -> None:
    moment = naive.replace(tzinfo=UTC)
    there = moment.astimezone(zone)
    assert utc(there) == utc(moment) == f"{naive:%Y-%m-%d %H:%M} UTC"
    assert iso(there) == iso(moment)
    assert iso(there).endswith("+00:00")
