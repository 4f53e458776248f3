"""What `bench.inbound_mail` measures, each in a process of its own: ``... bench.inbound_mail_child WHAT``.

Prints JSON. The endpoint is `bench.aws_server`; memory is what Linux says of this process (VmHWM, VmRSS).
"""

import contextlib
import io
import json
import os
import resource
import sys
import time
from pathlib import Path
from typing import Any

from bench.inbound_mail_messages import LARGE, SMALL, event

MEGABYTE = 1_000_000


class Context:
    """Of Lambda."""

    def get_remaining_time_in_millis(self) -> int:
        """Enough."""
        return 300_000


def large() -> dict[str, float]:
    """One message of 40 MB by the handler."""
    from constructs_lib.runtimes.inbound_mail.handler import handle  # noqa: PLC0415 - it is measured

    _quietly(handle, SMALL)  # whatever is loaded and connected once
    idle = _memory("VmRSS")
    _forget_peak()
    before, started = _cpu(), time.perf_counter()
    line = _quietly(handle, LARGE)
    cpu = _cpu() - before
    return {
        "idle": idle,
        "peak": _memory("VmHWM") - idle,
        "cpu": cpu,
        "each": cpu * 1000,
        "seconds": time.perf_counter() - started,
        "forwarded": line["outcome"] == "forwarded",
        "attachments": line["attachments"],
    }


def transfer() -> dict[str, float]:
    """The same message read from S3 and written to S3, by boto3."""
    import boto3  # noqa: PLC0415 - it is measured

    s3 = boto3.client("s3")
    s3.get_object(Bucket="bucket", Key=SMALL)["Body"].read()
    before = _cpu()
    body = s3.get_object(Bucket="bucket", Key=LARGE)["Body"].read()
    s3.put_object(Bucket="bucket", Key="copy", Body=body)
    return {"cpu": _cpu() - before}


def small() -> dict[str, float]:
    """Many small messages, one after another."""
    from constructs_lib.runtimes.inbound_mail.handler import handle  # noqa: PLC0415 - it is measured

    _quietly(handle, SMALL)
    count, before, started = 200, _cpu(), time.perf_counter()
    for _ in range(count):
        _quietly(handle, SMALL)
    return {
        "per_second": count / (time.perf_counter() - started),
        "each": (_cpu() - before) / count * 1000,
    }


def import_handler() -> dict[str, float]:
    """The handler, and the clients that it makes with the first message."""
    before = _cpu()
    from constructs_lib.runtimes.inbound_mail import handler  # noqa: PLC0415 - it is measured

    handler._gateway()  # noqa: SLF001 - what the first message does
    import boto3  # noqa: PLC0415

    boto3.client("sesv2")
    return {"cpu": _cpu() - before}


def import_boto3() -> dict[str, float]:
    """boto3 and the two clients."""
    before = _cpu()
    import boto3  # noqa: PLC0415 - it is measured

    boto3.client("s3")
    boto3.client("sesv2")
    return {"cpu": _cpu() - before}


def _quietly(handle: Any, key: str) -> dict[str, Any]:  # noqa: ANN401 - the handler
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        failed = handle(event(key), Context())
    line: dict[str, Any] = json.loads(out.getvalue())
    if failed["batchItemFailures"]:
        raise SystemExit(str(line))
    return line


def _cpu() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def _memory(name: str) -> float:
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1]) * 1024 / MEGABYTE
    raise SystemExit("measuring memory needs Linux")


def _forget_peak() -> None:
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")


if __name__ == "__main__":
    os.environ.setdefault("AWS_EC2_METADATA_DISABLED", "true")
    measurements = {each.__name__: each for each in (large, transfer, small, import_handler, import_boto3)}
    print(json.dumps(measurements[sys.argv[1]]()))
