"""``templates`` with an environment: output, exit codes, questions before anything is changed."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from constructs_lib.verification.verification_template import VerificationTemplate
from ops import cli, templates_cli
from ops.aws_clients import AwsClients
from ops.errors import TemplateMissingError
from ops.ports import TemplateGateway
from stacks.environments import environment
from tests.template_files import FIELDS, FOLDER, template_json

Run = Callable[..., Result]
PAGES = Mapping[str, str]


@dataclass(kw_only=True)
class Account:
    """A `TemplateGateway` made of values."""

    account: str = "222222222222"
    templates: dict[tuple[str, str], PAGES] = field(default_factory=dict)

    def account_id(self) -> str:
        return self.account

    def template_names(self, *, region: str) -> tuple[str, ...]:
        return tuple(name for where, name in self.templates if where == region)

    def template(self, name: str, *, region: str) -> PAGES | None:
        return self.templates.get((region, name))

    def update_template(self, values: PAGES, *, region: str) -> None:
        assert (region, values["TemplateName"]) in self.templates
        self.templates[region, values["TemplateName"]] = values

    def delete_template(self, name: str, *, region: str) -> None:
        if self.templates.pop((region, name), None) is None:
            raise TemplateMissingError(f"{region} has no template {name}.", fix="list them")


@pytest.fixture
def account() -> Account:
    there = FIELDS | {"TemplateSubject": "Old", "TemplateContent": "<p>\nHello\n</p>"}
    return Account(templates={("eu-west-1", "Welcome"): FIELDS, ("us-east-1", "Welcome"): there})


@pytest.fixture
def run(account: Account, monkeypatch: pytest.MonkeyPatch) -> Run:
    def make(clients: AwsClients) -> TemplateGateway:
        assert clients.region == "eu-west-1"
        return account

    monkeypatch.setattr(templates_cli, "SesTemplateGateway", make)

    def invoke(*args: object, answer: str = "") -> Result:
        return CliRunner().invoke(
            cli.app, ["templates", *map(str, args)], input=answer, catch_exceptions=False
        )

    return invoke


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "welcome.json"
    file.write_text(template_json())
    return file


def test_list(run: Run, account: Account) -> None:
    account.templates["eu-west-1", "Other"] = FIELDS
    del account.templates["us-east-1", "Welcome"]
    result = run("list", "prod")
    assert result.stdout.splitlines() == ["eu-west-1  Welcome", "eu-west-1  Other", "us-east-1  none"]
    assert run("list", "prod", "--region", "us-east-1").stdout == "us-east-1  none\n"


def test_show_prints_what_the_aws_cli_takes(run: Run) -> None:
    assert json.loads(run("show", "prod", "Welcome").stdout) == FIELDS
    assert (
        json.loads(run("show", "prod", "Welcome", "--region", "us-east-1").stdout)["TemplateSubject"] == "Old"
    )
    result = run("show", "prod", "Other")
    assert result.exit_code == 2
    assert "error: [template-missing] eu-west-1 has no template Other." in result.stderr


def test_diff_shows_what_the_deploy_would_put_there(run: Run, file: Path) -> None:
    result = run("diff", "prod", file)
    assert result.exit_code == 1
    assert result.stdout.splitlines() == [
        "Welcome in eu-west-1: same",
        "Welcome in us-east-1: different",
        "  -TemplateSubject: Old",
        "  +TemplateSubject: Confirm your address",
        "  --- TemplateContent in SES",
        "  +++ TemplateContent",
        "  @@ -1,3 +1 @@",
        "  -<p>",
        "  -Hello",
        "  -</p>",
        "  +<p>Welcome</p>",
    ]
    assert run("diff", "prod", file, "--region", "eu-west-1").exit_code == 0


def test_diff_of_what_is_not_deployed(run: Run, file: Path, account: Account) -> None:
    account.templates.clear()
    result = run("diff", "prod", file, "--region", "eu-west-1")
    assert (result.exit_code, result.stdout) == (1, "Welcome in eu-west-1: missing\n")


def test_diff_compares_what_is_submitted(run: Run, file: Path, account: Account) -> None:
    file.write_text(template_json(TemplateContent="<p>José</p>", TemplateSubject="Grüße"))
    account.templates["eu-west-1", "Welcome"] = FIELDS | {
        "TemplateContent": "<p>Jos&#233;</p>",
        "TemplateSubject": "=?utf-8?b?R3LDvMOfZQ==?=",
    }
    assert run("diff", "prod", file, "--region", "eu-west-1").exit_code == 0


def test_update_asks_and_replaces_only_what_differs(run: Run, file: Path, account: Account) -> None:
    result = run("update", "prod", file, answer="y\n")
    assert result.exit_code == 0
    assert result.stdout.splitlines()[0] == "Welcome in eu-west-1: same"
    assert "Replace Welcome in us-east-1?" in result.stdout
    assert account.templates["us-east-1", "Welcome"] == FIELDS


def test_update_leaves_what_is_not_confirmed(run: Run, file: Path, account: Account) -> None:
    before = dict(account.templates)
    assert run("update", "prod", file, answer="n\n").exit_code == 0
    assert run("update", "prod", file).exit_code == 1
    assert account.templates == before
    assert "us-east-1: replaced" in run("update", "prod", file, "--yes").stdout


def test_update_changes_nothing_when_something_is_missing(run: Run, file: Path, account: Account) -> None:
    del account.templates["us-east-1", "Welcome"]
    account.templates["eu-west-1", "Welcome"] = FIELDS | {"TemplateSubject": "Old"}
    result = run("update", "prod", file, "--yes")
    assert result.exit_code == 2
    assert "[template-missing] us-east-1 has no template Welcome. Fix: cdk deploy 'prod/*'" in result.stderr
    assert account.templates["eu-west-1", "Welcome"]["TemplateSubject"] == "Old"


@pytest.fixture
def declared(monkeypatch: pytest.MonkeyPatch) -> None:
    """Templates of an environment: one that is sent from both Regions, one from the first only."""
    prod = environment("prod")
    other = template_json(TemplateName="Other", FromEmailAddress="hello@news.example.com")
    templates = (VerificationTemplate.from_json(template_json()), VerificationTemplate.from_json(other))
    monkeypatch.setattr(templates_cli, "environment", lambda _: replace(prod, templates=templates))


@pytest.mark.usefixtures("declared")
def test_without_files_the_declared_templates_are_compared_where_they_are_deployed(run: Run) -> None:
    result = run("diff", "prod")
    assert result.exit_code == 1
    assert [line for line in result.stdout.splitlines() if not line.startswith(" ")] == [
        "Welcome in eu-west-1: same",
        "Other in eu-west-1: missing",
        "Welcome in us-east-1: different",
    ]
    assert run("diff", "prod", "--region", "us-east-1").stdout.startswith("Welcome in us-east-1: different")


@pytest.mark.usefixtures("declared")
def test_without_files_the_declared_templates_are_put_back(run: Run, account: Account) -> None:
    result = run("update", "prod", "--region", "us-east-1", "--yes")
    assert (result.exit_code, result.stdout) == (0, "Welcome in us-east-1: replaced\n")
    assert account.templates["us-east-1", "Welcome"] == FIELDS
    assert "[template-missing] eu-west-1 has no template Other." in run("update", "prod").stderr


@pytest.mark.parametrize("command", ["diff", "update"])
def test_without_files_and_without_declared_templates_there_is_nothing_to_compare(
    run: Run, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    bare = replace(environment("prod"), addresses=(), templates=())
    monkeypatch.setattr(templates_cli, "environment", lambda _: bare)
    result = run(command, "prod")
    assert result.exit_code == 2
    assert "prod declares no templates in eu-west-1, us-east-1: name files" in result.stderr


def test_delete_asks(run: Run, account: Account) -> None:
    assert run("delete", "prod", "Welcome", "--region", "us-east-1", answer="n\n").exit_code == 0
    assert len(account.templates) == 2
    assert run("delete", "prod", "Welcome", "--region", "us-east-1", "--yes").exit_code == 0
    assert list(account.templates) == [("eu-west-1", "Welcome")]
    assert run("delete", "prod", "Welcome", "--region", "us-east-1", "--yes").exit_code == 2


@pytest.mark.parametrize("command", ["list", "show", "diff", "update", "delete"])
def test_the_account_is_that_of_the_environment(run: Run, account: Account, file: Path, command: str) -> None:
    account.account = "999999999999"
    arguments = {"list": [], "show": ["Welcome"], "delete": ["Welcome", "--yes"]}.get(command, [str(file)])
    result = run(command, "prod", *arguments)
    assert result.exit_code == 2
    assert "[aws-account-mismatch]" in result.stderr
    assert len(account.templates) == 2


def test_wrong_usage(run: Run) -> None:
    assert run("list", "nowhere").exit_code == 2
    assert run("list", "prod", "--region", "eu-west-9").exit_code == 2
    result = run("diff", "prod", FOLDER / "pasted_html.json")
    assert result.exit_code == 2
    assert "[template-file-broken]" in result.stderr


@pytest.mark.parametrize("command", ["list", "show", "diff", "update", "delete"])
def test_help_teaches_with_an_example_and_exit_codes(run: Run, command: str) -> None:
    text = run(command, "--help").stdout
    assert f"python -m ops templates {command} prod" in text
    assert "Exit codes:\n    0  " in text
