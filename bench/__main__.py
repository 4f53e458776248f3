"""``make bench``: what synthesis costs, as ratios and differences within one run.

CPU is user and system time of a whole synthesis (Python and the Node process of the CDK) as the
operating system accounts it; pairs run in turn, and the median of the pairs is printed, so that a
machine whose speed drifts gives the same answer.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

from bench.child_cpu import child_cpu

PAIRS = 5
MANY = 301
LARGE = 500
MAX_STACK_RESOURCES = 500
MAX_STACK_BYTES = 1_000_000


def main() -> None:
    """Run every measurement and print one line for each."""
    with tempfile.TemporaryDirectory() as folder:
        cpu("empty", folder)  # fills the file cache: not counted
        ratios, per_domain = [], []
        for _ in range(PAIRS):
            ratios.append(cpu("prod", folder) / cpu("empty", folder))
            per_domain.append((cpu(str(MANY), folder) - cpu("1", folder)) * 1000 / (MANY - 1))
        show("CPU of synthesizing prod over an empty CDK app", ratios, "x", "goal 1.5 or less")
        show("CPU of each further domain", per_domain, " ms", "goal 25 ms or less")
        seconds = cpu(str(LARGE), folder)
        stacks = list(Path(folder, str(LARGE)).glob("**/*.template.json"))
        resources = [resources_of(stack) for stack in stacks]
        functions = sum(kinds.count("AWS::Lambda::Function") for kinds in resources)
        print(
            f"{LARGE} domains in one environment: {len(stacks)} stacks, {seconds:.1f} s of CPU; the largest "
            f"has {max(map(len, resources))} resources (limit {MAX_STACK_RESOURCES}) and "
            f"{max(stack.stat().st_size for stack in stacks)} bytes (limit {MAX_STACK_BYTES}); "
            f"functions: {functions}"
        )
        for way in ("api", "smtp"):
            print(f"A further sender by {way.upper()} adds {', '.join(added_by_a_sender(way, folder))}")


def added_by_a_sender(way: str, folder: str) -> list[str]:
    """The resources that the third of three senders adds, such as ``1 AWS::IAM::User``."""
    few, more = (
        Counter(
            kind for stack in Path(folder, made).glob("**/*.template.json") for kind in resources_of(stack)
        )
        for made in (f"{way}-2", f"{way}-3")
        if cpu(made, folder)
    )
    return [f"{count} {kind}" for kind, count in sorted((more - few).items())]


def cpu(kind: str, folder: str) -> float:
    """Seconds of CPU that one synthesis takes."""
    environment = {**os.environ, "CDK_VALIDATION": "false"}
    command = [sys.executable, "-m", "bench.synth_app", kind, str(Path(folder, kind))]
    with child_cpu() as taken:
        subprocess.run(command, check=True, env=environment)
    return taken.seconds


def show(what: str, values: list[float], unit: str, goal: str) -> None:
    """Print a median and its spread."""
    print(
        f"{what}: {statistics.median(values):.2f}{unit} "
        f"(min {min(values):.2f}, max {max(values):.2f}, {len(values)} pairs; {goal})"
    )


def resources_of(template: Path) -> list[str]:
    """The resource types of a template, one a resource."""
    return [r["Type"] for r in json.loads(template.read_text(encoding="utf-8")).get("Resources", {}).values()]


if __name__ == "__main__":
    main()
