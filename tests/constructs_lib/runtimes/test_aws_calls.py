"""What a call is tried again for, and what its refusal says. The gateways test it with the real clients."""

from collections.abc import Callable

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from constructs_lib.runtimes.aws_calls import PAUSE_SECONDS, TRIES, asked, asked_or_none
from constructs_lib.runtimes.custom_resource import RefusedError


def refusal(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "its text"}}, "Operation")


def answers(*found: object) -> Callable[[], object]:
    """A call that gives one after the other, and raises errors."""
    left = iter(found)

    def call() -> object:
        answer = next(left)
        if isinstance(answer, Exception):
            raise answer
        return answer

    return call


@pytest.fixture(autouse=True)
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    found: list[float] = []
    monkeypatch.setattr("time.sleep", found.append)
    return found


@pytest.mark.parametrize("code", ["AccessDenied", "AccessDeniedException"])
def test_a_denied_call_is_tried_until_iam_has_spread_the_permission(code: str, pauses: list[float]) -> None:
    denied = [refusal(code)] * (TRIES - 1)
    assert asked("Operation on x", answers(*denied, "answer")) == "answer"
    assert pauses == [PAUSE_SECONDS] * (TRIES - 1)


def test_what_is_denied_to_the_end_is_refused() -> None:
    with pytest.raises(RefusedError, match=r"^Operation on x: AccessDenied: its text$"):
        asked("Operation on x", answers(*[refusal("AccessDenied")] * TRIES))


def test_another_refusal_is_told_at_once_with_what_to_do(pauses: list[float]) -> None:
    with pytest.raises(RefusedError, match=r"^Operation on x: Bad: its text\. Fix: mend it\.$"):
        asked("Operation on x", answers(refusal("Bad"), "never"), fixes={"Bad": "mend it"})
    assert pauses == []


@pytest.mark.parametrize("text, told", [("its text.", "Bad: its text."), ("", "Bad.")])
def test_one_period_stands_before_the_fix(text: str, told: str) -> None:
    refused = ClientError({"Error": {"Code": "Bad", "Message": text}}, "Operation")
    with pytest.raises(RefusedError) as caught:
        asked("x", answers(refused), fixes={"Bad": "mend it"})
    assert str(caught.value) == f"x: {told} Fix: mend it."


def test_codes_of_the_caller_wait_or_pass(pauses: list[float]) -> None:
    assert asked("x", answers(refusal("Throttling"), 1), waits={"Throttling"}) == 1
    assert len(pauses) == 1
    with pytest.raises(ClientError):
        asked("x", answers(refusal("Known")), passed={"Known"})


def test_a_fine_refusal_is_none() -> None:
    assert asked_or_none("x", answers(refusal("NotFound")), fine="NotFound") is None
    assert asked_or_none("x", answers(1), fine="NotFound") == 1
    with pytest.raises(RefusedError, match="x: Other"):
        asked_or_none("x", answers(refusal("Other")), fine="NotFound")


def test_no_connection_is_told_by_its_kind_only() -> None:
    with pytest.raises(RefusedError, match=r"^x: EndpointConnectionError$"):
        asked("x", answers(EndpointConnectionError(endpoint_url="https://secret")))
