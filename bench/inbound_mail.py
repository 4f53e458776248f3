"""What an incoming message costs: ``python -m bench.inbound_mail``, also a part of ``make bench``.

Every number is a ratio or a difference within one run: each measurement is a process of its own against the
same server, pairs run in turn, and medians are printed.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.aws_server import CERTIFICATE
from bench.inbound_mail_messages import MESSAGE_BYTES, settings, write

PAIRS = 5


def main() -> None:
    """Run every measurement and print one line for each."""
    with tempfile.TemporaryDirectory() as folder, server(Path(folder)) as variables:
        write(Path(folder))
        measure("small", variables)  # fills the file cache: not counted
        forwards = {**variables, "INBOUND_MAIL": settings(attachments=False)}
        rows: dict[str, list[dict[str, float]]] = {}
        for _ in range(PAIRS):
            for name, found in (
                ("large", measure("large", variables)),
                ("transfer", measure("transfer", variables)),
                ("forwards", measure("large", forwards)),
                ("npm", measure_npm("large", variables)),
                ("small", measure("small", variables)),
                ("small forwards", measure("small", forwards)),
                ("small npm", measure_npm("small", variables)),
                ("handler", measure("import_handler", variables)),
                ("boto3", measure("import_boto3", variables)),
            ):
                rows.setdefault(name, []).append(found)
    message = MESSAGE_BYTES / 1_000_000
    show(
        "Peak memory of a message of 40 MB above the idle process, over the message",
        [row["peak"] / message for row in rows["large"]],
        "goal 1.3 or less",
    )
    show(
        "CPU of a message of 40 MB over reading and writing it, attachments stored and forwarded",
        ratios(rows, "large", "transfer", "cpu"),
        "goal 3 or less",
    )
    show(
        "The same without unpacking attachments",
        ratios(rows, "forwards", "transfer", "cpu"),
        "goal 3 or less",
    )
    show(
        "CPU of importing the handler and making its clients over boto3 and them",
        ratios(rows, "handler", "boto3", "cpu"),
        "goal 1.1 or less",
    )
    show("Small messages a second, one after another", [row["per_second"] for row in rows["small"]], "")
    show("ms of CPU of a small message with two attachments", [row["each"] for row in rows["small"]], "")
    for what, ours, theirs in (("40 MB", "forwards", "npm"), ("4 KB", "small forwards", "small npm")):
        show(
            f"Forwarding {what}: CPU over that of aws-lambda-ses-forwarder",
            ratios(rows, ours, theirs, "each"),
            "goal below 1; ours also writes a claim and a summary",
        )
    show(
        "Forwarding 40 MB: peak memory over that of aws-lambda-ses-forwarder, each above its idle process",
        ratios(rows, "forwards", "npm", "peak"),
        "goal below 1",
    )
    show("Idle process over that of aws-lambda-ses-forwarder", ratios(rows, "forwards", "npm", "idle"), "")


def ratios(rows: Mapping[str, list[dict[str, float]]], over: str, under: str, what: str) -> list[float]:
    """One measurement over another, pair by pair."""
    return [a[what] / b[what] for a, b in zip(rows[over], rows[under], strict=True)]


def show(what: str, values: list[float], goal: str) -> None:
    """Print a median and its spread."""
    print(
        f"{what}: {statistics.median(values):.2f} "
        f"(min {min(values):.2f}, max {max(values):.2f}, {len(values)} runs{'; ' if goal else ''}{goal})"
    )


def measure(what: str, variables: Mapping[str, str]) -> dict[str, Any]:
    """One measurement in a process of its own."""
    command = [sys.executable, "-m", "bench.inbound_mail_child", what]
    process = subprocess.run(command, check=True, env=dict(variables), stdout=subprocess.PIPE, text=True)
    found: dict[str, Any] = json.loads(process.stdout)
    return found


def measure_npm(what: str, variables: Mapping[str, str]) -> dict[str, Any]:
    """The same of the npm package, with its own clients against the same server."""
    command = ["node", "bench/forwarder.cjs", what]
    process = subprocess.run(command, check=True, env=dict(variables), stdout=subprocess.PIPE, text=True)
    # It greets first.
    found: dict[str, Any] = json.loads(process.stdout.strip().splitlines()[-1])
    return found


@contextmanager
def server(folder: Path) -> Iterator[dict[str, str]]:
    """The server, and the environment of its clients."""
    command = [sys.executable, "-m", "bench.aws_server", str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None  # noqa: S101 - it is a pipe
            yield {
                **os.environ,
                "AWS_ENDPOINT_URL": f"https://localhost:{process.stdout.readline().strip()}",
                "NODE_EXTRA_CA_CERTS": str(folder / CERTIFICATE),
                "AWS_CA_BUNDLE": str(folder / CERTIFICATE),
                "AWS_ACCESS_KEY_ID": "AKIAEXAMPLE",
                "AWS_SECRET_ACCESS_KEY": "example",
                "AWS_DEFAULT_REGION": "eu-west-1",
                "AWS_EC2_METADATA_DISABLED": "true",
                "INBOUND_MAIL": settings(),
            }
        finally:
            process.terminate()


if __name__ == "__main__":
    main()
