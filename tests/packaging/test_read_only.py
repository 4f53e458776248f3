"""The library as the operating system installs it: nobody may write to it, and nothing needs to."""

import compileall
import json
import os
import shutil
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest

from tests.packaging.clean import CleanEnvironment
from tests.packaging.whole_library import WholeLibrary

APP = Path(__file__).with_name("whole_library.py")


def tree(folder: Path) -> dict[str, tuple[int, int]]:
    """Every file and folder with its size and the time of its content."""
    return {
        str(path.relative_to(folder)): (path.stat().st_size, path.stat().st_mtime_ns)
        for path in (folder, *folder.rglob("*"))
    }


def unprivileged() -> list[str]:
    """A prefix by which not even root writes where permissions forbid it."""
    if os.geteuid() != 0:
        return []
    tool = shutil.which("setpriv")
    if tool is None:
        pytest.skip("root writes everywhere, and there is no setpriv here to give that up")
    return [tool, "--bounding-set=-dac_override", "--inh-caps=-dac_override"]


def assembly(folder: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """The template, and what is uploaded with it."""
    template, assets = (
        json.loads((folder / f"Own.{kind}.json").read_text("utf-8")) for kind in ("template", "assets")
    )
    return template, assets


def test_it_makes_what_the_repository_makes_and_writes_nothing(
    clean: CleanEnvironment, tmp_path: Path
) -> None:
    packages = tmp_path / "site-packages"
    library = packages / "constructs_lib"
    # A copy: the files of the environment are links into the installer's cache.
    shutil.copytree(clean.library, library, ignore=shutil.ignore_patterns("__pycache__"))
    # Caches are no part of what runs in Lambda, and most installations make them.
    assert compileall.compile_dir(library / "runtimes", quiet=1)
    for path in (packages, *packages.rglob("*")):
        path.chmod(0o555 if path.is_dir() else 0o444)
    before = tree(packages)
    variables = {"CDK_VALIDATION": "false", "PYTHONPATH": str(packages)}
    command = ("python", "-P", APP, tmp_path / "wheel")
    done = clean.run(*unprivileged(), *command, cwd=tmp_path, variables=variables)
    for folder in (packages, *(path for path in packages.rglob("*") if path.is_dir())):
        folder.chmod(0o755)  # so that pytest can remove it
    assert (done.returncode, done.stdout) == (0, f"{library}\n"), done.stderr
    assert tree(packages) == before
    # Without feature flags, as above.
    app = cdk.App(stack_traces=False)
    WholeLibrary(app)
    assert assembly(tmp_path / "wheel") == assembly(Path(app.synth().directory))
