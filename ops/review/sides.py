"""The two sides of a review: a commit, a directory with an app, or a cloud assembly.

A commit is unpacked beside nobody's work: ``git archive`` into a temporary directory, which leaves no work
tree behind. Both sides are synthesized with what is installed here, without credentials, at the same time.
"""

import io
import json
import os
import subprocess
import sys
import tarfile
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from ops.errors import ReviewRefError, ReviewSynthesisError
from ops.review.assembly import MANIFEST, Stacks, read_assembly, read_snapshots

SNAPSHOTS: Final = Path("tests", "snapshots")
"""Where the templates are committed, below the app."""

_APP: Final = "app.py"
_WORK_TREE: Final = "the work tree"
_SECONDS: Final = 600
_KEPT_VARIABLES: Final = frozenset(
    {
        "HOME",
        "LANG",
        "LC_ALL",
        "LOCALAPPDATA",
        "PATH",
        "SYSTEMROOT",
        "TEMP",
        "TMP",
        "TMPDIR",
        "XDG_CACHE_HOME",
    }
)
_LAST_LINES: Final = 15
_OWN_FIX: Final = "make synth shows it whole."
_FOREIGN_FIX: Final = "synthesize it yourself and name its cdk.out."


@dataclass(frozen=True, kw_only=True)
class Side:
    """What one side deploys.

    Attributes:
        label: What was asked for, with the commit where it is one.
        environments: Stacks by the name of their environment.
        note: What a reader has to know about it; empty for nothing.
    """

    label: str
    environments: Mapping[str, Stacks]
    note: str = ""


def read_sides(base: str, head: str, *, repository: Path) -> tuple[Side, Side]:
    """Both sides.

    Where the base cannot be synthesized with what is installed, its committed snapshots stand in for it.

    Raises:
        ReviewRefError: ``review-ref-unknown``; an app or cloud assembly without stacks too.
        ReviewSynthesisError: ``review-synthesis-failed``.
    """
    with ThreadPoolExecutor(max_workers=2) as pool:
        before = pool.submit(_read_side, base, repository, or_snapshots=True)
        after = pool.submit(_read_side, head, repository, or_snapshots=False)
        return before.result(), after.result()


def _read_side(asked: str, repository: Path, *, or_snapshots: bool) -> Side:
    directory = repository / asked
    if directory.is_dir():
        if asked == ".":
            return _of_directory(directory, label=_WORK_TREE, or_snapshots=or_snapshots, fix=_OWN_FIX)
        return _of_directory(directory, label=asked, or_snapshots=or_snapshots, fix=_FOREIGN_FIX)
    commit = _commit(asked, repository)
    with TemporaryDirectory() as folder:
        archive = _git(repository, "archive", "--format=tar", commit)
        with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
            tar.extractall(folder, filter="data")
        label = asked if commit.startswith(asked) else f"{asked} ({commit[:10]})"
        return _of_directory(Path(folder), label=label, or_snapshots=or_snapshots, fix=_OWN_FIX)


def _of_directory(directory: Path, *, label: str, or_snapshots: bool, fix: str) -> Side:
    if (directory / MANIFEST).is_file():
        return Side(label=label, environments=_environments(directory, label))
    if not (directory / _APP).is_file():
        raise ReviewRefError(
            f"{label} holds no {_APP} and is no cloud assembly.",
            fix="name an app's directory, or its cdk.out.",
        )
    try:
        return _synthesized(directory, label, fix=fix)
    except ReviewSynthesisError:
        if not or_snapshots or not (directory / SNAPSHOTS).is_dir():
            raise
        return Side(
            label=label,
            environments=read_snapshots(directory / SNAPSHOTS),
            note=f"{label} does not synthesize with the packages that are installed here: its committed "
            "snapshots stand in for it.",
        )


def _environments(assembly: Path, label: str) -> dict[str, Stacks]:
    found = read_assembly(assembly)
    if not any(found.values()):
        raise ReviewRefError(f"{label} has no stacks.", fix="name an app that makes some, or its cdk.out.")
    return found


def _synthesized(directory: Path, label: str, *, fix: str) -> Side:
    with TemporaryDirectory() as folder:
        out = Path(folder) / "cdk.out"
        run = subprocess.run(  # noqa: S603 - our own interpreter, the app of the side
            [sys.executable, _APP],
            cwd=directory,
            env=synthesis_variables(directory, out),
            capture_output=True,
            check=False,
            text=True,
            errors="replace",
            timeout=_SECONDS,
        )
        if not (out / MANIFEST).is_file():
            told = "\n".join(run.stderr.strip().splitlines()[-_LAST_LINES:])
            raise ReviewSynthesisError(
                f"{label} does not synthesize. Its last words were:\n{told}\n", fix=fix
            )
        note = (
            f"{label} synthesizes with errors: cdk-nag refuses it, see make synth." if run.returncode else ""
        )
        return Side(label=label, environments=_environments(out, label), note=note)


def synthesis_variables(directory: Path, out: Path) -> dict[str, str]:
    """The variables of a synthesis: no credentials, no settings of whoever reviews."""
    bin_directory = Path(sys.executable).parent
    context: dict[str, Any] = {}
    for name in ("cdk.json", "cdk.context.json"):
        if (directory / name).is_file():
            content = json.loads((directory / name).read_text(encoding="utf-8"))
            context |= content.get("context", {}) if name == "cdk.json" else content
    kept = {key: value for key, value in os.environ.items() if key in _KEPT_VARIABLES}
    return kept | {
        "PATH": f"{bin_directory}{os.pathsep}{os.environ.get('PATH', '')}",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "CDK_CONTEXT_JSON": json.dumps(context),
        "CDK_OUTDIR": str(out),
        "CDK_VALIDATION": "false",
        "JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
    }


def _commit(asked: str, repository: Path) -> str:
    try:
        name = _git(repository, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{asked}^{{commit}}")
    except subprocess.CalledProcessError as error:
        raise ReviewRefError(
            f"{asked} is no commit here and no directory.", fix="fetch it first, or name another one."
        ) from error
    return name.decode().strip()


def _git(repository: Path, *arguments: str) -> bytes:
    command = ["git", "-C", str(repository), *arguments]
    return subprocess.run(command, check=True, capture_output=True).stdout  # noqa: S603 - git itself
