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
        peaks, ratios, imports = [], [], []
        for _ in range(PAIRS):
            large = measure("large", variables)
            peaks.append(large["peak"] / (MESSAGE_BYTES / 1_000_000))
            ratios.append(large["cpu"] / measure("transfer", variables)["cpu"])
            imports.append(
                measure("import_handler", variables)["cpu"] / measure("import_boto3", variables)["cpu"]
            )
        small = measure("small", variables)
    show(
        "Peak memory of a message of 40 MB above the idle process, over the message",
        peaks,
        "goal 1.3 or less",
    )
    show("CPU of a message of 40 MB over reading and writing it", ratios, "goal 3 or less")
    show(
        "CPU of importing the handler and making its clients over boto3 and them", imports, "goal 1.1 or less"
    )
    print(
        f"Small messages, one after another: {small['per_second']:.0f} a second, "
        f"{small['cpu_milliseconds']:.1f} ms of CPU each"
    )


def show(what: str, values: list[float], goal: str) -> None:
    """Print a median and its spread."""
    print(
        f"{what}: {statistics.median(values):.2f} "
        f"(min {min(values):.2f}, max {max(values):.2f}, {len(values)} runs; {goal})"
    )


def measure(what: str, variables: Mapping[str, str]) -> dict[str, Any]:
    """One measurement in a process of its own."""
    command = [sys.executable, "-m", "bench.inbound_mail_child", what]
    process = subprocess.run(command, check=True, env=dict(variables), stdout=subprocess.PIPE, text=True)
    found: dict[str, Any] = json.loads(process.stdout)
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
