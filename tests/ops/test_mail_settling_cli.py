"""``mail settle`` and ``mail redrive``: what is said, what is asked first, what stays as it is."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from typer.testing import Result

from tests.ops.mailboxes import SALES, SUPPORT, FakeStore

Run = Callable[..., Result]
CLAIM = "support/a/claims/0000.json"


def sending(mail_store: FakeStore, *, at: datetime) -> None:
    claim = {"version": 1, "state": "sending", "token": "t", "destinations": [], "sent_as": "", "sent_at": ""}
    mail_store.put(CLAIM, claim, at=at)


@pytest.mark.parametrize(
    "option, told, state", [("--sent", "sent", "sent"), ("--not-sent", "not sent", "released")]
)
def test_settle(run_mail: Run, mail_store: FakeStore, option: str, told: str, state: str) -> None:
    sending(mail_store, at=datetime.now(UTC) - timedelta(minutes=16))
    result = run_mail("settle", "prod", "a", option)
    assert result.stdout.splitlines() == [
        f"{CLAIM}: {told}",
        "next: python -m ops mail redrive prod --inbox support --region eu-west-1",
    ]
    assert json.loads(mail_store.objects[CLAIM][0])["state"] == state
    assert run_mail("settle", "prod", "a", option).stdout == "nothing to settle\n"


def test_settle_says_how_it_ended_or_nothing(run_mail: Run, mail_store: FakeStore) -> None:
    sending(mail_store, at=datetime.now(UTC) - timedelta(minutes=16))
    before = dict(mail_store.objects)
    result = run_mail("settle", "prod", "a")
    assert result.exit_code == 2
    assert "--sent" in result.stderr
    sending(mail_store, at=datetime.now(UTC) - timedelta(minutes=14))
    result = run_mail("settle", "prod", "a", "--not-sent")
    assert result.exit_code == 2
    assert "[claim-in-use]" in result.stderr
    assert mail_store.objects[CLAIM][0] == before[CLAIM][0]


def test_redrive_asks_for_each_queue(run_mail: Run, mail_store: FakeStore) -> None:
    mail_store.dead = {SUPPORT: 3, SALES: 1}
    result = run_mail("redrive", "prod", answer="n\ny\n")
    assert result.exit_code == 0
    assert "Deal again with dead letters of support in eu-west-1, about 3?" in result.stdout
    assert "sales in eu-west-1: SQS moves them\narchive/ in eu-west-1: mail is only stored" in result.stdout
    assert mail_store.moved == [(SALES, "eu-west-1")]


def test_redrive_stops_at_a_question_that_nobody_answers(run_mail: Run, mail_store: FakeStore) -> None:
    mail_store.dead = {SUPPORT: 3}
    assert run_mail("redrive", "prod").exit_code == 1
    assert mail_store.moved == []
    assert run_mail("redrive", "prod", "--yes", "--inbox", "support").stdout == (
        "support in eu-west-1: SQS moves them\n"
    )
    assert mail_store.moved == [(SUPPORT, "eu-west-1")]


def test_redrive_of_nothing(run_mail: Run, mail_store: FakeStore) -> None:
    result = run_mail("redrive", "prod", "--inbox", "support")
    assert (result.exit_code, mail_store.moved) == (0, [])
    assert result.stdout.startswith("support in eu-west-1: no dead letters")


def test_redrive_while_sqs_is_at_it(run_mail: Run, mail_store: FakeStore) -> None:
    mail_store.dead, mail_store.moving = {SUPPORT: 3}, {SUPPORT}
    result = run_mail("redrive", "prod", "--yes")
    assert result.exit_code == 2
    assert "error: [redrive-running]" in result.stderr
