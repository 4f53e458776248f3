"""``mail``: output, exit codes, options, questions before anything is done again."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from ops import cli, mail_cli
from ops.aws_clients import AwsClients
from ops.received_mail import MailStoreGateway
from stacks.receiving_config import Inbox as DeclaredInbox
from tests.ops.mailboxes import LONG_AGO, OUTPUTS, STACK, FakeStore, environment, summary

Run = Callable[..., Result]
SUPPORT, SALES = OUTPUTS["DeadLettersSupport"], "arn:aws:sqs:eu-west-1:111111111111:sales-dlq"
CLAIM = "support/a/claims/0000.json"
COMMANDS = {
    "list": [],
    "show": ["a"],
    "download": ["a", "a.eml"],
    "settle": ["a", "--sent"],
    "redrive": ["--yes"],
}


@pytest.fixture
def store() -> FakeStore:
    made = FakeStore(stacks={STACK: {**OUTPUTS, "DeadLettersSales": SALES}})
    made.put("support/a", b"raw\r\n", at=LONG_AGO)
    made.put("support/a/summary.json", summary())
    return made


@pytest.fixture
def run(store: FakeStore, monkeypatch: pytest.MonkeyPatch) -> Run:
    def make(clients: AwsClients) -> MailStoreGateway:
        assert clients.region == "eu-west-1"
        return store

    inboxes = [DeclaredInbox(name=name) for name in ("support", "sales")]
    config = environment(*inboxes, prefixes=("support/", "sales/", "archive/"))
    monkeypatch.setattr(mail_cli, "AwsMailStore", make)
    monkeypatch.setattr(mail_cli, "environment", lambda _: config)

    def invoke(*args: object, answer: str = "") -> Result:
        return CliRunner().invoke(cli.app, ["mail", *map(str, args)], input=answer, catch_exceptions=False)

    return invoke


def test_list(run: Run, store: FakeStore) -> None:
    store.put("sales/b", at=LONG_AGO - timedelta(days=1))
    store.put("archive/c", at=LONG_AGO - timedelta(days=2))
    store.put("archive/c/summary.json", summary(headers={}))
    result = run("list", "prod")
    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        "2026-01-31 11:00 UTC  support  a  5 bytes  forwarded  ann@example.net  Hello",
        "2026-01-30 11:00 UTC  sales  b  3 bytes  no summary yet",
        "2026-01-29 11:00 UTC  archive/  c  3 bytes  forwarded  (no author)",
    ]


def test_list_of_less(run: Run, store: FakeStore) -> None:
    store.put("sales/b")
    assert run("list", "prod", "--inbox", "sales").stdout.count("\n") == 1
    for ages in ({"seconds": 90}, {"minutes": 90}, {"hours": 36}):
        store.put(f"support/{len(store.objects)}", at=datetime.now(UTC) - timedelta(**ages))
    assert "  3  " in run("list", "prod", "--limit", "1").stdout
    for period, count in (("1m", 0), ("2m", 1), ("1h", 1), ("2h", 2), ("1d", 2), ("2d", 3)):
        assert len(json.loads(run("list", "prod", "--since", period, "--json").stdout)) == count
    store.objects.clear()
    result = run("list", "prod", "--region", "eu-west-1")
    assert (result.exit_code, result.stdout) == (0, "no mail\n")


def test_list_for_programs(run: Run) -> None:
    (found,) = json.loads(run("list", "prod", "--json").stdout)
    assert found == {
        "id": "a",
        "inbox": "support",
        "region": "eu-west-1",
        "stored_at": "2026-01-31T11:00:00+00:00",
        "bytes": 5,
        "key_arn": None,
        "summary": summary(),
    }
    assert json.loads(run("list", "prod", "--inbox", "sales", "--json").stdout) == []


HIDDEN = "\x1b]0;x\x07 \n\r \x9b \u202e \u200b \x7f \ud800 [red]"


def test_what_a_stranger_wrote_hides_nothing(run: Run, store: FakeStore) -> None:
    store.put("support/a/summary.json", summary(HIDDEN, author=f"{HIDDEN}@x"))
    (line,) = run("list", "prod").stdout.splitlines()
    shown = r"\u001b]0;x\u0007 \u000a\u000d \u009b \u202e \u200b \u007f \ud800 [red]"
    assert line.endswith(f"  {shown}@x  {shown}")
    for command in (["list", "prod", "--json"], ["show", "prod", "a"]):
        text = run(*command).stdout
        assert text.isascii()
        assert text.replace("\n", "").isprintable()
        assert r"\u202e" in text


def test_a_long_subject_is_cut_in_lines_only(run: Run, store: FakeStore) -> None:
    store.put("support/a/summary.json", summary("x" * 2_000))
    assert run("list", "prod").stdout.endswith(f"  {'x' * 100}...\n")
    assert "x" * 2_000 in run("show", "prod", "a").stdout


def test_a_summary_of_another_release(run: Run, store: FakeStore, tmp_path: Path) -> None:
    store.put("support/a/summary.json", summary(version=2))
    store.put("sales/b")
    result = run("list", "prod")
    assert result.exit_code == 2
    assert "error: [record-unreadable] support/a/summary.json is of a version" in result.stderr
    assert [line.rpartition("  ")[2] for line in result.stdout.splitlines()] == [
        "no summary yet",
        "summary unreadable",
    ]
    assert [each["id"] for each in json.loads(run("list", "prod", "--json").stdout)] == ["b", "a"]
    result = run("show", "prod", "a")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "[record-unreadable]" in result.stderr
    assert run("download", "prod", "a", tmp_path / "a.eml").exit_code == 0


def test_show(run: Run) -> None:
    found = json.loads(run("show", "prod", "a").stdout)
    assert (found["id"], found["key_arn"], found["summary"]) == ("a", "arn:key", summary())


def test_download(run: Run, store: FakeStore, tmp_path: Path) -> None:
    file = tmp_path / "a.eml"
    assert run("download", "prod", "a", file).stdout == f"{file}: 5 bytes\n"
    assert file.read_bytes() == b"raw\r\n"
    store.put("support/a", b"encrypted")
    result = run("download", "prod", "a", tmp_path / "b.eml")
    assert result.exit_code == 2
    assert "[mail-unreadable]" in result.stderr


def sending(store: FakeStore, *, at: datetime) -> None:
    claim = {"version": 1, "state": "sending", "token": "t", "destinations": [], "sent_as": "", "sent_at": ""}
    store.put(CLAIM, claim, at=at)


@pytest.mark.parametrize(
    "option, told, state", [("--sent", "sent", "sent"), ("--not-sent", "not sent", "released")]
)
def test_settle(run: Run, store: FakeStore, option: str, told: str, state: str) -> None:
    sending(store, at=datetime.now(UTC) - timedelta(minutes=16))
    result = run("settle", "prod", "a", option)
    assert result.stdout.splitlines() == [
        f"{CLAIM}: {told}",
        "next: python -m ops mail redrive prod --inbox support --region eu-west-1",
    ]
    assert json.loads(store.objects[CLAIM][0])["state"] == state
    assert run("settle", "prod", "a", option).stdout == "nothing to settle\n"


def test_settle_says_how_it_ended_or_nothing(run: Run, store: FakeStore) -> None:
    sending(store, at=datetime.now(UTC) - timedelta(minutes=16))
    before = dict(store.objects)
    result = run("settle", "prod", "a")
    assert result.exit_code == 2
    assert "--sent" in result.stderr
    sending(store, at=datetime.now(UTC) - timedelta(minutes=14))
    result = run("settle", "prod", "a", "--not-sent")
    assert result.exit_code == 2
    assert "[claim-in-use]" in result.stderr
    assert store.objects[CLAIM][0] == before[CLAIM][0]


def test_redrive_asks_for_each_queue(run: Run, store: FakeStore) -> None:
    store.dead = {SUPPORT: 3, SALES: 1}
    result = run("redrive", "prod", answer="n\ny\n")
    assert result.exit_code == 0
    assert "Deal again with dead letters of support in eu-west-1, about 3?" in result.stdout
    assert "sales in eu-west-1: SQS moves them\narchive/ in eu-west-1: mail is only stored" in result.stdout
    assert store.moved == [(SALES, "eu-west-1")]


def test_redrive_stops_at_a_question_that_nobody_answers(run: Run, store: FakeStore) -> None:
    store.dead = {SUPPORT: 3}
    assert run("redrive", "prod").exit_code == 1
    assert store.moved == []
    assert run("redrive", "prod", "--yes", "--inbox", "support").stdout == (
        "support in eu-west-1: SQS moves them\n"
    )
    assert store.moved == [(SUPPORT, "eu-west-1")]


def test_redrive_of_nothing(run: Run, store: FakeStore) -> None:
    result = run("redrive", "prod", "--inbox", "support")
    assert (result.exit_code, store.moved) == (0, [])
    assert result.stdout.startswith("support in eu-west-1: no dead letters")


def test_redrive_while_sqs_is_at_it(run: Run, store: FakeStore) -> None:
    store.dead, store.moving = {SUPPORT: 3}, {SUPPORT}
    result = run("redrive", "prod", "--yes")
    assert result.exit_code == 2
    assert "error: [redrive-running]" in result.stderr


@pytest.mark.parametrize("command, arguments", COMMANDS.items())
def test_the_account_is_that_of_the_environment(
    run: Run, store: FakeStore, command: str, arguments: list[str]
) -> None:
    store.account = "999999999999"
    before = dict(store.objects)
    result = run(command, "prod", *arguments)
    assert result.exit_code == 2
    assert "[aws-account-mismatch]" in result.stderr
    assert (store.objects, store.moved) == (before, [])


@pytest.mark.parametrize("command, arguments", COMMANDS.items())
def test_an_inbox_or_a_region_that_is_none(run: Run, command: str, arguments: list[str]) -> None:
    for option, fragment in (("--inbox", "no inbox us-east-1"), ("--region", "no mail in us-east-1")):
        result = run(command, "prod", *arguments, option, "us-east-1")
        assert result.exit_code == 2
        assert "[inbox-missing]" in result.stderr
        assert fragment in result.stderr


@pytest.mark.parametrize("command", ["show", "download", "settle"])
def test_a_message_that_is_not_there_or_twice(run: Run, store: FakeStore, command: str) -> None:
    more = COMMANDS[command][1:]
    result = run(command, "prod", "b", *more)
    assert result.exit_code == 2
    assert "[mail-missing] No message b in support (eu-west-1), sales (eu-west-1)" in result.stderr
    store.put("sales/a")
    result = run(command, "prod", "a", *more)
    assert result.exit_code == 2
    assert "[mail-ambiguous]" in result.stderr


@pytest.mark.parametrize("period", ["24", "0h", "h", "-1h", "1w", "1.5h", "100000d", ""])
def test_a_period_is_a_number_and_a_unit(run: Run, period: str) -> None:
    result = run("list", "prod", "--since", period)
    assert result.exit_code == 2
    assert "such as 24h" in result.stderr


@pytest.mark.parametrize("limit", ["0", "1001", "x"])
def test_a_limit_within_limits(run: Run, limit: str) -> None:
    assert run("list", "prod", "--limit", limit).exit_code == 2


@pytest.mark.parametrize("command", COMMANDS)
def test_help_teaches_with_an_example_and_exit_codes(run: Run, command: str) -> None:
    text = run(command, "--help").stdout
    assert f"python -m ops mail {command} prod" in text
    assert "Exit codes:\n    0  " in text
    assert "Permissions: " in text
