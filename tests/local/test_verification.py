from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.verification import (
    DEFAULT_LINK_WINDOW,
    DEFAULT_WINDOW,
    Cname,
    ErrorType,
    LookUp,
    Progress,
    Status,
    advance,
    check_dkim,
    check_mail_from,
    confirmed,
    expire,
    restarted,
)

START = datetime(2026, 1, 1, tzinfo=UTC)
RECORDS = tuple(
    Cname(name=f"{token}._domainkey.example.com", target=f"{token}.dkim.amazonses.com")
    for token in ("aaa", "bbb", "ccc")
)
ALL_THERE = {(record.name, "CNAME"): [record.target] for record in RECORDS}
HOST = "feedback-smtp.eu-west-1.amazonses.com"


def dns(content: Mapping[tuple[str, str], Sequence[str]]) -> LookUp:
    return lambda name, record_type: content.get((name, record_type), ())


@pytest.mark.parametrize(
    "change,expected",
    [
        ({}, None),
        ({"aaa": []}, ErrorType.HOST_NOT_FOUND),
        ({"ccc": []}, ErrorType.HOST_NOT_FOUND),
        ({"bbb": ["bbb.dkim.amazonses.com.example.com"]}, ErrorType.INVALID_VALUE),
        ({"bbb": ["aaa.dkim.amazonses.com"]}, ErrorType.INVALID_VALUE),
        ({"bbb": ["BBB.DKIM.amazonses.com."]}, None),
        ({"bbb": ["bbb.dkim.amazonses.com", "x.example"]}, ErrorType.INVALID_VALUE),
    ],
)
def test_dkim_needs_all_three_records_exactly(
    change: dict[str, list[str]], expected: ErrorType | None
) -> None:
    changed = {(f"{token}._domainkey.example.com", "CNAME"): values for token, values in change.items()}
    assert check_dkim(RECORDS, dns({**ALL_THERE, **changed})) == expected


@pytest.mark.parametrize(
    "values,expected",
    [
        ([f"10 {HOST}"], None),
        ([f"10  {HOST.upper()}."], None),
        ([], ErrorType.HOST_NOT_FOUND),
        ([f"20 {HOST}"], ErrorType.INVALID_VALUE),
        (["10 feedback-smtp.us-east-1.amazonses.com"], ErrorType.INVALID_VALUE),
        ([HOST], ErrorType.INVALID_VALUE),
        ([f"10 {HOST}", "20 mx.example.com"], ErrorType.INVALID_VALUE),
    ],
)
def test_mail_from_needs_exactly_one_right_mx(values: list[str], expected: ErrorType | None) -> None:
    assert check_mail_from("b.example.com", HOST, dns({("b.example.com", "MX"): values})) == expected


MISSING = ErrorType.HOST_NOT_FOUND
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    "checks,expected",
    [
        ([], Status.PENDING),
        ([(1, MISSING)], Status.PENDING),
        ([(71, MISSING)], Status.PENDING),
        ([(72, MISSING)], Status.FAILED),
        ([(1, None)], Status.SUCCESS),
        # Nobody asked for a long time: SES would have found the records meanwhile.
        ([(100, None)], Status.SUCCESS),
        # Found too late: the process has to be started again.
        ([(72, MISSING), (73, None)], Status.FAILED),
        ([(1, None), (2, MISSING)], Status.TEMPORARY_FAILURE),
        ([(1, None), (500, MISSING)], Status.TEMPORARY_FAILURE),
        ([(1, None), (2, MISSING), (73, MISSING)], Status.TEMPORARY_FAILURE),
        ([(1, None), (2, MISSING), (74, MISSING)], Status.FAILED),
        ([(1, None), (2, MISSING), (3, None)], Status.SUCCESS),
        ([(1, None), (2, MISSING), (3, None), (74, MISSING)], Status.TEMPORARY_FAILURE),
    ],
)
def test_states_over_time(checks: list[tuple[int, ErrorType | None]], expected: Status) -> None:
    assert _after(checks).status is expected


def _after(checks: Sequence[tuple[int, ErrorType | None]]) -> Progress:
    progress = Progress(started=START)
    for hours, error in checks:
        progress = advance(progress, error, now=START + hours * HOUR, window=DEFAULT_WINDOW)
    return progress


@given(
    st.lists(st.tuples(st.integers(0, 300), st.sampled_from([None, *ErrorType])), min_size=1, max_size=8).map(
        lambda checks: sorted(checks, key=lambda check: check[0])
    )
)
def test_nothing_but_found_records_ever_verifies(checks: list[tuple[int, ErrorType | None]]) -> None:
    progress = _after(checks)
    if all(error is not None for _, error in checks):
        assert not progress.may_send
        assert progress.last_success is None
    if progress.status is Status.SUCCESS:
        assert checks[-1][1] is None
    if progress.status is Status.TEMPORARY_FAILURE:
        assert checks[-1][1] is not None
        assert any(error is None for _, error in checks)


@given(st.sets(st.sampled_from(RECORDS)))
def test_only_the_complete_set_is_right(present: set[Cname]) -> None:
    content = {(record.name, "CNAME"): [record.target] for record in present}
    assert (check_dkim(RECORDS, dns(content)) is None) == (len(present) == len(RECORDS))


@pytest.mark.parametrize("hours,expected", [(0, Status.PENDING), (23, Status.PENDING), (24, Status.FAILED)])
def test_an_address_waits_for_its_owner(hours: int, expected: Status) -> None:
    now = START + hours * HOUR
    assert expire(Progress(started=START), now=now, window=DEFAULT_LINK_WINDOW).status is expected


def test_an_address_stays_verified_whatever_the_time_and_however_often_it_is_asked_for() -> None:
    verified = confirmed(Progress(started=START), now=START + HOUR)
    assert (verified.status, verified.last_success) == (Status.SUCCESS, START + HOUR)
    assert expire(verified, now=START + 1000 * HOUR, window=DEFAULT_LINK_WINDOW) == verified
    assert restarted(verified, now=START + 2 * HOUR) == verified


@pytest.mark.parametrize("status", [Status.PENDING, Status.FAILED])
def test_an_address_that_is_asked_for_again_waits_anew(status: Status) -> None:
    again = restarted(Progress(started=START, status=status), now=START + 30 * HOUR)
    assert again == Progress(started=START + 30 * HOUR)
