"""``mail``: output, exit codes, options, questions before anything is done again."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import Result

from ops import mail_cli
from ops.received_mail import ReceivedMail
from tests.ops.mailboxes import LONG_AGO, FakeStore, inbox, summary

Run = Callable[..., Result]
COMMANDS = {
    "list": [],
    "show": ["a"],
    "download": ["a", "a.eml"],
    "settle": ["a", "--sent"],
    "redrive": ["--yes"],
}


def test_list(run_mail: Run, mail_store: FakeStore) -> None:
    mail_store.put("sales/b", at=LONG_AGO - timedelta(days=1))
    mail_store.put("archive/c", at=LONG_AGO - timedelta(days=2))
    mail_store.put("sales/d", at=LONG_AGO - timedelta(days=3))
    mail_store.put("sales/d/summary.json", summary(headers={}))
    result = run_mail("list", "prod")
    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        "2026-01-31 11:00 UTC  support  a  5 bytes  forwarded  ann@example.net  Hello",
        "2026-01-30 11:00 UTC  sales  b  3 bytes  no summary yet",
        "2026-01-29 11:00 UTC  archive/  c  3 bytes  stored",
        "2026-01-28 11:00 UTC  sales  d  3 bytes  forwarded  (no author)",
    ]


def test_mail_of_a_function_of_yours_waits_for_no_summary() -> None:
    mail = ReceivedMail(id="a", inbox=inbox(summarized=False), stored_at=LONG_AGO, size=3)
    assert str(mail_cli._line(mail)).endswith("support  a  3 bytes  for your function")


def test_list_of_less(run_mail: Run, mail_store: FakeStore) -> None:
    mail_store.put("sales/b")
    assert run_mail("list", "prod", "--inbox", "sales").stdout.count("\n") == 1
    for ages in ({"seconds": 90}, {"minutes": 90}, {"hours": 36}):
        mail_store.put(f"support/{len(mail_store.objects)}", at=datetime.now(UTC) - timedelta(**ages))
    assert "  3  " in run_mail("list", "prod", "--limit", "1").stdout
    for period, count in (("1m", 0), ("2m", 1), ("1h", 1), ("2h", 2), ("1d", 2), ("2d", 3)):
        assert len(json.loads(run_mail("list", "prod", "--since", period, "--json").stdout)) == count
    mail_store.objects.clear()
    result = run_mail("list", "prod", "--region", "eu-west-1")
    assert (result.exit_code, result.stdout) == (0, "no mail\n")


def test_list_for_programs(run_mail: Run) -> None:
    (found,) = json.loads(run_mail("list", "prod", "--json").stdout)
    assert found == {
        "id": "a",
        "inbox": "support",
        "region": "eu-west-1",
        "stored_at": "2026-01-31T11:00:00+00:00",
        "bytes": 5,
        "key_arn": None,
        "client_side_key_arn": None,
        "summary": summary(),
    }
    assert json.loads(run_mail("list", "prod", "--inbox", "sales", "--json").stdout) == []


HIDDEN = "\x1b]0;x\x07 \n\r \x9b \u202e \u200b \x7f \ud800 [red]"


def test_what_a_stranger_wrote_hides_nothing(run_mail: Run, mail_store: FakeStore) -> None:
    mail_store.put("support/a/summary.json", summary(HIDDEN, author=f"{HIDDEN}@x"))
    (line,) = run_mail("list", "prod").stdout.splitlines()
    shown = r"\u001b]0;x\u0007 \u000a\u000d \u009b \u202e \u200b \u007f \ud800 [red]"
    assert line.endswith(f"  {shown}@x  {shown}")
    for command in (["list", "prod", "--json"], ["show", "prod", "a"]):
        text = run_mail(*command).stdout
        assert text.isascii()
        assert text.replace("\n", "").isprintable()
        assert r"\u202e" in text


def test_a_long_subject_is_cut_in_lines_only(run_mail: Run, mail_store: FakeStore) -> None:
    mail_store.put("support/a/summary.json", summary("x" * 2_000))
    assert run_mail("list", "prod").stdout.endswith(f"  {'x' * 100}...\n")
    assert "x" * 2_000 in run_mail("show", "prod", "a").stdout


def test_a_summary_of_another_release(run_mail: Run, mail_store: FakeStore, tmp_path: Path) -> None:
    mail_store.put("support/a/summary.json", summary(version=2))
    mail_store.put("sales/b")
    result = run_mail("list", "prod")
    assert result.exit_code == 2
    assert "error: [record-unreadable] support/a/summary.json is of a version" in result.stderr
    assert [line.rpartition("  ")[2] for line in result.stdout.splitlines()] == [
        "no summary yet",
        "summary unreadable",
    ]
    assert [each["id"] for each in json.loads(run_mail("list", "prod", "--json").stdout)] == ["b", "a"]
    result = run_mail("show", "prod", "a")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "[record-unreadable]" in result.stderr
    assert run_mail("download", "prod", "a", tmp_path / "a.eml").exit_code == 0


def test_show(run_mail: Run) -> None:
    found = json.loads(run_mail("show", "prod", "a").stdout)
    assert (found["id"], found["key_arn"], found["summary"]) == ("a", "arn:key", summary())


def test_download(run_mail: Run, mail_store: FakeStore, tmp_path: Path) -> None:
    file = tmp_path / "a.eml"
    assert run_mail("download", "prod", "a", file).stdout == f"{file}: 5 bytes\n"
    assert file.read_bytes() == b"raw\r\n"
    mail_store.put("support/a", b"encrypted")
    result = run_mail("download", "prod", "a", tmp_path / "b.eml")
    assert result.exit_code == 2
    assert "[mail-unreadable]" in result.stderr


@pytest.mark.parametrize("command, arguments", COMMANDS.items())
def test_the_account_is_that_of_the_environment(
    run_mail: Run, mail_store: FakeStore, command: str, arguments: list[str]
) -> None:
    mail_store.account = "999999999999"
    before = dict(mail_store.objects)
    result = run_mail(command, "prod", *arguments)
    assert result.exit_code == 2
    assert "[aws-account-mismatch]" in result.stderr
    assert (mail_store.objects, mail_store.moved) == (before, [])


@pytest.mark.parametrize("command, arguments", COMMANDS.items())
def test_an_inbox_or_a_region_that_is_none(run_mail: Run, command: str, arguments: list[str]) -> None:
    for option, fragment in (("--inbox", "no inbox us-east-1"), ("--region", "no mail in us-east-1")):
        result = run_mail(command, "prod", *arguments, option, "us-east-1")
        assert result.exit_code == 2
        assert "[inbox-missing]" in result.stderr
        assert fragment in result.stderr


@pytest.mark.parametrize("command", ["show", "download", "settle"])
def test_a_message_that_is_not_there_or_twice(run_mail: Run, mail_store: FakeStore, command: str) -> None:
    more = COMMANDS[command][1:]
    result = run_mail(command, "prod", "b", *more)
    assert result.exit_code == 2
    assert "[mail-missing] No message b in support (eu-west-1), sales (eu-west-1)" in result.stderr
    mail_store.put("sales/a")
    result = run_mail(command, "prod", "a", *more)
    assert result.exit_code == 2
    assert "[mail-ambiguous]" in result.stderr


@pytest.mark.parametrize("period", ["24", "0h", "h", "-1h", "1w", "1.5h", "100000d", ""])
def test_a_period_is_a_number_and_a_unit(run_mail: Run, period: str) -> None:
    result = run_mail("list", "prod", "--since", period)
    assert result.exit_code == 2
    assert "such as 24h" in result.stderr


@pytest.mark.parametrize("limit", ["0", "1001", "x"])
def test_a_limit_within_limits(run_mail: Run, limit: str) -> None:
    assert run_mail("list", "prod", "--limit", limit).exit_code == 2


@pytest.mark.parametrize("command", COMMANDS)
def test_help_teaches_with_an_example_and_exit_codes(run_mail: Run, command: str) -> None:
    text = run_mail(command, "--help").stdout
    assert f"python -m ops mail {command} prod" in text
    assert "Exit codes:\n    0  " in text
    assert "Permissions: " in text
