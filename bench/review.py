"""What a review costs over one synthesis of the same app, in CPU of the whole process trees."""

import subprocess
import sys
import tempfile
from pathlib import Path

from bench.__main__ import show
from bench.child_cpu import child_cpu
from ops.review.sides import synthesis_variables

PAIRS = 3
ROOT = Path(__file__).parents[1]


def main() -> None:
    """Review the work tree against its own commit: both sides are synthesized, whatever differs."""
    ratios = []
    with tempfile.TemporaryDirectory() as folder:
        for number in range(PAIRS):
            with child_cpu() as synthesis:
                synthesize(Path(folder, str(number)))
            with child_cpu() as whole:
                review()
            ratios.append(whole.seconds / synthesis.seconds)
    show("CPU of a review over one synthesis of the app", ratios, "x", "goal 3 or less")


def synthesize(out: Path) -> None:
    """Synthesize every environment, as a review does with each side."""
    subprocess.run([sys.executable, "app.py"], cwd=ROOT, env=synthesis_variables(ROOT, out), check=True)


def review() -> None:
    """Review as an operator does."""
    command = [sys.executable, "-m", "ops", "review", "--base", "HEAD", "--fail-on", "never"]
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    main()
