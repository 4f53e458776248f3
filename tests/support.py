"""What several test files need, and that never loads the CDK."""

import ast
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from constructs_lib.errors import ConfigurationError

TOKEN = "${Token[TOKEN.17]}"  # noqa: S105 - how the CDK writes a value that only the deployment knows

ROOT = Path(__file__).parents[1]
BIN = Path(sys.executable).parent


def feature_flags() -> dict[str, Any]:
    """The context that the CDK command line reads from ``cdk.json``."""
    context: dict[str, Any] = json.loads((ROOT / "cdk.json").read_text(encoding="utf-8"))["context"]
    return context


@contextmanager
def refuses(code: str, fragment: str = "") -> Iterator[None]:
    """Expect a `ConfigurationError` with this code and this fragment in its message."""
    with pytest.raises(ConfigurationError, match=re.escape(fragment)) as caught:
        yield
    assert caught.value.code == code, str(caught.value)


def run_app(
    outdir: Path, *, app: Path = ROOT / "app.py", environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run an app in its own process, with the context that the CDK command line would give it."""
    variables = os.environ | {
        "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}",
        "CDK_OUTDIR": str(outdir),
        "CDK_CONTEXT_JSON": json.dumps(feature_flags()),
        "CDK_VALIDATION": "true",
        "JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION": "1",
        "PYTHONPATH": str(ROOT),
    }
    return subprocess.run(
        [sys.executable, str(app)],
        env=variables | dict(environment or {}),
        cwd=outdir.parent,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def string_literals(source: str) -> list[str]:
    """Every string literal of a module that is data, in the order of the source."""
    tree = ast.parse(source)
    docs = {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    return [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs
    ]


def processes_with(marker: str, *, file: str = "cmdline") -> list[str]:
    """Command lines of the processes whose ``/proc`` file holds a marker.

    Not from ``ps``, which a small machine lacks. Empty where there is no ``/proc``.
    """
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if marker.encode() in (process / file).read_bytes():
                found.append((process / "cmdline").read_text(encoding="utf-8").replace("\0", " "))
        except OSError:
            continue  # it ended meanwhile, or is not ours
    return found
