import json
from dataclasses import replace
from datetime import timedelta

import pytest

from constructs_lib.runtimes.smtp_credentials.key_age import key_ages
from constructs_lib.runtimes.smtp_credentials.model import CURRENT, PREVIOUS
from tests.constructs_lib.runtimes.smtp_credentials.fake_aws import NAME, NOW, SECRET, Fail, FakeAws


def aws_with_a_key(*, days: float) -> FakeAws:
    aws = FakeAws()
    aws.versions = {}
    for version, stage in (("previous", PREVIOUS), ("current", CURRENT)):
        aws.store(version, aws.add_key(), stage)
    aws.keys_["AKIA0001"].created = NOW - timedelta(days=500)
    aws.keys_["AKIA0002"].created = NOW - timedelta(days=days)
    return aws


def test_the_metric_is_the_age_of_the_key_that_clients_use() -> None:
    ages = key_ages([NAME], gateway=aws_with_a_key(days=61.5), now=NOW, function_name="Mail-Rotation")
    assert ages.problems == ()
    assert ages.metric is not None
    # CloudWatch User Guide, embedded metric format: specification.
    assert json.loads(ages.metric) == {
        "_aws": {
            "Timestamp": 1782864000000,
            "CloudWatchMetrics": [
                {
                    "Namespace": "SesSmtpCredentials",
                    "Dimensions": [["FunctionName"]],
                    "Metrics": [{"Name": "OldestCurrentKeyDays", "Unit": "None"}],
                }
            ],
        },
        "FunctionName": "Mail-Rotation",
        "OldestCurrentKeyDays": 61.5,
        "DaysBySecret": {NAME: 61.5},
    }
    assert "AKIA" not in ages.metric


@pytest.mark.parametrize(
    "change,problem",
    [
        (lambda aws: aws.keys_.pop("AKIA0002"), f"the key in {NAME} was deleted"),
        (lambda aws: setattr(aws.keys_["AKIA0002"], "active", False), f"the key in {NAME} was deactivated"),
        (lambda aws: aws.versions.update(FakeAws().versions), f"{NAME} holds no credentials yet"),
        (lambda aws: aws.failures.update({1: Fail.BEFORE}), "describe failed"),
    ],
)
def test_a_secret_without_a_working_key_is_a_problem_and_hides_no_other(change: object, problem: str) -> None:
    aws = aws_with_a_key(days=3)
    if "yet" in problem:
        del aws.versions["current"]
    assert callable(change)
    change(aws)
    ages = key_ages([NAME], gateway=aws, now=NOW, function_name="f")
    assert (ages.metric, ages.problems) == (None, (problem,))

    other = aws_with_a_key(days=3)
    other.failures = {1: Fail.BEFORE}
    both = key_ages([NAME, NAME], gateway=other, now=NOW, function_name="f")
    assert both.metric is not None
    assert json.loads(both.metric)["OldestCurrentKeyDays"] == 3
    assert both.problems == ("describe failed",)


def test_the_oldest_of_several_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    aws = aws_with_a_key(days=0)
    listed, days = aws.keys("Mail-User-1ABC"), iter((3, 10, 5))
    monkeypatch.setattr(aws, "keys", lambda _: [replace(listed[1], created=NOW - timedelta(days=next(days)))])
    metric = key_ages([NAME, SECRET, NAME], gateway=aws, now=NOW, function_name="f").metric
    assert metric is not None
    assert json.loads(metric)["OldestCurrentKeyDays"] == 10
