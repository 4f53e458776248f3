"""Deploy to the embedded AWS with the real CDK CLI: what is rehearsed is what would be done to an account."""

import contextlib
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from local.embedded import ACCOUNT, REGION, EmbeddedAws
from local.errors import RehearsalError
from local.server import PROJECT
from stacks.environments.local import LOCAL

OnLine = Callable[[str], None]
"""Called with each line that the CDK prints, as it comes."""

STEP_SECONDS: Final = 900.0
"""How long one CDK command may take before it is ended. Bootstrap takes about 8 s, a deploy 15 s."""

_ADMINISTRATOR: Final = "arn:aws:iam::aws:policy/AdministratorAccess"
_CDK: Final = PROJECT / "node_modules" / ".bin" / "cdk"
_TELLING: Final = re.compile(r"❌|error|failed|refused|denied|Unrecognized|ROLLBACK", re.IGNORECASE)
_TELLING_LINES: Final = 12


def bootstrap(aws: EmbeddedAws, *, region: str = REGION, on_line: OnLine | None = None) -> None:
    """Run ``cdk bootstrap`` once per Region, as an account needs it.

    Args:
        aws: The running embedded AWS.
        region: The Region to prepare.
        on_line: Told each line of output, to show that it is alive.

    Raises:
        RehearsalError: it failed, or took longer than `STEP_SECONDS`.
    """
    # In a folder without cdk.json: there is no application to synthesize for this.
    _run(
        "bootstrap the account",
        # Named, because the emulator attaches nothing where the bootstrap template leaves the choice open.
        ["bootstrap", f"aws://{ACCOUNT}/{region}", "--cloudformation-execution-policies", _ADMINISTRATOR],
        aws=aws,
        folder=aws.state_dir,
        on_line=on_line,
    )


def deploy(
    aws: EmbeddedAws,
    *,
    stacks: str = f"{LOCAL.name}/*",
    project: Path = PROJECT,
    on_line: OnLine | None = None,
) -> None:
    """Run ``cdk deploy`` for every stack of an environment.

    Args:
        aws: The running, bootstrapped embedded AWS.
        stacks: Which stacks, as the CDK CLI selects them.
        project: Folder with ``cdk.json``. Default: this project.
        on_line: Told each line of output, to show that it is alive.

    Raises:
        RehearsalError: it failed, or took longer than `STEP_SECONDS`.
    """
    _run(
        f"deploy {stacks}",
        # Its own output folder, so that cdk.out, which people compare and review, is not touched.
        ["deploy", stacks, "--require-approval", "never", "--output", str(aws.state_dir / "cdk.out")],
        aws=aws,
        folder=project,
        on_line=on_line,
    )


def _run(
    step: str, arguments: Sequence[str], *, aws: EmbeddedAws, folder: Path, on_line: OnLine | None
) -> None:
    node_folder = Path(sys.executable).parent
    environment = {**aws.environment(), "FORCE_COLOR": "0", "JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION": "1"}
    environment["PATH"] = os.pathsep.join([str(node_folder), environment.get("PATH", os.defpath)])
    lines: list[str] = []
    try:
        process = subprocess.Popen(
            [str(_CDK), *arguments, "--ci"],
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            errors="replace",
            start_new_session=True,
        )
    except OSError as error:
        raise RehearsalError(
            step=step, cause=f"{_CDK.name} cannot be run: {error.strerror}.", fix="run make setup."
        ) from error
    late = threading.Event()
    timer = threading.Timer(STEP_SECONDS, _end_late, args=(process, late))
    timer.start()
    try:
        for line in process.stdout or ():
            lines.append(line.rstrip())
            if on_line is not None and line.strip():
                on_line(line.strip())
        process.wait()
    finally:
        timer.cancel()
        _end(process)
        if process.stdout is not None:
            process.stdout.close()
    if late.is_set():
        raise _failed(step, f"the CDK did not end within {STEP_SECONDS:.0f} seconds.", lines)
    if process.returncode != 0:
        raise _failed(step, f"the CDK ended with status {process.returncode}.", lines)


def _end_late(process: subprocess.Popen[str], late: threading.Event) -> None:
    late.set()
    _end(process)


def _end(process: subprocess.Popen[str]) -> None:
    """End the CDK and everything that it started; one that has ended already is fine."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _failed(step: str, how: str, lines: Sequence[str]) -> RehearsalError:
    written = [line for line in lines if line.strip()]
    telling = [line for line in written if _TELLING.search(line)] or written
    return RehearsalError(
        step=step,
        cause="\n  ".join([how, *telling[-_TELLING_LINES:]]) + "\n",
        fix="correct what the lines above name, then run the same command again; each run starts empty.",
    )
