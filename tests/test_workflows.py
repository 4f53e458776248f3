"""The workflows: valid, pinned, and no token that may write where the code of a pull request runs."""

import re
import subprocess
from typing import Any

import pytest
import yaml

from tests.support import BIN, ROOT

FILES = sorted((ROOT / ".github" / "workflows").glob("*.yml"))


def workflow(name: str) -> dict[Any, Any]:
    found: dict[Any, Any] = yaml.safe_load(
        (ROOT / ".github" / "workflows" / name).read_text(encoding="utf-8")
    )
    return found


def test_they_follow_their_schema() -> None:
    command = [str(BIN / "check-jsonschema"), "--builtin-schema", "vendor.github-workflows", *map(str, FILES)]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize("name", ["review.yml", "review-comments.yml"])
def test_actions_are_pinned_by_commit(name: str) -> None:
    text = (ROOT / ".github" / "workflows" / name).read_text(encoding="utf-8")
    used = re.findall(r"uses: (.+)", text)
    assert used
    assert all(re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", each) for each in used), used


def test_what_runs_the_code_of_a_pull_request_may_only_read() -> None:
    review = workflow("review.yml")
    assert review["permissions"] == {"contents": "read"}
    assert list(review[True]) == ["pull_request"]  # YAML 1.1 reads `on` as true
    assert not any("permissions" in job for job in review["jobs"].values())
    checkouts = [step for job in review["jobs"].values() for step in job["steps"] if "checkout" in str(step)]
    assert all(step["with"]["persist-credentials"] is False for step in checkouts)


def test_what_may_write_runs_the_default_branch_only() -> None:
    comments = workflow("review-comments.yml")
    assert comments["permissions"] == {"actions": "read", "contents": "read", "pull-requests": "write"}
    assert list(comments[True]) == ["workflow_run"]
    assert comments[True]["workflow_run"]["workflows"] == [workflow("review.yml")["name"]]
    (job,) = comments["jobs"].values()
    (checkout,) = [step for step in job["steps"] if "checkout" in str(step.get("uses"))]
    assert "ref" not in checkout["with"]
    assert "repository" not in checkout["with"]
    commands = [step["run"] for step in job["steps"] if "run" in step]
    assert commands == ["python3 -m ops.review.post_comments review/review.json"]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_nothing_of_an_event_is_pasted_into_a_shell(path: Any) -> None:  # noqa: ANN401 - a path
    for job in yaml.safe_load(path.read_text(encoding="utf-8"))["jobs"].values():
        for step in job["steps"]:
            assert "${{" not in step.get("run", "")


def test_the_comments_need_no_package() -> None:
    program = (
        "import sys; before = set(sys.modules); import ops.review.post_comments\n"
        "names = {name.partition('.')[0] for name in set(sys.modules) - before}\n"
        "print(sorted(names - set(sys.stdlib_module_names)))"
    )
    result = subprocess.run(
        [BIN / "python", "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert result.stdout.strip() == "['ops']"
