"""Calls that a service takes only so often: at least a while passes between the end of one and the next."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

ONE_A_SECOND: Final = 1.0
"""Seconds between two verification mails (SES API v1, VerifyEmailIdentity, SendCustomVerificationEmail)."""


class Pace:
    """Lets calls happen one after the other, with a pause in between.

    The pause begins when a call ends, however it ended: when SES counted it, only SES knows.

    Args:
        seconds: The pause. Default: a second.
        clock: Seconds that only grow. Default: the monotonic clock.
        sleep: Pauses for seconds. Default: `time.sleep`.
    """

    def __init__(
        self,
        *,
        seconds: float = ONE_A_SECOND,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._seconds = seconds
        self._clock = clock
        self._sleep = sleep
        self._free_at: float | None = None

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait until the next call may happen; the call is the body."""
        while self._free_at is not None and (left := self._free_at - self._clock()) > 0:
            self._sleep(left)
        try:
            yield
        finally:
            self._free_at = self._clock() + self._seconds
