"""Assemblies of other apps than this one: stacks of no stage, of both kinds, of none."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ops import cli
from ops.review.assembly import read_assembly
from tests.support import ROOT, feature_flags

STAGE = {"type": "cdk:cloud-assembly", "properties": {"directoryName": "stage", "displayName": "app"}}


def synthesized(folder: Path, code: str) -> Path:
    """The ``cdk.out`` of an app, as the CDK command line makes it."""
    folder.mkdir()
    (folder / "app.py").write_text(code, encoding="utf-8")
    out = folder / "cdk.out"
    variables = {"CDK_OUTDIR": str(out), "PYTHONPATH": str(ROOT), "CDK_VALIDATION": "false"}
    context = {"CDK_CONTEXT_JSON": json.dumps(feature_flags())}
    command = [sys.executable, "app.py"]
    subprocess.run(command, cwd=folder, check=True, env={**os.environ, **variables, **context})
    return out


def stack(path: str, where: str) -> dict[str, object]:
    properties = {"templateFile": "template.json", "stackName": path.replace("/", "-")}
    kind = "aws:cloudformation:stack"
    return {"type": kind, "environment": where, "displayName": path, "properties": properties}


def assembly(folder: Path, **artifacts: object) -> Path:
    folder.mkdir(parents=True)
    (folder / "manifest.json").write_text(json.dumps({"artifacts": artifacts}), encoding="utf-8")
    (folder / "template.json").write_text("{}", encoding="utf-8")
    return folder


def test_the_readmes_app_whose_configuration_set_is_renamed_is_a_danger(tmp_path: Path) -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    found = re.search(r"^<!-- written: app.py -->\n```python\n(.*?)^```$", readme, re.DOTALL | re.MULTILINE)
    assert found
    renamed = found[1].replace('configuration_set_name="mail"', 'configuration_set_name="post"')
    before = synthesized(tmp_path / "before", found[1])
    after = synthesized(tmp_path / "after", renamed)
    sides = ["review", "--base", str(before), "--head", str(after), "--fail-on", "danger"]
    result = CliRunner().invoke(cli.app, sides, catch_exceptions=False)
    assert result.stdout.startswith("<!-- ")
    assert "`app`: danger" in result.stdout
    assert result.exit_code == 1


def test_stacks_of_no_stage_are_one_environment_by_their_paths(tmp_path: Path) -> None:
    """Two of the same id under other constructs stay two."""
    out = assembly(
        tmp_path / "cdk.out",
        EuMail=stack("Eu/Mail", "aws://111111111111/eu-west-1"),
        UsMail=stack("Us/Mail", "aws://unknown-account/unknown-region"),
    )
    (environment,) = read_assembly(out).items()
    assert environment[0] == "app"
    assert {key: (each.account, each.region) for key, each in environment[1].items()} == {
        "Eu/Mail": ("111111111111", "eu-west-1"),
        "Us/Mail": ("", ""),
    }


def test_a_stage_of_that_name_keeps_it(tmp_path: Path) -> None:
    where = "aws://111111111111/eu-west-1"
    out = assembly(tmp_path / "cdk.out", stage=STAGE, Mail=stack("Mail", where))
    assembly(out / "stage", appMail=stack("app/Mail", where))
    found = read_assembly(out)
    assert {name: [each.name for each in stacks.values()] for name, stacks in found.items()} == {
        "app": ["app-Mail"],
        "app (no stage)": ["Mail"],
    }


@pytest.mark.parametrize("artifacts", [{}, {"Tree": {"type": "cdk:tree"}}, {"stage": STAGE}])
def test_an_assembly_without_stacks_is_refused(artifacts: dict[str, object], tmp_path: Path) -> None:
    out = assembly(tmp_path / "cdk.out", **artifacts)
    assembly(out / "stage")
    result = CliRunner().invoke(cli.app, ["review", "--base", str(out), "--head", str(out)])
    assert result.exit_code == 2
    assert f"[review-ref-unknown] {out} has no stacks." in result.stderr
    assert result.stdout == ""
