"""``make oldest``: every construct, from the wheel, with the oldest packages that it allows.

They come from the package index, so this is no part of ``make test``.
"""

import json
import os
import sys
import tempfile
from pathlib import Path

import aws_cdk as cdk

from tests.packaging.clean import CleanEnvironment, build_wheel
from tests.packaging.whole_library import WholeLibrary
from tests.support import ROOT


def main() -> int:
    """Synthesize with the oldest and with the pinned packages, and compare."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        clean = CleanEnvironment.create(folder / "venv")
        clean.install("--resolution", "lowest-direct", "-r", ROOT / "pyproject.toml")
        clean.install("--no-deps", build_wheel(folder / "dist"))
        app = Path(__file__).with_name("whole_library.py")
        done = clean.run("python", "-P", app, folder / "oldest", cwd=folder)
        if done.returncode:
            print(done.stdout + done.stderr, file=sys.stderr)  # noqa: T201 - a command prints
            return done.returncode
        os.environ["CDK_VALIDATION"] = "false"
        newest = cdk.App(outdir=str(folder / "pinned"), stack_traces=False)
        WholeLibrary(newest)
        newest.synth()
        one, two = (
            json.loads((folder / made / "Own.template.json").read_text("utf-8"))["Resources"]
            for made in ("oldest", "pinned")
        )
        found = sorted(path.name for path in clean.library.parent.glob("*.dist-info"))
    different = sorted(key for key in one.keys() | two.keys() if one.get(key) != two.get(key))
    print(", ".join(name.removesuffix(".dist-info") for name in found))  # noqa: T201
    print(f"{len(one)} resources, different from those of the pinned packages: {different or 'none'}")  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
