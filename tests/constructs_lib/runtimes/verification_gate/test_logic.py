from typing import Any

import pytest

from constructs_lib.runtimes.custom_resource import RefusedError, RequestType
from constructs_lib.runtimes.verification_gate.model import NotAnsweredError
from tests.constructs_lib.runtimes.verification_gate.fake_aws import (
    MAIL_FROM,
    PENDING,
    START,
    VERIFIED,
    Answer,
    Aws,
    _properties,
    identity,
    turns,
)

THROTTLED = NotAnsweredError("GetEmailIdentity: TooManyRequestsException")
DENIED = NotAnsweredError("GetEmailIdentity: AccessDeniedException", denied=True)
TEMPORARY = identity("SUCCESS", dkim_state="TEMPORARY_FAILURE")
FAILED = identity("PENDING", dkim_state="FAILED")
NOT_STARTED = identity("SUCCESS", dkim_state="NOT_STARTED")


@pytest.mark.parametrize(
    "changes, at_least, at_most",
    [
        ([(0, VERIFIED)], 0, 0),
        ([(0, PENDING), (1, VERIFIED)], 1, 15),
        ([(0, PENDING), (400, VERIFIED)], 400, 415),
        ([(0, PENDING), (899, VERIFIED)], 899, 900),
        ([(0, TEMPORARY), (200, VERIFIED)], 200, 215),
        ([(0, VERIFIED), (1, TEMPORARY)], 0, 0),
        ([(0, THROTTLED), (300, VERIFIED)], 300, 315),
        ([(0, PENDING), (30, THROTTLED), (60, PENDING), (90, VERIFIED)], 90, 105),
        ([(0, DENIED), (40, VERIFIED)], 40, 55),
        ([(0, None), (40, PENDING), (80, None), (130, VERIFIED)], 130, 145),
        ([(0, NOT_STARTED), (40, PENDING), (600, VERIFIED)], 600, 615),
    ],
)
def test_what_comes_in_time_lets_the_deployment_go_on(
    changes: list[tuple[float, Answer]], at_least: float, at_most: float
) -> None:
    outcome = Aws(ses=turns(*changes)).deploy()
    assert outcome.status == "SUCCESS", outcome
    assert at_least <= outcome.seconds <= at_most


@pytest.mark.parametrize(
    "changes, at_least, at_most, reason",
    [
        (
            [(0, PENDING)],
            900,
            900,
            "example.com is not verified after 15 minutes: domain PENDING, DKIM PENDING",
        ),
        ([(0, PENDING), (901, VERIFIED)], 900, 900, "last look HOST_NOT_FOUND."),
        ([(0, VERIFIED), (-1, PENDING), (0, TEMPORARY)], 900, 900, "domain SUCCESS, DKIM TEMPORARY_FAILURE."),
        ([(0, THROTTLED)], 900, 900, "TooManyRequestsException. Fix: deploy again when SES answers."),
        (
            [(0, FAILED)],
            0,
            0,
            "example.com is not verified: domain PENDING, DKIM FAILED: SES stopped looking",
        ),
        ([(0, PENDING), (500, FAILED)], 500, 515, "DKIM FAILED"),
        ([(0, TEMPORARY), (100, identity("FAILED"))], 100, 115, "domain FAILED"),
        (
            [(0, DENIED)],
            60,
            75,
            "AccessDeniedException. Fix: allow the gate's function ses:GetEmailIdentity on",
        ),
        ([(0, PENDING), (300, DENIED)], 360, 390, "AccessDeniedException"),
        ([(0, None)], 60, 75, "no such identity in this Region. Fix: create the identity first."),
        ([(0, PENDING), (700, None)], 760, 790, "no such identity"),
        ([(0, NOT_STARTED)], 60, 75, "DKIM NOT_STARTED. Fix: start the verification"),
        ([(0, PENDING), (890, DENIED)], 900, 900, "not verified after 15 minutes: GetEmailIdentity"),
    ],
)
def test_what_does_not_come_ends_in_time_and_with_the_reason(
    changes: list[tuple[float, Answer]], at_least: float, at_most: float, reason: str
) -> None:
    outcome = Aws(ses=turns(*changes)).deploy()
    assert outcome.status == "FAILED"
    assert at_least <= outcome.seconds <= at_most
    assert outcome.reason.startswith("[identity-not-verified] example.com is not verified")
    assert reason in outcome.reason
    assert " Fix: " in outcome.reason


