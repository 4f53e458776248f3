"""Run cfn-lint over the template of every stack: ``python -m tests.lint_templates``.

Each template is checked for the Region that it is deployed to; a warning fails like an error.
"""

import json
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from cfnlint.api import lint_file
from cfnlint.config import ManualArgs

from tests.partitions import REGIONS
from tests.support import run_app

PARTITIONS = Path(__file__).with_name("partition_snapshots")

UNKNOWN_TO_CFN_LINT = {"aws-eusc": ["E3512"]}
"""Its schema of policies knows no principal of this partition."""


def templates(assembly: Path) -> Iterator[tuple[str, str, Path]]:
    """Name, Region and template of every stack in a cloud assembly and those inside it."""
    artifacts = json.loads((assembly / "manifest.json").read_text("utf-8"))["artifacts"]
    for artifact in artifacts.values():
        properties = artifact.get("properties", {})
        if artifact["type"] == "cdk:cloud-assembly":
            yield from templates(assembly / properties["directoryName"])
        elif artifact["type"] == "aws:cloudformation:stack":
            region = artifact["environment"].rpartition("/")[2]
            yield artifact["displayName"], region, assembly / properties["templateFile"]


def partition_templates() -> Iterator[tuple[str, str, Path]]:
    """The same of the reviewed templates of the other partitions."""
    for path in sorted(PARTITIONS.glob("*/*.json")):
        if path.parent.name != "aws":  # production's are linted
            yield f"{path.parent.name}/{path.stem}", REGIONS[path.parent.name], path


def findings(name: str, region: str, template: Path) -> list[str]:
    """What cfn-lint finds in one template."""
    ignored = UNKNOWN_TO_CFN_LINT.get(name.partition("/")[0], [])
    return [
        f"{name}: {match.rule.id} {match.message} (at {'/'.join(map(str, match.path or ()))})"
        for match in lint_file(template, ManualArgs(regions=[region], ignore_checks=ignored))
    ]


def main() -> int:
    """Synthesize, lint, print the findings and one closing line."""
    with tempfile.TemporaryDirectory() as folder:
        outdir = Path(folder) / "cdk.out"
        # The CDK's own validation and cdk-nag have tests of their own.
        done = run_app(outdir, environment={"CDK_VALIDATION": "false"})
        if done.returncode:
            print(done.stdout + done.stderr, file=sys.stderr)  # noqa: T201 - a command prints
            return done.returncode
        stacks = [*templates(outdir), *partition_templates()]
        found = [line for stack in stacks for line in findings(*stack)]
    for line in found:
        print(line)  # noqa: T201
    print(f"cfn-lint: {len(stacks)} templates, {len(found)} findings")  # noqa: T201
    return 1 if found or not stacks else 0


if __name__ == "__main__":
    sys.exit(main())
