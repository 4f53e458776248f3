"""The event is that of the CloudWatch User Guide, Invoke a Lambda function from an alarm, shortened."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from constructs_lib.runtimes.reputation_pause.handler import handle

CALL = "put_configuration_set_sending_options"
EXPECTED = {"ConfigurationSetName": "news", "SendingEnabled": False}


def event(state: str) -> dict[str, Any]:
    return {
        "source": "aws.cloudwatch",
        "alarmArn": "arn:aws:cloudwatch:eu-west-1:111111111111:alarm:Critical",
        "accountId": "111111111111",
        "time": "2026-01-31T12:36:15.490+0000",
        "region": "eu-west-1",
        "alarmData": {
            "alarmName": "Critical",
            "state": {"value": state, "reason": "test", "timestamp": "2026-01-31T12:36:15.490+0000"},
            "previousState": {"value": "OK", "reason": "test", "timestamp": "2026-01-31T11:31:29.591+0000"},
        },
    }


@pytest.fixture
def ses(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stubber]:
    client = boto3.Session(
        region_name="eu-west-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",  # noqa: S106 - nothing is called
    ).client("sesv2")
    monkeypatch.setenv("CONFIGURATION_SET_NAME", "news")
    monkeypatch.setattr(boto3, "client", lambda *_, **__: client)
    with Stubber(client) as stubber:
        yield stubber
        stubber.assert_no_pending_responses()


def test_an_alarm_pauses_the_set_of_the_environment(ses: Stubber, caplog: pytest.LogCaptureFixture) -> None:
    ses.add_response(CALL, {}, EXPECTED)
    handle(event("ALARM"), None)
    assert "paused configuration set news for Critical" in caplog.text


@pytest.mark.parametrize("state", ["OK", "INSUFFICIENT_DATA"])
@pytest.mark.usefixtures("ses")
def test_nothing_else_calls_ses(state: str) -> None:
    handle(event(state), None)


def test_a_refusal_is_an_error_that_lambda_repeats(ses: Stubber, caplog: pytest.LogCaptureFixture) -> None:
    ses.add_client_error(CALL, "NotFoundException", expected_params=EXPECTED)
    with pytest.raises(ClientError, match="NotFoundException"):
        handle(event("ALARM"), None)
    assert "paused" not in caplog.text


def test_an_unreadable_event_is_an_error() -> None:
    with pytest.raises(KeyError):
        handle({}, None)
