"""CPU of processes that were started, as the operating system accounts it."""

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass
class Cpu:
    """User and system time of processes that have ended, in seconds."""

    seconds: float = 0.0


@contextmanager
def child_cpu() -> Iterator[Cpu]:
    """What the processes that are started and end meanwhile take, those that they start included."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    taken = Cpu()
    yield taken
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    taken.seconds = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
