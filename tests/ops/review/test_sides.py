"""The two sides: commits and directories, synthesized without credentials, and nothing left behind."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from ops.errors import ReviewRefError, ReviewSynthesisError
from ops.review.sides import read_sides

APP = """
import json, os, pathlib, sys
out = pathlib.Path(os.environ["CDK_OUTDIR"])
(out / "assembly-prod").mkdir(parents=True)
(out / "manifest.json").write_text(json.dumps({"artifacts": {
    "assembly-prod": {"type": "cdk:cloud-assembly",
                      "properties": {"directoryName": "assembly-prod", "displayName": "prod"}},
    "Tree": {"type": "cdk:tree", "properties": {}}}}))
(out / "assembly-prod" / "manifest.json").write_text(json.dumps({"artifacts": {
    "prodMail": {"type": "aws:cloudformation:stack", "environment": "aws://222222222222/eu-west-1",
                 "displayName": "prod/Mail",
                 "properties": {"templateFile": "mail.json", "stackName": "prod-Mail"}}}}))
(out / "assembly-prod" / "mail.json").write_text(json.dumps({
    "Description": "VERSION", "Parameters": {"BootstrapVersion": {"Type": "String"}},
    "Rules": {"CheckBootstrapVersion": {}}, "Outputs": {
        "Environment": {"Value": sorted(os.environ)}, "Context": {"Value": os.environ["CDK_CONTEXT_JSON"]}}}))
"""
BROKEN = "raise SystemExit('no such package: cdk-of-tomorrow')\n"


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    folder = tmp_path / "repository"
    (folder / "tests" / "snapshots" / "prod").mkdir(parents=True)
    git(folder, "init", "--quiet", "--initial-branch=main")
    (folder / "cdk.json").write_text('{"context": {"flag": true}}')
    (folder / "tests" / "snapshots" / "prod" / "Mail-eu-west-1.json").write_text(
        '{"Description": "snapshot"}'
    )
    for version in ("one", "two"):
        (folder / "app.py").write_text(APP.replace("VERSION", version))
        commit(folder, version)
    return folder


def git(folder: Path, *arguments: str) -> str:
    identity = ("-c", "user.name=Test", "-c", "user.email=test@example.com")
    command = ["git", "-C", str(folder), *identity, *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def commit(folder: Path, message: str) -> None:
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", message)


def descriptions(repository: Path, base: str, head: str = ".") -> list[str]:
    sides = read_sides(base, head, repository=repository)
    return [str(next(iter(side.environments["prod"].values())).template["Description"]) for side in sides]


def test_a_commit_and_the_work_tree_as_it_is(repository: Path) -> None:
    (repository / "app.py").write_text(APP.replace("VERSION", "not committed"))
    before = git(repository, "status", "--porcelain")
    assert descriptions(repository, "HEAD~1") == ["one", "not committed"]
    assert descriptions(repository, "main~1", "HEAD") == ["one", "two"]
    assert git(repository, "status", "--porcelain") == before
    assert len(git(repository, "worktree", "list").splitlines()) == 1


def test_labels_name_the_commit(repository: Path) -> None:
    base, head = read_sides("HEAD~1", ".", repository=repository)
    assert base.label == f"HEAD~1 ({git(repository, 'rev-parse', 'HEAD~1')[:10]})"
    assert head.label == "the work tree"
    assert base.note == head.note == ""


def test_a_stack_is_what_the_assembly_says(repository: Path) -> None:
    base, _ = read_sides("HEAD", ".", repository=repository)
    stack = base.environments["prod"]["Mail"]
    assert (stack.name, stack.account, stack.region) == ("prod-Mail", "222222222222", "eu-west-1")
    assert "Parameters" not in stack.template
    assert "Rules" not in stack.template
    assert json.loads(stack.template["Outputs"]["Context"]["Value"]) == {"flag": True}


def test_no_credentials_reach_a_side(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "not a key")
    monkeypatch.setenv("AWS_PROFILE", "prod")
    monkeypatch.setenv("GITHUB_TOKEN", "not a token")
    base, _ = read_sides("HEAD", ".", repository=repository)
    given = base.environments["prod"]["Mail"].template["Outputs"]["Environment"]["Value"]
    assert not {"AWS_SECRET_ACCESS_KEY", "AWS_PROFILE", "GITHUB_TOKEN"} & set(given)
    assert {"PATH", "AWS_EC2_METADATA_DISABLED"} <= set(given)


def test_snapshots_stand_in_for_a_base_that_does_not_synthesize(repository: Path) -> None:
    (repository / "app.py").write_text(BROKEN)
    commit(repository, "broken")
    (repository / "app.py").write_text(APP)
    assert descriptions(repository, "HEAD") == ["snapshot", "VERSION"]
    base, _ = read_sides("HEAD", ".", repository=repository)
    stack = base.environments["prod"]["Mail-eu-west-1"]
    assert (stack.name, stack.region) == ("prod-Mail-eu-west-1", "eu-west-1")
    assert "its committed snapshots stand in for it" in base.note


def test_a_head_that_does_not_synthesize_is_an_error_with_its_last_words(repository: Path) -> None:
    (repository / "app.py").write_text(BROKEN)
    with pytest.raises(ReviewSynthesisError, match="no such package: cdk-of-tomorrow"):
        read_sides("HEAD", ".", repository=repository)


@pytest.mark.parametrize("ours", [True, False])
def test_the_fix_is_of_whose_app_it_is(repository: Path, tmp_path: Path, *, ours: bool) -> None:
    """Another app needs its own packages, which are not installed here."""
    folder = repository if ours else tmp_path / "other"
    folder.mkdir(exist_ok=True)
    (folder / "app.py").write_text(BROKEN)
    fix = "make synth shows it whole" if ours else "synthesize it yourself and name its cdk.out"
    with pytest.raises(ReviewSynthesisError, match=fix):
        read_sides("HEAD", "." if ours else str(folder), repository=repository)


def test_what_synthesizes_with_errors_says_so(repository: Path) -> None:
    (repository / "app.py").write_text(f"{APP}\nsys.exit(1)\n")
    _, head = read_sides("HEAD", ".", repository=repository)
    assert head.note == "the work tree synthesizes with errors: cdk-nag refuses it, see make synth."


def test_a_cloud_assembly_is_read_as_it_is(repository: Path, tmp_path: Path) -> None:
    out = tmp_path / "cdk.out"
    environment = {**os.environ, "CDK_OUTDIR": str(out), "CDK_CONTEXT_JSON": "{}"}
    subprocess.run(["python", str(repository / "app.py")], check=True, env=environment)
    assert descriptions(repository, "HEAD~1", str(out)) == ["one", "two"]


@pytest.mark.parametrize("asked", ["no-such-branch", "--output=/tmp/x", "tests", ""])
def test_what_is_neither_is_refused(repository: Path, asked: str) -> None:
    (repository / "app.py").unlink()
    with pytest.raises(ReviewRefError) as caught:
        read_sides("HEAD", asked, repository=repository)
    assert caught.value.code == "review-ref-unknown"
