"""``audit`` and ``trail``: output, exit codes, options, a question before anything is changed."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from typer.testing import CliRunner, Result

from ops import audit_cli, cli
from ops.aws_clients import AwsClients
from ops.trail_selectors import Selectors, wanted_selectors
from stacks.audit_config import ExistingTrail, MailAudit
from tests.cloudtrail import by_role, by_user
from tests.ops.audit_fakes import NOW, TRAIL, FakeAudit, call, send
from tests.stacks.test_config import environment

OWN = environment(regions=("eu-west-1",), audit=MailAudit())
COMPANY = "arn:aws:cloudtrail:eu-west-1:111111111111:trail/company"
OTHERS = replace(OWN, audit=MailAudit(trail=ExistingTrail(arn=COMPANY)))
WANTED = wanted_selectors(OTHERS, partition="aws")
MANAGEMENT = {"Name": "All", "FieldSelectors": [{"Field": "eventCategory", "Equals": ["Management"]}]}

Run = Callable[..., Result]


@pytest.fixture
def gateway() -> FakeAudit:
    return FakeAudit()


@pytest.fixture
def run(gateway: FakeAudit, monkeypatch: pytest.MonkeyPatch) -> Run:
    def make(clients: AwsClients) -> FakeAudit:
        assert clients.region == "eu-west-1"
        return gateway

    class Clock(datetime):
        @classmethod
        def now(cls, tz: object = None) -> datetime:  # type: ignore[override] # one zone is asked for
            assert tz is UTC
            return NOW

    monkeypatch.setattr(audit_cli, "AwsAudit", make)
    monkeypatch.setattr(audit_cli, "datetime", Clock)
    monkeypatch.setattr(
        audit_cli, "environment", lambda name: {"own": OWN, "others": OTHERS, "none": environment()}[name]
    )

    def invoke(*args: str, answer: str = "") -> Result:
        return CliRunner().invoke(cli.app, [*args], input=answer, catch_exceptions=False)

    return invoke


def test_the_history_by_caller_and_call(run: Run, gateway: FakeAudit) -> None:
    gateway.history["eu-west-1"] = [
        call(userIdentity=by_user("sam"), errorCode="AccessDenied"),
        call(
            "CreateEmailIdentity", requestParameters={"emailIdentity": "a.test"}, userIdentity=by_user("sam")
        ),
    ]
    gateway.log([send()])
    result = run("audit", "own")
    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        "arn:aws:iam::111111111111:user/sam  2",
        "  2026-11-25 17:00:00  CreateEmailIdentity  a.test  eu-west-1  192.0.2.17",
        "  2026-11-25 17:00:00  DeleteIdentity       -       eu-west-1  192.0.2.17  AccessDenied",
        "arn:aws:sts::111111111111:assumed-role/Support/sam  1",
        "  2026-11-25 17:00:00  SendEmail  billing@example.com  eu-west-1  192.0.2.17",
        "not shown:",
        "  sends over SMTP: CloudTrail never records them.",
    ]


def test_nothing_happened(run: Run) -> None:
    assert run("audit", "own", "--since", "1h").stdout.splitlines()[0] == "no calls"


def test_for_programs(run: Run, gateway: FakeAudit) -> None:
    gateway.history["us-east-1"] = [call(userIdentity=by_role("Support"))]
    document = json.loads(run("audit", "none", "--since", "2d", "--region", "us-east-1", "--json").stdout)
    assert (document["since"], document["until"]) == (
        "2026-11-23T18:00:00+00:00",
        "2026-11-25T18:00:00+00:00",
    )
    (found,) = document["calls"]
    assert found.pop("event_id").startswith("event-")
    assert found == {
        "at": "2026-11-25T17:00:00+00:00",
        "who": "arn:aws:sts::111111111111:assumed-role/Support/session",
        "call": "DeleteIdentity",
        "subject": "",
        "region": "eu-west-1",
        "from": "192.0.2.17",
        "error": None,
        "reads": False,
    }
    assert "sends: the environment has no audit trail." in document["not_shown"]


def test_what_a_caller_wrote_cannot_hide_a_line(run: Run, gateway: FakeAudit) -> None:
    evil = {"identity": "a\x1b[2K\r\nb\u202e"}
    gateway.history["eu-west-1"] = [call(requestParameters=evil, sourceIPAddress="\x1b[8m")]
    text = run("audit", "own").stdout
    assert r"a\u001b[2K\u000d\u000ab\u202e" in text
    assert "\x1b" not in text


@pytest.mark.parametrize("args", [["--since", "1w"], ["--since", "0h"], ["--limit", "0"], ["--since", "-1h"]])
def test_wrong_usage(run: Run, args: list[str]) -> None:
    assert run("audit", "own", *args).exit_code == 2


def test_another_account_and_no_trail(run: Run, gateway: FakeAudit) -> None:
    gateway.account = "222222222222"
    assert "[aws-account-mismatch]" in run("audit", "own").stderr
    gateway.account, gateway.found = "111111111111", None
    for command in ("audit", "trail"):
        result = run(command, "own")
        assert (result.exit_code, "[trail-missing]" in result.stderr) == (2, True)


def test_a_trail_of_ones_own(run: Run, gateway: FakeAudit) -> None:
    gateway.current = Selectors(advanced=(MANAGEMENT, *wanted_selectors(OWN, partition="aws")))
    result = run("trail", "own")
    assert (result.exit_code, result.stdout.splitlines()) == (
        0,
        [f"{TRAIL.arn}, log files in audit", "  It records what the environment asks for."],
    )
    gateway.current = Selectors(advanced=(MANAGEMENT,))
    result = run("trail", "own", "--extend", "--yes")
    assert result.exit_code == 1
    assert "next: cdk deploy 'test/*'" in result.stdout
    assert "put" not in gateway.asked


def test_a_trail_of_others_is_extended_when_asked(run: Run, gateway: FakeAudit) -> None:
    gateway.found = replace(TRAIL, arn=COMPANY)
    gateway.current = Selectors(advanced=(MANAGEMENT,))
    shown = run("trail", "others")
    assert (shown.exit_code, shown.stdout.count("It does not record")) == (1, len(WANTED))
    refused = run("trail", "others", "--extend", answer="n\n")
    assert refused.exit_code == 1
    assert gateway.current.advanced == (MANAGEMENT,)
    done = run("trail", "others", "--extend", answer="y\n")
    assert done.exit_code == 0
    assert "It records what the environment asks for." in done.stdout
    assert gateway.current.advanced == (MANAGEMENT, *WANTED)
    assert run("trail", "others", "--extend", "--yes").exit_code == 0
    assert gateway.asked.count("put") == 1


def test_one_that_would_lose_something_is_not(run: Run, gateway: FakeAudit) -> None:
    gateway.found = replace(TRAIL, arn=COMPANY)
    data = {
        "IncludeManagementEvents": True,
        "DataResources": [{"Type": "AWS::S3::Object", "Values": ["arn:aws:s3"]}],
    }
    gateway.current = Selectors(basic=(data,))
    result = run("trail", "others", "--extend", "--yes")
    assert (result.exit_code, "[trail-selectors-basic]" in result.stderr) == (2, True)
    assert "put" not in gateway.asked
