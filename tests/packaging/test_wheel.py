"""What the wheel holds, what it asks for, and that the same files always make the same bytes."""

import ast
import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from email.message import Message
from email.parser import Parser
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.packaging.clean import build_wheel
from tests.support import ROOT

LIBRARY = ROOT / "constructs_lib"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
NOT_FOR_APPS = {LIBRARY / "runtimes", LIBRARY / "instance"}
"""They run in Lambda and on EC2 instances, which have what they import."""

MOST_BYTES = 420_000
"""Finds a file that slipped in. `make bench` measures against the goal, 300,000, which is exceeded."""


def metadata(wheel: Path) -> Message:
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        return Parser().parsestr(archive.read(name).decode())


def imports(path: Path) -> Iterator[str]:
    """The top-level packages that a module needs at run time, or for its types."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node.module.partition(".")[0]


def test_it_holds_the_library_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = [name for name in archive.namelist() if ".dist-info/" not in name]
        there = {name: archive.read(name) for name in names}
    here = {
        path.relative_to(ROOT).as_posix(): path.read_bytes()
        for path in LIBRARY.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert there == here
    assert {"constructs_lib/py.typed", "constructs_lib/data/ses_regions.json"} <= here.keys()


def test_it_is_small(wheel: Path) -> None:
    assert wheel.stat().st_size < MOST_BYTES


def test_its_dependencies_are_what_the_library_imports(wheel: Path) -> None:
    needed = {
        name
        for path in LIBRARY.rglob("*.py")
        if not NOT_FOR_APPS & set(path.parents)
        for name in imports(path)
        if name not in sys.stdlib_module_names and name != "constructs_lib"
    }
    distributions = packages_distributions()
    assert {Requirement(line).name for line in metadata(wheel).get_all("Requires-Dist", [])} == {
        canonicalize_name(distributions[name][0]) for name in needed
    }


def test_the_pinned_versions_are_in_its_ranges(wheel: Path) -> None:
    lines = (ROOT / "requirements.txt").read_text("utf-8").splitlines()
    pins = dict(line.partition(" ")[0].split("==") for line in lines if "==" in line)
    for line in metadata(wheel).get_all("Requires-Dist", []):
        asked = Requirement(line)
        assert asked.specifier.contains(pins[asked.name]), line
        operators = {specifier.operator for specifier in asked.specifier}
        assert operators == {">=", "<"}, f"{line}: a range, so that an app can choose"


def test_importing_it_calls_nothing_of_the_cdk() -> None:
    """Each call, such as `cdk.Duration.minutes(1)`, goes to another process, and the first one costs most."""
    modules = (
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for path in sorted(LIBRARY.rglob("*.py"))
        if not NOT_FOR_APPS & set(path.parents)
    )
    calls = "import jsii; jsii.create = jsii.sinvoke = jsii.sget = None"
    code = f"{calls}; import {', '.join(modules)}"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, check=False, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr


def test_its_name_version_and_python(wheel: Path) -> None:
    found = metadata(wheel)
    assert wheel.name == f"ses_cdk_constructs-{PROJECT['version']}-py3-none-any.whl"
    assert (found["Name"], found["Version"]) == ("ses-cdk-constructs", PROJECT["version"])
    assert found["Requires-Python"] == ">=3.11"
    # pip of Python 3.11 reads it.
    assert found["Metadata-Version"] == "2.4"


def test_the_changelog_begins_with_this_version() -> None:
    headings = re.findall(r"^## (.*)$", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)
    assert headings[0].startswith(f"[{PROJECT['version']}] - ")


def test_the_same_files_are_the_same_bytes(
    wheel: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In another folder, at another time, by somebody with another umask."""
    copy = tmp_path / "copy"
    shutil.copytree(LIBRARY, copy / "constructs_lib")
    for name in ("pyproject.toml", ".gitignore"):
        shutil.copy(ROOT / name, copy)
    for path in copy.rglob("*"):
        os.utime(path, (1_000_000_000, 1_000_000_000))
        path.chmod(path.stat().st_mode & 0o700)
    monkeypatch.setenv("TZ", "Pacific/Kiritimati")
    monkeypatch.setenv("PYTHONHASHSEED", "4711")
    assert build_wheel(tmp_path / "dist", project=copy, umask=0o077).read_bytes() == wheel.read_bytes()
