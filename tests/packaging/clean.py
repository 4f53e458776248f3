"""A clean virtual environment with the wheel and what it depends on, and nothing else of this repository."""

import os
import shutil
import subprocess
import sys
import venv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.support import BIN, ROOT

_UV = shutil.which("uv", path=str(BIN))
"""None where ``make setup`` could not install it and took pip."""

_LEFT_OUT = ("AWS_", "CDK_", "PYTHON", "VIRTUAL_ENV")
"""How variables begin that would lead back into this repository or to somebody's account."""


def build_wheel(folder: Path, *, project: Path = ROOT, umask: int = -1) -> Path:
    """Build as ``make wheel`` does, into another folder."""
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)],
        cwd=project,
        check=True,
        capture_output=True,
        umask=umask,
        timeout=60,
    )
    (wheel,) = folder.glob("*.whl")
    return wheel


@dataclass(frozen=True, kw_only=True)
class CleanEnvironment:
    """The environment; what runs in it sees no module of this repository."""

    folder: Path

    @property
    def python(self) -> Path:
        return self.folder / "bin" / "python"

    @property
    def library(self) -> Path:
        """Where the wheel is installed."""
        (found,) = self.folder.glob("lib/python*/site-packages/constructs_lib")
        return found

    @classmethod
    def create(cls, folder: Path) -> "CleanEnvironment":
        """One with nothing in it."""
        made = cls(folder=folder)
        venv.create(folder, symlinks=True, with_pip=_UV is None)
        # Node and the CDK's command line are what a user has already.
        for tool in (BIN / "node", ROOT / "node_modules" / ".bin" / "cdk"):
            (made.python.parent / tool.name).symlink_to(tool)
        return made

    def install(self, *what: str | Path) -> None:
        """Install from the cache that ``make setup`` left, where it has everything; else from the index."""
        pip = [str(self.python), "-m", "pip"] if _UV is None else [_UV, "pip"]
        command = [
            *pip,
            "install",
            "--quiet",
            *(["--python", str(self.python)] if _UV else []),
            *map(str, what),
        ]
        if not _UV or subprocess.run([*command, "--offline"], check=False, capture_output=True).returncode:
            subprocess.run(command, check=True, timeout=600)

    def run(
        self, *command: str | Path, cwd: Path, variables: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run a command, whose ``python`` and ``cdk`` are those of this environment, to its end."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(_LEFT_OUT)}
        kept["PATH"] = f"{self.python.parent}{os.pathsep}{os.defpath}"
        return subprocess.run(
            [str(part) for part in command],
            cwd=cwd,
            env=kept | dict(variables or {}),
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
