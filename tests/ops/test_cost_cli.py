"""``cost``: output, exit codes, and quantities that come from the templates."""

import json

import pytest
from typer.testing import CliRunner, Result

from ops import cli, cost_cli
from ops.resource_counts import count_resources
from ops.resource_times import times
from stacks.environments import environment
from tests.own_environment import DEV


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cost_cli, "_resources", lambda _: {"AWS::KMS::Key": 2, "AWS::Lambda::Function": 3})


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli.app, ["cost", *arguments])


@pytest.mark.usefixtures("counted")
def test_a_table_item_by_item() -> None:
    result = run("dev", "--messages", "100000")
    assert result.exit_code == 0
    lines = [" ".join(line.split()) for line in result.stdout.splitlines()]
    assert lines[0] == "dev: price of a month in USD"
    assert "Messages sent, by recipient 100,000 0.10 per 1,000 x recipient 10.00" in lines
    assert "KMS keys 2 1.00 per key and month 2.00" in lines
    assert "total 12.00" in lines
    assert "Runs of 3 Lambda functions." in lines
    assert lines[-1].startswith("Prices of us-east-1, table of 20")


@pytest.mark.usefixtures("counted")
def test_json_has_the_same_and_the_sources() -> None:
    result = run("dev", "--messages", "1", "--json")
    assert result.exit_code == 0
    told = json.loads(result.stdout)
    assert (told["environment"], told["currency"], told["total"]) == ("dev", "USD", "2.00")
    assert [(item["key"], item["quantity"], item["monthly"]) for item in told["items"]] == [
        ("ses-outbound", "1", "0.0001"),
        ("kms-keys", "2", "2.00"),
    ]
    assert all(item["source"]["url"].startswith("https://") for item in told["items"])
    assert told["not_counted"]


@pytest.mark.usefixtures("counted")
@pytest.mark.parametrize(
    "arguments",
    [("--messages", "-1"), ("--messages", "1", "--size-kb", "50000"), ("--messages", "1", "--plan", "gold")],
)
def test_impossible_numbers_exit_2_with_a_code(arguments: tuple[str, ...]) -> None:
    result = run("dev", *arguments)
    assert result.exit_code == 2
    assert "[quantity-impossible]" in result.stderr
    assert result.stdout == ""


def test_what_watching_costs_is_counted() -> None:
    counts = count_resources(environment("local"))
    assert counts["AWS::CloudWatch::Dashboard"] == 1
    # Two configuration sets with five counts each.
    assert counts["AWS::SES::ConfigurationSetEventDestination"] == 10
    # Of the account, a set and the other set four alarms of two metrics; quota, pause, dead letters, keys,
    # lost alerts.
    assert counts["AWS::CloudWatch::Alarm"] == 3 * 4 * 2 + 12


def test_resources_are_those_of_the_templates() -> None:
    counts = count_resources(DEV)
    assert counts["AWS::SES::EmailIdentity"] == 1
    assert counts["AWS::SNS::Topic"] == 2
    assert counts["AWS::KMS::Key"] == 1
    assert counts["AWS::CloudWatch::Dashboard"] == 0


@pytest.mark.parametrize(
    "resource, expected",
    [
        ({"Type": "AWS::SNS::Topic"}, 1),
        ({"Type": "AWS::CloudWatch::Alarm", "Properties": {"MetricName": "Bounces"}}, 1),
        ({"Type": "AWS::CloudWatch::Alarm", "Properties": {"Metrics": [{"Expression": "1"}]}}, 1),
        (
            {
                "Type": "AWS::CloudWatch::Alarm",
                "Properties": {"Metrics": [{"Expression": "a/b"}, {"MetricStat": {}}, {"MetricStat": {}}]},
            },
            2,
        ),
        (
            {
                "Type": "AWS::SES::ConfigurationSetEventDestination",
                "Properties": {
                    "EventDestination": {
                        "MatchingEventTypes": ["send", "bounce"],
                        "CloudWatchDestination": {},
                    }
                },
            },
            2,
        ),
        (
            {
                "Type": "AWS::SES::ConfigurationSetEventDestination",
                "Properties": {"EventDestination": {"MatchingEventTypes": ["send"], "SnsDestination": {}}},
            },
            0,
        ),
        ({"Type": "AWS::Other::Thing", "Properties": {"Metrics": [{"MetricStat": {}}] * 3}}, 1),
    ],
)
def test_alarms_and_destinations_count_by_metric(resource: dict[str, object], expected: int) -> None:
    assert times(resource) == expected
