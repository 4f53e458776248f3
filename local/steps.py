"""Long work shown as steps: what runs, that it is alive, and how long it took."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

from rich.console import Console
from rich.markup import escape
from rich.text import Text

_BEAT_SECONDS: Final = 5.0
"""How often a step without a terminal says that it is alive."""

_DETAIL_WIDTH: Final = 70


@dataclass(frozen=True, kw_only=True)
class StepTime:
    """A finished step and its wall-clock time in seconds."""

    title: str
    seconds: float


@dataclass(kw_only=True)
class Steps:
    """Runs steps one after the other and remembers how long each took.

    On a terminal a step is one line that moves; elsewhere (a log, CI) it is plain lines, one at the start,
    one every five seconds, one at the end.

    Attributes:
        console: Where progress goes.
        times: The finished steps in order.
    """

    console: Console
    times: list[StepTime] = field(default_factory=list)

    @contextmanager
    def step(self, title: str) -> Iterator[Callable[[str], None]]:
        """Run a step; call what it yields with a line of detail whenever there is news."""
        started = time.monotonic()
        latest = [""]

        def detail(text: str) -> None:
            latest[0] = " ".join(text.split())[:_DETAIL_WIDTH]

        def line() -> str:
            return f"{title} ({time.monotonic() - started:.0f} s) {latest[0]}".rstrip()

        with self._alive(title, line):
            yield detail
        seconds = time.monotonic() - started
        self.times.append(StepTime(title=title, seconds=seconds))
        self._say("done", f"{title}: {seconds:.1f} s", style="green")

    @contextmanager
    def _alive(self, title: str, line: Callable[[], str]) -> Iterator[None]:
        stop = threading.Event()
        if self.console.is_terminal:
            with (
                self.console.status(title) as status,
                _every(0.2, lambda: status.update(escape(line())), stop),
            ):
                yield
        else:
            self._say("start", title)
            with _every(_BEAT_SECONDS, lambda: self._say("", line()), stop):
                yield

    def _say(self, word: str, text: str, *, style: str = "") -> None:
        # As it is: what the CDK prints may look like markup, and a log has no width.
        self.console.print(Text.assemble((f"{word:<6}", style), text), soft_wrap=True)


@contextmanager
def _every(seconds: float, action: Callable[[], object], stop: threading.Event) -> Iterator[None]:
    def loop() -> None:
        while not stop.wait(seconds):
            action()

    thread = threading.Thread(target=loop, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
