"""app.py in processes of its own, with the CDK's validation and cdk-nag on."""

import json
import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from stacks.environments import ENVIRONMENTS
from tests.support import BIN, ROOT, run_app

_APP_WITH_A_FINDING = """
import aws_cdk as cdk
from aws_cdk import aws_s3 as s3
from cdk_nag import AwsSolutionsChecks

app = cdk.App()
stage = cdk.Stage(app, "stage", env=cdk.Environment(account="111111111111", region="eu-west-1"))
s3.CfnBucket(cdk.Stack(stage, "Stack"), "Bucket")
cdk.Validations.of(app).add_plugins(AwsSolutionsChecks(app))
app.synth()
"""


def _assembly(outdir: Path) -> dict[str, bytes]:
    """Every file of a cloud assembly."""
    return {str(path.relative_to(outdir)): path.read_bytes() for path in outdir.rglob("*") if path.is_file()}


def _elsewhere(folder: Path) -> dict[str, str]:
    """The variables of another machine: no git, no AWS, another home, time zone, locale and hash seed."""
    tools, home = folder / "bin", folder / "home"
    tools.mkdir(parents=True)
    home.mkdir()
    node = shutil.which("node", path=str(BIN))
    assert node is not None
    (tools / "node").symlink_to(node)
    assert shutil.which("git", path=str(tools)) is None
    return {
        "PATH": str(tools),
        "HOME": str(home),
        # jsii unpacks the CDK below the home folder; unpacking it again would only cost time.
        "JSII_RUNTIME_PACKAGE_CACHE_ROOT": str(Path.home() / ".cache" / "aws" / "jsii" / "package-cache"),
        "TZ": "Pacific/Kiritimati",
        "LC_ALL": "C",
        "PYTHONHASHSEED": "4711",
        "AWS_PROFILE": "none",
        "AWS_REGION": "ap-southeast-2",
        "CDK_DEFAULT_ACCOUNT": "999999999999",
        "CDK_DEFAULT_REGION": "ap-southeast-2",
    }


def test_every_environment_is_clean_and_the_same_bytes_wherever_it_is_built(tmp_path: Path) -> None:
    here, there = tmp_path / "here" / "cdk.out", tmp_path / "there" / "cdk.out"
    # The CDK's own validation of templates, which costs seconds, looks once: it changes no byte.
    variables = [{"PYTHONHASHSEED": "1", "TZ": "UTC"}, _elsewhere(there.parent) | {"CDK_VALIDATION": "false"}]
    here.parent.mkdir()
    with ThreadPoolExecutor() as pool:
        runs = list(pool.map(lambda out, more: run_app(out, environment=more), (here, there), variables))
    for run in runs:
        assert run.returncode == 0, run.stdout + run.stderr
    one, two = _assembly(here), _assembly(there)
    manifest = json.loads(one["manifest.json"])
    stages = {
        artifact_id.removeprefix("assembly-")
        for artifact_id, artifact in manifest["artifacts"].items()
        if artifact["type"] == "cdk:cloud-assembly"
    }
    assert stages == set(ENVIRONMENTS)
    assert len([name for name in one if name.endswith(".template.json")]) > len(ENVIRONMENTS)
    assert one.keys() == two.keys()
    assert {name for name in one if one[name] != two[name]} == set()


def test_a_finding_of_cdk_nag_fails_the_run(tmp_path: Path) -> None:
    app = tmp_path / "app.py"
    app.write_text(_APP_WITH_A_FINDING, encoding="utf-8")
    # Only the template validation of the CDK is off, which costs seconds: plug-ins run all the same.
    done = run_app(tmp_path / "cdk.out", app=app, environment={"CDK_VALIDATION": "false"})
    assert done.returncode == 1, done.stdout + done.stderr
    assert "AwsSolutions-S1" in done.stdout + done.stderr


def test_these_runs_use_the_node_of_the_project() -> None:
    node = shutil.which("node")
    assert node is not None
    assert Path(node).parent == BIN == Path(sys.executable).parent
    assert os.environ["PATH"].startswith(str(BIN))


@pytest.mark.parametrize("command", [["app.py"], ["-m", "stacks", "prod"], ["-m", "ops", "status", "prod"]])
def test_a_wrong_value_is_one_error_without_a_traceback(tmp_path: Path, command: list[str]) -> None:
    for name in ("app.py", "stacks", "constructs_lib", "ops"):
        (tmp_path / name).symlink_to(ROOT / name)
    (tmp_path / "stacks").unlink()
    shutil.copytree(ROOT / "stacks", tmp_path / "stacks", ignore=shutil.ignore_patterns("__pycache__"))
    prod = tmp_path / "stacks" / "environments" / "prod.py"
    prod.write_text(prod.read_text().replace('account="222222222222"', 'account="2222"'))
    # app.py is a link: Python would look for packages beside its target first.
    arguments = ["-c", "import runpy; runpy.run_path('app.py')"] if command == ["app.py"] else command
    run = subprocess.run(
        [sys.executable, *arguments], cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60
    )
    assert run.returncode == 1
    assert run.stderr.startswith(
        "[account-invalid] prod: account: an AWS account id is 12 digits. Got '2222'."
    )
    assert run.stderr.count("\n") == 1
