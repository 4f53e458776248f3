"""Incoming mail changed at random: ``python -m bench.mail_mutations [COUNT] [SEED]``, ``make mutations``.

Every message must be stored, summarized, and forwarded equal to the byte below its header, whatever it is.
The first one that is not ends the run, and its seed repeats it.
"""

import random
import sys
import time

from constructs_lib.runtimes.inbound_mail.processor import Outcome
from tests.mail_corpora import CPYTHON, DJANGO_MAILBOX, corpus, structures
from tests.mail_mutations import check, mutate

COUNT = 100_000
_LONGEST = 60_000


def main(count: int, seed: int) -> None:
    """Change and process so many messages."""
    seeds = [*structures().values(), *corpus(DJANGO_MAILBOX).values(), *corpus(CPYTHON).values()]
    short = [message for message in seeds if len(message) <= _LONGEST]
    forwarded, slowest, started = 0, 0.0, time.perf_counter()
    for number in range(seed, seed + count):
        chance = random.Random(number)  # noqa: S311 - no secret
        message = mutate(chance.choice(short), chance.choice(short), chance)
        before = time.perf_counter()
        try:
            forwarded += check(message) is Outcome.FORWARDED
        except BaseException:
            print(f"failed: python -m bench.mail_mutations 1 {number}", file=sys.stderr)
            raise
        slowest = max(slowest, time.perf_counter() - before)
    print(
        f"{count} mutated messages of {len(short)}: every one stored and summarized, {forwarded} forwarded, "
        f"the others stopped by a loop guard; none failed. {count / (time.perf_counter() - started):.0f} a "
        f"second, the slowest took {slowest * 1000:.0f} ms"
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else COUNT, int(sys.argv[2]) if sys.argv[2:] else 0)
