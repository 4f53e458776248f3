"""Calls that happen one after the other, at least a second apart, by a clock that no test waits for."""

from dataclasses import dataclass, field

import pytest

from ops.pace import ONE_A_SECOND, Pace


@dataclass
class Clock:
    """Passes only when somebody sleeps or works; `early` is how much too soon each sleep ends."""

    now: float = 100.0
    early: float = 0.0
    sleeps: list[float] = field(default_factory=list)

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.sleeps.append(seconds)
        self.now += max(seconds - self.early, 0.01)


def paced(clock: Clock) -> Pace:
    return Pace(clock=clock, sleep=clock.sleep)


def test_the_first_call_waits_for_nothing_and_each_further_one_for_a_second() -> None:
    clock, calls = Clock(), []
    pace = paced(clock)
    for _ in range(3):
        with pace.turn():
            calls.append(clock.now)
    assert calls == [100, 101, 102]
    assert clock.sleeps == [ONE_A_SECOND, ONE_A_SECOND]


def test_the_second_begins_when_a_call_ends() -> None:
    clock = Clock()
    pace = paced(clock)
    with pace.turn():
        clock.now += 3
    clock.now += 0.25
    with pace.turn():
        assert clock.now == 104
    assert clock.sleeps == [0.75]


def test_a_call_that_comes_late_enough_does_not_wait() -> None:
    clock = Clock()
    pace = paced(clock)
    with pace.turn():
        pass
    clock.now += 1
    with pace.turn():
        pass
    assert clock.sleeps == []


def test_a_call_that_fails_counts_too() -> None:
    clock = Clock()
    pace = paced(clock)
    with pytest.raises(ZeroDivisionError), pace.turn():
        raise ZeroDivisionError
    with pace.turn():
        assert clock.now == 101


def test_a_sleep_that_ends_too_early_is_slept_on() -> None:
    clock = Clock(early=0.4)
    pace = paced(clock)
    with pace.turn():
        pass
    with pace.turn():
        assert clock.now >= 101
    assert len(clock.sleeps) > 1
