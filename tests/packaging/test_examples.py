"""The README's example and each folder of ``examples/``, with the wheel in a clean environment."""

import json
import re
import shlex
import shutil
import sysconfig
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from local.embedded import ACCOUNT, REGION, EmbeddedAws
from tests.local.conftest import Aws
from tests.local.deployable import Deployable, delete_stack
from tests.packaging.clean import CleanEnvironment
from tests.support import ROOT

if TYPE_CHECKING:
    from mypy_boto3_cloudformation.type_defs import StackTypeDef

README = "README.md"
EXAMPLES = {path.name: path for path in sorted((ROOT / "examples").iterdir()) if path.is_dir()}
OF_ONE_ACCOUNT = [
    name for name, path in EXAMPLES.items() if "account=" not in (path / "app.py").read_text("utf-8")
]
"""Those that name accounts span several of them, and are deployed by tests of their own."""

CHECK = Path(__file__).with_name("check_packs.py")
BUCKET = f"cdk-hnb659fds-assets-{ACCOUNT}-{REGION}"


def readme_blocks() -> tuple[str, list[str]]:
    """The app of the README's section, and the commands below it."""
    section = (ROOT / README).read_text("utf-8").split("## In your own app\n")[1].split("\n## ")[0]
    app, commands = re.findall(r"^```(?:python|bash)\n(.*?)^```$", section, re.DOTALL | re.MULTILINE)
    return app, commands.splitlines()


def alone(example: str, folder: Path) -> Path:
    """A folder that holds one example and nothing else."""
    if example == README:
        folder.mkdir()
        (folder / "app.py").write_text(readme_blocks()[0], encoding="utf-8")
    else:
        shutil.copytree(EXAMPLES[example], folder)
    return folder


def tag(folder: Path) -> None:
    """Change an app in a way that updates most of its resources."""
    app = folder / "app.py"
    code = app.read_text("utf-8")
    assert code.count("\napp.synth()\n") == 1
    tagged = '\ncdk.Tags.of(app).add("team", "mail")\napp.synth()\n'
    app.write_text(code.replace("\napp.synth()\n", tagged), encoding="utf-8")


def stacks(clean: CleanEnvironment, folder: Path, outdir: Path) -> list[Deployable]:
    """Synthesize an app as the CDK command line does."""
    variables = {"CDK_VALIDATION": "false", "CDK_OUTDIR": str(outdir)}
    done = clean.run("python", "app.py", cwd=folder, variables=variables)
    assert done.returncode == 0, done.stderr
    artifacts = json.loads((outdir / "manifest.json").read_text("utf-8"))["artifacts"]
    return [
        Deployable.read(outdir, key, key)
        for key, artifact in artifacts.items()
        if artifact["type"] == "aws:cloudformation:stack"
    ]


@pytest.fixture(scope="module")
def account() -> Iterator[EmbeddedAws]:
    """An account with what ``cdk bootstrap`` leaves; ``make demo`` and its test run the command itself."""
    with EmbeddedAws() as embedded:
        aws = Aws(endpoint_url=embedded.endpoint_url)
        aws._client("s3").create_bucket(Bucket=BUCKET)
        version = "/cdk-bootstrap/hnb659fds/version"
        aws._client("ssm").put_parameter(Name=version, Value="30", Type="String")
        yield embedded


def test_the_readme_shows_ten_lines_and_two_commands() -> None:
    app, commands = readme_blocks()
    assert len([line for line in app.splitlines() if line]) == 10
    assert commands == ["pip install dist/*.whl", 'cdk deploy --app "python app.py"']


def test_every_example_has_its_three_files() -> None:
    assert EXAMPLES
    for folder in EXAMPLES.values():
        assert {"README.md", "app.py", "cdk.json"} <= {path.name for path in folder.iterdir()}
        assert json.loads((folder / "cdk.json").read_text("utf-8"))["app"] == "python app.py"


@pytest.mark.parametrize("example", [README, *EXAMPLES])
def test_an_example_synthesizes_and_the_rule_packs_are_clean(
    example: str, clean: CleanEnvironment, tmp_path: Path
) -> None:
    folder = alone(example, tmp_path / "app")
    # The CDK's own validation of templates costs seconds: the newcomer's example has it, as for a newcomer.
    variables = {"CDK_VALIDATION": "true" if example == README else "false"}
    packages = sysconfig.get_path("purelib")
    done = clean.run("python", "-P", CHECK, packages, cwd=folder, variables=variables)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.rehearsal
def test_the_readmes_commands_deploy_update_and_destroy(
    clean: CleanEnvironment, account: EmbeddedAws, tmp_path: Path
) -> None:
    folder = alone(README, tmp_path / "app")
    calls = Aws(endpoint_url=account.endpoint_url).cloudformation
    deploy = [*shlex.split(readme_blocks()[1][1]), "--require-approval", "never"]

    def run(*command: str) -> None:
        variables = account.client_variables() | {"CDK_VALIDATION": "false"}
        done = clean.run(*command, cwd=folder, variables=variables)
        assert done.returncode == 0, done.stdout + done.stderr

    def stack(name: str) -> "StackTypeDef":
        return calls.describe_stacks(StackName=name)["Stacks"][0]

    run(*deploy)
    assert stack("Mail")["StackStatus"] == "CREATE_COMPLETE"
    stack_id = stack("Mail")["StackId"]  # by which it is found when it is gone
    tag(folder)
    run(*deploy)
    assert stack(stack_id)["StackStatus"] == "UPDATE_COMPLETE"
    run("cdk", "destroy", "--force", "--app", "cdk.out")
    assert stack(stack_id)["StackStatus"] == "DELETE_COMPLETE"


@pytest.mark.parametrize("example", OF_ONE_ACCOUNT)
def test_an_example_is_deployed_updated_and_destroyed(
    example: str, clean: CleanEnvironment, account: EmbeddedAws, tmp_path: Path
) -> None:
    aws = Aws(endpoint_url=account.endpoint_url)
    folder = alone(example, tmp_path / "app")
    made = stacks(clean, folder, tmp_path / "made")
    for stack in made:
        stack.deploy(aws)
    tag(folder)
    for stack in stacks(clean, folder, tmp_path / "tagged"):
        stack.deploy(aws)
        (found,) = aws.cloudformation.describe_stacks(StackName=stack.name)["Stacks"]
        assert found["StackStatus"] == "UPDATE_COMPLETE"
    for stack in reversed(made):
        delete_stack(aws, stack.name)
