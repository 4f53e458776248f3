"""``review``: output, the file for programs, exit codes by policy."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from ops import cli, review_cli
from ops.review.sides import Side
from tests.ops.review.environments import stacks
from tests.ops.review.pairs import PAIRS


@pytest.fixture
def reviewed(monkeypatch: pytest.MonkeyPatch) -> None:
    """``prod`` has a danger, ``dev`` no change; nothing is synthesized from git."""
    pair = next(pair for pair in PAIRS if pair.what == "p=none to p=reject")
    same = stacks(pair.before)
    before = Side(label="main", environments={"prod": same, "dev": same})
    after = Side(label="the work tree", environments={"prod": stacks(pair.after), "dev": same})

    def sides(base: str, head: str, *, repository: Path) -> tuple[Side, Side]:
        assert (base, head, repository) == ("main", ".", Path(cli.__file__).parents[1])
        return before, after

    monkeypatch.setattr(review_cli, "read_sides", sides)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli.app, ["review", "--base", "main", *arguments], catch_exceptions=False)


@pytest.mark.usefixtures("reviewed")
def test_a_report_for_each_environment() -> None:
    result = run()
    assert result.exit_code == 0
    assert "## 🟠 `prod`: danger" in result.stdout
    assert "⚪ `dev`: no change." in result.stdout
    assert "From `main` to `the work tree`." in result.stdout


@pytest.mark.usefixtures("reviewed")
@pytest.mark.parametrize(
    "arguments, code",
    [
        (("--fail-on", "block"), 0),
        (("--fail-on", "danger"), 1),
        (("--fail-on", "caution"), 1),
        (("--fail-on", "never"), 0),
        (("dev", "--fail-on", "routine"), 0),
    ],
)
def test_the_policy_decides_the_exit_code(arguments: tuple[str, ...], code: int) -> None:
    assert run(*arguments).exit_code == code


@pytest.mark.usefixtures("reviewed")
def test_json_on_stdout_and_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "review.json"
    result = run("prod", "--format", "json", "--out", str(file))
    assert result.exit_code == 0
    assert file.read_text(encoding="utf-8") == result.stdout
    assert [each["rating"] for each in json.loads(result.stdout)["reports"]] == ["danger"]


@pytest.mark.usefixtures("reviewed")
def test_an_environment_of_neither_side_is_refused() -> None:
    result = run("staging")
    assert result.exit_code == 2
    assert "[review-ref-unknown] staging is no environment of either side." in result.stderr
    assert result.stdout == ""


def test_a_base_that_is_none_is_refused_before_anything_is_synthesized() -> None:
    result = CliRunner().invoke(cli.app, ["review", "--base", "no-such-ref", "--head", "no-such-ref"])
    assert result.exit_code == 2
    assert "[review-ref-unknown] no-such-ref is no commit here and no directory." in result.stderr
