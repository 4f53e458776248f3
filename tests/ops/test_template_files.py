"""``templates fix`` and ``check``: what is written, what is not, and that neither needs an environment."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from constructs_lib.verification.verification_template import VerificationTemplate
from ops import template_files
from tests.support import ROOT
from tests.template_files import BROKEN, FIELDS, FOLDER, Broken, template_json

Run = Callable[..., Result]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    monkeypatch.chdir(tmp_path)
    return lambda *args: CliRunner().invoke(template_files.app, args, catch_exceptions=False)


def copy(name: str) -> bytes:
    data = (FOLDER / f"{name}.json").read_bytes()
    Path("welcome.json").write_bytes(data)
    return data


def names() -> list[str]:
    return sorted(path.name for path in Path().iterdir())


def test_a_broken_file_becomes_two_and_stays_beside_them(run: Run) -> None:
    broken = copy("pasted_html")
    result = run("fix", "welcome.json")
    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        "welcome.json: now JSON",
        "welcome.html: the HTML, each character as it was",
        "welcome.json.bak: the file as it was; compare, then delete it",
        "  raw line breaks in TemplateContent: 6",
        "  unescaped quotes in TemplateContent: 4",
    ]
    assert names() == ["welcome.html", "welcome.json", "welcome.json.bak"]
    assert Path("welcome.json.bak").read_bytes() == broken
    assert json.loads(Path("welcome.json").read_bytes()) == {
        key: value for key, value in FIELDS.items() if key != "TemplateContent"
    }
    assert VerificationTemplate.from_file(Path("welcome.json")).template_content.startswith("<html>\n<head>")


@pytest.mark.parametrize("broken", [item for item in BROKEN if item.html], ids=lambda item: item.name)
def test_what_is_repaired_is_what_was_meant_byte_for_byte(run: Run, broken: Broken) -> None:
    copy(broken.name)
    result = run("fix", "welcome.json")
    assert broken.html is not None
    assert Path("welcome.html").read_bytes() == broken.html.encode()
    # The one whose HTML has typographic quotes where attributes need plain ones is JSON, and told.
    assert result.exit_code == (1 if broken.name == "word_processor" else 0)


@pytest.mark.parametrize("broken", [item for item in BROKEN if not item.html], ids=lambda item: item.name)
def test_what_is_refused_stays_as_it_is(run: Run, broken: Broken) -> None:
    data = copy(broken.name)
    result = run("fix", "welcome.json")
    assert result.exit_code == 2
    assert result.stdout == ""
    assert f"error: [template-ambiguous] {broken.refusal}" in result.stderr
    assert names() == ["welcome.json"]
    assert Path("welcome.json").read_bytes() == data


def test_a_second_time_there_is_nothing_to_repair(run: Run) -> None:
    copy("pasted_html")
    run("fix", "welcome.json")
    written = Path("welcome.json").read_bytes()
    result = run("fix", "welcome.json")
    assert (result.exit_code, result.stdout) == (0, "welcome.json is JSON: nothing to repair.\n")
    assert Path("welcome.json").read_bytes() == written


def test_a_rule_of_ses_that_the_repaired_file_breaks_is_told(run: Run) -> None:
    Path("welcome.json").write_text(template_json(TemplateContent="<a href=''>x</a>").replace("''", '"x"'))
    result = run("fix", "welcome.json")
    assert result.exit_code == 1
    assert "welcome.json: now JSON" in result.stdout
    assert (
        "[template-content-invalid] Welcome: TemplateContent, line 1, column 1 of the HTML" in result.stderr
    )


@pytest.mark.parametrize("taken", ["welcome.html", "welcome.json.bak"])
def test_nothing_is_overwritten(run: Run, taken: str) -> None:
    data = copy("pasted_html")
    Path(taken).write_text("mine")
    result = run("fix", "welcome.json")
    assert result.exit_code == 2
    assert f"[template-file-exists] {taken} would be overwritten." in result.stderr
    assert names() == sorted(["welcome.json", taken])
    assert (Path(taken).read_text(), Path("welcome.json").read_bytes()) == ("mine", data)


def test_the_html_may_be_there_already_when_it_is_the_same(run: Run) -> None:
    copy("trailing_comma")
    Path("welcome.html").write_text("<p>Welcome</p>")
    assert run("fix", "welcome.json").exit_code == 0


def test_a_file_whose_html_is_beside_it_keeps_it(run: Run) -> None:
    Path("welcome.json").write_text(template_json(TemplateContent=None)[:-2] + ",}")
    Path("welcome.html").write_text("<p>Mine</p>")
    result = run("fix", "welcome.json")
    assert result.exit_code == 0
    assert "welcome.html" not in result.stdout
    assert Path("welcome.html").read_text() == "<p>Mine</p>"


def test_check_tells_every_file(run: Run) -> None:
    Path("good.json").write_text(template_json())
    copy("pasted_html")
    result = run("check", "welcome.json", "good.json")
    assert result.exit_code == 1
    assert result.stdout == "good.json: Welcome, 14 bytes of HTML\n"
    assert "error: [template-file-broken] welcome.json, line 5, column 29: TemplateContent: " in result.stderr
    assert run("check", "good.json").exit_code == 0


def test_a_file_that_is_not_there_is_wrong_usage(run: Run) -> None:
    for command in ("fix", "check"):
        assert run(command, "nowhere.json").exit_code == 2


def test_a_broken_file_that_an_environment_names_can_be_repaired(tmp_path: Path) -> None:
    """The environment cannot be loaded then, so that the command may not load it."""
    file = tmp_path / "welcome.json"
    file.write_bytes((FOLDER / "pasted_html.json").read_bytes())
    code = (
        "import runpy, sys; sys.modules['stacks'] = None;"
        f"sys.argv = ['ops', 'templates', 'fix', {str(file)!r}];"
        "runpy.run_module('ops', run_name='__main__', alter_sys=False)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert VerificationTemplate.from_file(file)


@pytest.mark.parametrize("command", ["fix", "check"])
def test_help_teaches_with_an_example_and_exit_codes(run: Run, command: str) -> None:
    text = run(command, "--help").stdout
    assert f"python -m ops templates {command} templates/" in text
    assert "Exit codes:\n    0  " in text
