from pathlib import Path

import pytest

from local import deploy as module
from local.deploy import bootstrap, deploy
from local.embedded import EmbeddedAws
from local.errors import RehearsalError


@pytest.fixture
def aws(tmp_path: Path) -> EmbeddedAws:
    """Not started: what runs here is not the CDK."""
    aws = EmbeddedAws()
    aws.state_dir = tmp_path
    return aws


def use_cdk(script: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "cdk"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    monkeypatch.setattr(module, "_CDK", path)


def test_the_commands_and_their_environment(
    aws: EmbeddedAws, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_cdk('echo "$@"\necho\npwd\necho "$AWS_ENDPOINT_URL $AWS_PROFILE"', tmp_path, monkeypatch)
    monkeypatch.setenv("AWS_PROFILE", "mine")
    lines: list[str] = []
    bootstrap(aws, region="eu-west-1", on_line=lines.append)
    policies = "--cloudformation-execution-policies arn:aws:iam::aws:policy/AdministratorAccess"
    command = f"bootstrap aws://000000000000/eu-west-1 {policies} --ci"
    assert lines == [command, str(tmp_path), aws.endpoint_url]
    lines.clear()
    (tmp_path / "project").mkdir()
    deploy(aws, stacks="x/*", project=tmp_path / "project", on_line=lines.append)
    assert lines[0] == f"deploy x/* --require-approval never --output {tmp_path}/cdk.out --ci"
    assert lines[1] == str(tmp_path / "project")


def test_a_failure_shows_the_telling_lines(
    aws: EmbeddedAws, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_cdk("echo synthesis\necho 'Unrecognized resource types: [X]' >&2\nexit 1", tmp_path, monkeypatch)
    with pytest.raises(RehearsalError) as caught:
        deploy(aws)
    assert caught.value.step == "deploy local/*"
    assert "status 1" in caught.value.cause
    assert "Unrecognized resource types: [X]" in caught.value.cause
    assert "synthesis" not in caught.value.cause


def test_a_command_that_hangs_is_ended(
    aws: EmbeddedAws, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_cdk("sleep 60 & sleep 60", tmp_path, monkeypatch)
    monkeypatch.setattr(module, "STEP_SECONDS", 0.3)
    with pytest.raises(RehearsalError, match="did not end within"):
        bootstrap(aws)


def test_a_missing_cdk_asks_for_setup(
    aws: EmbeddedAws, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_CDK", tmp_path / "nothing" / "cdk")
    with pytest.raises(RehearsalError) as caught:
        bootstrap(aws)
    assert caught.value.fix == "run make setup."
