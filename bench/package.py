"""What the package costs: ``python -m bench.package``, also a part of ``make bench``.

Import time is the CPU of a process that imports every module of the library, over that of one which imports
the CDK's packages that those modules use; pairs run in turn, and the median is printed.
"""

import ast
import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

from bench.__main__ import PAIRS, show

LIBRARY = Path("constructs_lib")
NOT_FOR_APPS = {LIBRARY / "runtimes", LIBRARY / "instance"}
MOST_BYTES = 300_000


def main() -> None:
    """Run every measurement and print one line for each."""
    paths = [path for path in LIBRARY.rglob("*.py") if not NOT_FOR_APPS & set(path.parents)]
    library = sorted(".".join(path.with_suffix("").parts).removesuffix(".__init__") for path in paths)
    packages = sorted({name for path in paths for name in cdk_packages(path)})
    cpu(library)  # compiles and fills the file cache: not counted
    ratios = [cpu(library) / cpu(packages) for _ in range(PAIRS)]
    show(
        f"CPU of importing all {len(library)} modules over the {len(packages)} of the CDK that they use",
        ratios,
        "x",
        "goal 1.2 or less",
    )
    size = wheel_bytes()
    print(f"The wheel has {size / 1000:.0f} kB (goal {MOST_BYTES / 1000:.0f} or less)")


def cdk_packages(path: Path) -> Iterable[str]:
    """The modules of the CDK that a module imports."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.startswith("aws_cdk"))
        elif isinstance(node, ast.ImportFrom) and node.module == "aws_cdk":
            yield from (f"aws_cdk.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module in {"constructs", "aws_cdk.interfaces"}:
            yield node.module


def cpu(modules: Iterable[str]) -> float:
    """Seconds of CPU of a process that imports these modules."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    # Compiled once, as an installation is.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    subprocess.run([sys.executable, "-c", f"import {', '.join(modules)}"], check=True, env=environment)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def wheel_bytes() -> int:
    """The size of the wheel of this folder."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", folder]
        subprocess.run(command, check=True, capture_output=True)
        (wheel,) = Path(folder).glob("*.whl")
        return wheel.stat().st_size


if __name__ == "__main__":
    main()
