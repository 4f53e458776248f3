"""``reputation`` and ``resume``: output, exit codes, a question before anything is sent again."""

import json
import re
from collections.abc import Callable

import pytest
from typer.testing import CliRunner, Result

from ops import cli, reputation_cli
from ops.reputation_ports import AccountAnswer
from tests.ops.reputation_fakes import FakeReputation, raised

Run = Callable[..., Result]
CRITICAL = "prod-set-forwarding-bounce-critical"


@pytest.fixture
def aws() -> FakeReputation:
    return FakeReputation(
        metrics={
            ("Send", None): (1000, 240),
            ("Delivery", None): (1200,),
            ("Bounce", None): (30,),
            ("Reputation.BounceRate", None): (0.0242,),
            ("Reputation.BounceRate", "forwarding"): (0.083,),
            ("NumberOfMessagesSent", "prod-inbox-support"): (12,),
        },
        queues={"prod-inbox-support-dlq": 2},
    )


@pytest.fixture
def run(aws: FakeReputation, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setattr(reputation_cli, "AwsReputation", lambda _: aws)
    return lambda *arguments, **options: CliRunner().invoke(cli.app, arguments, **options)


def test_the_numbers_for_people(run: Run, aws: FakeReputation) -> None:
    aws.states[CRITICAL] = raised(CRITICAL)
    aws.sets["forwarding", "eu-west-1"] = False
    result = run("reputation", "prod")
    assert result.exit_code == 1
    lines = result.stdout.splitlines()
    assert lines[0].startswith("prod: the 24 hours before ")
    assert lines[1:12] == [
        "eu-west-1",
        "  account: sends, healthy; 1,250 of 50,000 sends of 24 hours used (2.5 %)",
        "                 sends  deliveries  bounces  complaints  rejects  bounce rate     complaint rate",
        "  account        1,240       1,200       30           -        -  2.42 %          -",
        "  transactional      -           -        -           -        -  -               -",
        "  forwarding         -           -        -           -        -  8.3 % critical  -",
        "  forwarding: paused; python -m ops resume prod forwarding tells why and sends again",
        "  alarms: 1 raised of 1",
        f"    {CRITICAL} since 2026-11-25 12:34 UTC: 9 % was above 8 %",
        "  received by support: 12",
        "  waiting: prod-inbox-support-dlq 2, 8 queues empty",
    ]
    assert lines[-2].startswith(
        "levels: bounces warning 4 %, SES reviews 5 %, critical 8 %, SES may pause 10 %"
    )
    assert lines[-1] == (
        "cost: messages of 30 days at 0.1 USD per 1,000 are about 7.44 USD; the budget is 200 USD a month"
    )


@pytest.mark.parametrize(
    "sends, rate, words",
    [
        (0.1, 1.0, "100 % (of 3: too few to judge)"),
        (1.6, 1.0, "100 % (of 48: too few to judge)"),
        (2.0, 1.0, "100 % SES may pause"),
        (0.1, 0.01, "1 %"),
    ],
)
def test_a_rate_of_few_sends_is_not_judged(
    run: Run, aws: FakeReputation, sends: float, rate: float, words: str
) -> None:
    """The fake account sends as much on each of 30 days. What was sent earlier counts, not today alone."""
    aws.metrics = {("Send", None): (sends,), ("Reputation.BounceRate", None): (rate,)}
    result = run("reputation", "prod")
    assert result.exit_code == 0
    account, *_ = (line for line in result.stdout.splitlines() if line.startswith("  account  "))
    assert re.split(r"  +", account)[-2:] == [words, "-"]


def test_all_well_is_exit_code_0(run: Run) -> None:
    result = run("reputation", "prod")
    assert result.exit_code == 0
    assert "alarms: none deployed" in result.stdout


def test_the_numbers_for_programs(run: Run, aws: FakeReputation) -> None:
    aws.states[CRITICAL] = raised(CRITICAL)
    result = run("reputation", "prod", "--json")
    assert result.exit_code == 1
    document = json.loads(result.stdout)
    assert (document["environment"], document["hours"], document["well"]) == ("prod", 24, False)
    assert document["levels"]["bounce"] == {"warning": 0.04, "review": 0.05, "critical": 0.08, "pause": 0.1}
    first = document["regions"][0]
    assert first["numbers"][0] == {
        "configuration_set": None,
        "sending": "sends",
        "sends": 1240,
        "deliveries": 1200,
        "bounces": 30,
        "complaints": None,
        "rejects": None,
        "bounce_rate": 0.0242,
        "complaint_rate": None,
    }
    assert first["alarms"] == [
        {
            "name": CRITICAL,
            "state": "ALARM",
            "since": "2026-11-25T12:34:00+00:00",
            "reason": "9 % was above 8 %",
        }
    ]
    assert (first["received"], first["waiting"]["prod-inbox-support-dlq"]) == ({"support": 12}, 2)
    assert document["cost"]["budget_usd_a_month"] == 200


def test_what_is_not_known_is_said(run: Run, aws: FakeReputation) -> None:
    aws.denied |= {
        "ses:GetAccount",
        "cloudwatch:DescribeAlarms",
        "cloudwatch:GetMetricData",
        "sqs:GetQueueUrl",
    }
    result = run("reputation", "prod")
    assert result.exit_code == 0
    for line in (
        "  account: not known",
        "  alarms: not known",
        "  waiting: 0 queues empty, 9 not known or not there",
        "  not known: allow ses:GetAccount for this role or user to know it",
    ):
        assert line in result.stdout.splitlines()
    assert "are not known" in result.stdout


@pytest.mark.parametrize(
    "account, line",
    [
        (
            AccountAnswer(sending=False, enforcement="SHUTDOWN", quota=200, sent=200),
            "  account: paused, shutdown; 200 of 200 sends of 24 hours used (100.0 %)",
        ),
        (
            AccountAnswer(sending=True, enforcement="HEALTHY", quota=-1, sent=9),
            "  account: sends, healthy; 9 sends of 24 hours, without a limit",
        ),
    ],
    ids=["shut down", "without a limit"],
)
def test_the_account(run: Run, aws: FakeReputation, account: AccountAnswer, line: str) -> None:
    aws.accounts["eu-west-1"] = account
    assert line in run("reputation", "prod").stdout.splitlines()


def test_what_is_not_deployed_is_said(run: Run, aws: FakeReputation) -> None:
    aws.missing.add("forwarding")
    result = run("reputation", "prod")
    assert (result.exit_code, "  forwarding: not deployed" in result.stdout) == (0, True)


def test_resume_says_why_and_asks(run: Run, aws: FakeReputation) -> None:
    aws.sets["forwarding", "eu-west-1"] = False
    aws.history[CRITICAL] = raised(CRITICAL, "bad\x1b[2J")
    result = run("resume", "prod", "forwarding", input="n\n")
    assert result.exit_code == 1
    assert result.stdout.splitlines()[:2] == [
        "forwarding in eu-west-1 is paused",
        f"  {CRITICAL} was raised at 2026-11-25 12:34 UTC: bad\\u001b[2J",
    ]
    assert aws.resumed == []
    result = run("resume", "prod", "forwarding", input="y\n")
    assert (result.exit_code, aws.resumed) == (0, [("forwarding", "eu-west-1")])
    assert "forwarding in eu-west-1: it sends again" in result.stdout


def test_resume_where_it_is_paused_only(run: Run, aws: FakeReputation) -> None:
    aws.sets["transactional", "us-east-1"] = False
    result = run("resume", "prod", "transactional", "--yes")
    assert result.exit_code == 0
    assert aws.resumed == [("transactional", "us-east-1")]
    assert "transactional in eu-west-1: it sends already" in result.stdout
    assert "a person paused it" in result.stdout


def test_resume_without_the_permission_to_know_why(run: Run, aws: FakeReputation) -> None:
    aws.sets["forwarding", "eu-west-1"] = False
    aws.denied.add("cloudwatch:DescribeAlarmHistory")
    result = run("resume", "prod", "forwarding", "--yes")
    assert "why is not known: allow cloudwatch:DescribeAlarmHistory" in result.stdout
    assert aws.resumed == [("forwarding", "eu-west-1")]


def test_resume_in_one_region(run: Run, aws: FakeReputation) -> None:
    aws.sets |= {("transactional", region): False for region in ("eu-west-1", "us-east-1")}
    assert run("resume", "prod", "transactional", "--region", "us-east-1", "--yes").exit_code == 0
    assert aws.resumed == [("transactional", "us-east-1")]


@pytest.mark.parametrize(
    "arguments, fragment",
    [
        (["marketing"], "transactional, forwarding"),
        (["forwarding", "--region", "us-east-1"], "eu-west-1"),
    ],
    ids=["unknown", "elsewhere"],
)
def test_resume_refuses(run: Run, arguments: list[str], fragment: str) -> None:
    result = run("resume", "prod", *arguments)
    assert result.exit_code == 2
    assert fragment in result.output


def test_resume_of_what_is_not_deployed(run: Run, aws: FakeReputation) -> None:
    aws.missing.add("forwarding")
    result = run("resume", "prod", "forwarding", "--yes")
    assert result.exit_code == 2
    assert "configuration-set-missing" in result.output


@pytest.mark.parametrize("command", [["reputation", "prod"], ["resume", "prod", "forwarding"]])
def test_another_account_is_refused(run: Run, aws: FakeReputation, command: list[str]) -> None:
    aws.account_number = "999999999999"
    result = run(*command)
    assert result.exit_code == 2
    assert "aws-account-mismatch" in result.output