@pytest.mark.parametrize("timeout", [1, 60, 119, 120, 121, 900, 901, 3600, 7200])
def test_every_timeout_is_kept(timeout: int) -> None:
    aws = Aws(ses=turns((0, PENDING)))
    outcome = aws.deploy(timeout=timeout)
    assert (outcome.status, outcome.seconds) == ("FAILED", timeout)
    assert len(aws.looks) <= timeout / 15 + 13


@pytest.mark.parametrize(
    "died", [[1.0], [100.0], [119.0], [121.0], [500.0], [899.0], [119.0, 298.0], [890.0, 950.0]]
)
@pytest.mark.parametrize("comes", [50.0, 400.0, None])
def test_a_call_that_dies_is_repeated_and_the_whole_stays_bounded(
    died: list[float], comes: float | None
) -> None:
    ses = turns((0, PENDING), (comes, VERIFIED)) if comes else turns((0, PENDING))
    outcome = Aws(ses=ses, deaths=list(died)).deploy()
    # The first wait measures from its repetition; all others know when it all began.
    assert outcome.seconds <= 900 + 8 * 60
    assert outcome.status == ("SUCCESS" if comes else "FAILED")
    assert comes or "is not verified after 15 minutes" in outcome.reason


@pytest.mark.parametrize("timeout", [60, 900, 7200])
def test_a_function_that_cannot_run_is_found_out_by_the_first_wait(timeout: int) -> None:
    outcome = Aws(ses=turns((0, VERIFIED)), broken=True).deploy(timeout=timeout)
    assert outcome.status == "NO ANSWER"
    assert outcome.seconds <= 10 * 60


def test_a_call_that_runs_twice_answers_the_same() -> None:
    since = f"example.com/{int(START)}"
    for wait in (_properties(timeout=7200, until=120), _properties(timeout=7200, until=900, Since=since)):
        aws = Aws(ses=turns((0, PENDING)))
        first = aws.call(RequestType.CREATE, wait)
        ended = aws.time
        aws.time = START if "Since" not in wait else START + 500
        assert (aws.call(RequestType.CREATE, wait), aws.time) == (first, ended)
        assert first == since


@pytest.mark.parametrize("kind", [RequestType.UPDATE, RequestType.DELETE])
def test_neither_an_update_of_the_same_domain_nor_a_deletion_asks_anybody(kind: RequestType) -> None:
    aws = Aws(ses=turns((0, FAILED)))
    assert aws.call(kind, _properties(timeout=900, until=900), "example.com/17") == "example.com/17"
    assert aws.call(RequestType.DELETE, {}, "not-created") == "not-created"
    assert (aws.looks, aws.time) == ([], START)


def test_another_domain_is_waited_for_and_its_rollback_is_not() -> None:
    aws = Aws(ses=turns((0, PENDING), (60, VERIFIED)))
    wait = _properties(timeout=900, until=120)
    assert aws.call(RequestType.UPDATE, wait, "example.org/17") == f"example.com/{int(START)}"
    assert aws.time == START + 60
    with pytest.raises(RefusedError):
        Aws(ses=turns((0, FAILED))).call(RequestType.UPDATE, wait, "example.org/17")


@pytest.mark.parametrize(
    "mail_from, waits, reason",
    [
        ({"mail_from_domain": "bounce.example.com", "mail_from_state": "SUCCESS"}, False, ""),
        ({"mail_from_domain": "bounce.example.com", "mail_from_state": "PENDING"}, True, "MAIL FROM PENDING"),
        ({"mail_from_domain": "bounce.example.com", "mail_from_state": "FAILED"}, True, "MAIL FROM FAILED"),
        ({}, True, "has no MAIL FROM domain. Fix: set one"),
    ],
)
def test_mail_from_counts_where_asked(mail_from: dict[str, Any], waits: bool, reason: str) -> None:  # noqa: FBT001 - a table
    ses = turns((0, identity("SUCCESS", **mail_from)))
    assert Aws(ses=ses).deploy().status == "SUCCESS"
    outcome = Aws(ses=ses).deploy(MailFrom=MAIL_FROM)
    assert (outcome.status == "FAILED") == waits
    assert reason in outcome.reason


def test_each_change_is_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    Aws(ses=turns((0, PENDING), (100, TEMPORARY), (200, VERIFIED))).deploy()
    assert [record.message for record in caplog.records if record.levelname == "INFO"] == [
        "example.com: domain PENDING, DKIM PENDING, last look HOST_NOT_FOUND",
        "example.com: domain SUCCESS, DKIM TEMPORARY_FAILURE",
        "example.com: domain SUCCESS, DKIM TEMPORARY_FAILURE",
        "example.com: domain SUCCESS, DKIM SUCCESS",
    ]
