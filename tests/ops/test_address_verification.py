"""Addresses: a mail is sent once or again, and followed until somebody has followed its link."""

from dataclasses import replace

import pytest

from ops.address_verification import Mail, Sent, follow, follow_all, send_verification
from ops.errors import AddressVerifiedError, OpsError, VerificationFailedError, VerificationNotDoneError
from ops.pace import Pace
from ops.ports import State
from tests.ops.address_fakes import ADDRESS, CUSTOM, DENIED, OWN, Clock, FakeAddresses
from tests.ops.support import REGION


def unpaced() -> Pace:
    return Pace(seconds=0)


@pytest.mark.parametrize("state", [State.NOT_STARTED, State.PENDING, State.FAILED, State.TEMPORARY_FAILURE])
def test_the_mail_is_sent_in_every_state_but_verified(state: State) -> None:
    gateway = FakeAddresses(states=[state])
    assert send_verification(OWN, gateway, pace=unpaced()) == Sent(mail=Mail.OWN)
    assert send_verification(CUSTOM, gateway, pace=unpaced()) == Sent(mail=Mail.CUSTOM)
    assert gateway.sent == [
        ("own", ADDRESS, REGION),
        ("custom", ADDRESS, "Welcome", "transactional", REGION),
        ("set", ADDRESS, "transactional", REGION),
    ]


def test_a_configuration_set_that_cannot_be_set_does_not_hide_the_mail() -> None:
    gateway = FakeAddresses(refusal=DENIED)
    assert send_verification(CUSTOM, gateway, pace=unpaced()) == Sent(mail=Mail.CUSTOM, not_set=DENIED)
    assert gateway.sent == [("custom", ADDRESS, "Welcome", "transactional", REGION)]


def test_a_verified_address_gets_none() -> None:
    gateway = FakeAddresses(states=[State.SUCCESS])
    with pytest.raises(AddressVerifiedError):
        send_verification(OWN, gateway, pace=unpaced())
    assert gateway.sent == []


@pytest.mark.parametrize(
    "states, error, seconds",
    [
        ([State.SUCCESS], None, 0),
        ([State.PENDING, State.PENDING, State.SUCCESS], None, 10),
        ([State.PENDING, State.FAILED], VerificationFailedError, 5),
        ([State.PENDING], VerificationNotDoneError, 60),
        ([State.NOT_STARTED], VerificationNotDoneError, 60),
    ],
)
def test_following(states: list[State], error: type[OpsError] | None, seconds: float) -> None:
    clock, polls = Clock(), []

    def run() -> None:
        follow(
            OWN,
            FakeAddresses(states=states),
            timeout_seconds=60,
            on_poll=lambda request, _, left: polls.append((request.address, left)),
            clock=clock,
            sleep=clock.sleep,
        )

    if error is None:
        run()
    else:
        with pytest.raises(error):
            run()
    assert clock.now == seconds
    assert polls[0] == (ADDRESS, 60)


def test_several_are_followed_within_one_time_and_each_is_asked_about() -> None:
    clock = Clock()
    others = [replace(OWN, address=f"{name}@example.net") for name in ("late", "done", "failed")]
    states = {
        "late@example.net": State.PENDING,
        "done@example.net": State.SUCCESS,
        "failed@example.net": State.FAILED,
    }

    class Each(FakeAddresses):
        def address_state(self, address: str, *, region: str) -> State:
            assert region
            return states[address]

    found = {
        request.address: problem.code if problem else None
        for request, problem in follow_all(others, Each(), timeout_seconds=60, clock=clock, sleep=clock.sleep)
    }
    assert found == {
        "late@example.net": "address-pending",
        "done@example.net": None,
        "failed@example.net": "address-failed",
    }
    assert clock.now == 60
