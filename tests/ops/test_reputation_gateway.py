"""The AWS edge of reputation: botocore's Stubber checks parameters and answers."""

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from botocore.stub import Stubber

from ops.aws_clients import AwsClients
from ops.errors import PermissionDeniedError
from ops.reputation_gateway import AwsReputation
from ops.reputation_ports import AccountAnswer, AlarmAnswer, Question
from tests.ops.reputation_fakes import NOW
from tests.ops.support import REGION
from tests.stubs import stubbed

SENDS = Question(namespace="AWS/SES", name="Send")
OF_SET = Question(
    namespace="AWS/SES",
    name="Reputation.BounceRate",
    dimension=("ses:configuration-set", "news"),
    statistic="Maximum",
)
MONTH = Question(namespace="AWS/SES", name="Send", hours=720)
URL = "https://sqs.eu-west-1.amazonaws.com/1/q"


@pytest.fixture
def gateway(clients: AwsClients) -> AwsReputation:
    return AwsReputation(clients)


def client(name: str) -> Any:  # noqa: ANN401 - a fixture
    @pytest.fixture
    def stub(clients: AwsClients) -> Iterator[Stubber]:
        with stubbed(clients.client(name, REGION)) as stubber:
            yield stubber

    return stub


cloudwatch, ses, sqs = client("cloudwatch"), client("sesv2"), client("sqs")


def query(query_id: str, metric: str, dimensions: list[dict[str, str]], statistic: str) -> dict[str, Any]:
    return {
        "Id": query_id,
        "MetricStat": {
            "Metric": {"Namespace": "AWS/SES", "MetricName": metric, "Dimensions": dimensions},
            "Period": 3600,
            "Stat": statistic,
        },
    }


def test_values_by_the_hour_each_length_of_time_once(gateway: AwsReputation, cloudwatch: Stubber) -> None:
    end = NOW.replace(hour=13, minute=0)
    asked = {"EndTime": end, "ScanBy": "TimestampDescending"}
    by_set = [{"Name": "ses:configuration-set", "Value": "news"}]
    day = asked | {
        "StartTime": end - timedelta(hours=24),
        "MetricDataQueries": [
            query("q0", "Send", [], "Sum"),
            query("q1", "Reputation.BounceRate", by_set, "Maximum"),
        ],
    }
    cloudwatch.add_response(
        "get_metric_data",
        {"MetricDataResults": [{"Id": "q0", "Values": [1.0, 2.0]}], "NextToken": "more"},
        day,
    )
    cloudwatch.add_response(
        "get_metric_data",
        {"MetricDataResults": [{"Id": "q0", "Values": [3.0]}, {"Id": "q1", "Values": []}]},
        day | {"NextToken": "more"},
    )
    cloudwatch.add_response(
        "get_metric_data",
        {"MetricDataResults": [{"Id": "q2", "Values": [9.0]}]},
        asked
        | {
            "StartTime": end - timedelta(hours=720),
            "MetricDataQueries": [query("q2", "Send", [], "Sum")],
        },
    )
    found = gateway.values([SENDS, OF_SET, MONTH], region=REGION, now=NOW)
    assert found == ((1, 2, 3), (), (9,))


def test_alarms_a_hundred_at_once_in_the_order_asked(gateway: AwsReputation, cloudwatch: Stubber) -> None:
    names = [f"a{number}" for number in range(101)]
    described = {
        "AlarmName": "a1",
        "StateValue": "ALARM",
        "StateReason": "r",
        "StateTransitionedTimestamp": NOW,
    }
    plain = {"AlarmName": "a0", "StateValue": "OK"}
    cloudwatch.add_response(
        "describe_alarms",
        {"MetricAlarms": [described, plain]},
        {"AlarmNames": names[:100], "MaxRecords": 100},
    )
    cloudwatch.add_response(
        "describe_alarms", {"MetricAlarms": []}, {"AlarmNames": ["a100"], "MaxRecords": 100}
    )
    assert gateway.alarms(names, region=REGION) == (
        AlarmAnswer(name="a0", state="OK", reason=""),
        AlarmAnswer(name="a1", state="ALARM", reason="r", since=NOW),
    )


def test_no_names_are_no_question(gateway: AwsReputation) -> None:
    assert gateway.alarms([], region=REGION) == ()


def history(*states: str) -> dict[str, Any]:
    return {
        "AlarmHistoryItems": [
            {
                "Timestamp": NOW,
                "HistoryData": json.dumps({"newState": {"stateValue": state, "stateReason": f"why {state}"}}),
            }
            for state in states
        ]
    }


def test_the_last_time_that_an_alarm_was_raised(gateway: AwsReputation, cloudwatch: Stubber) -> None:
    asked = {"AlarmName": "a", "HistoryItemType": "StateUpdate", "ScanBy": "TimestampDescending"}
    cloudwatch.add_response("describe_alarm_history", history("OK", "ALARM", "ALARM"), asked)
    assert gateway.last_raised("a", region=REGION) == AlarmAnswer(
        name="a", state="ALARM", reason="why ALARM", since=NOW
    )
    cloudwatch.add_response("describe_alarm_history", history("OK"), asked)
    assert gateway.last_raised("a", region=REGION) is None


def test_the_account(gateway: AwsReputation, ses: Stubber) -> None:
    ses.add_response(
        "get_account",
        {
            "SendingEnabled": True,
            "EnforcementStatus": "PROBATION",
            "SendQuota": {"Max24HourSend": 50000.0, "SentLast24Hours": 12.0},
        },
        {},
    )
    assert gateway.account(region=REGION) == AccountAnswer(
        sending=True, enforcement="PROBATION", quota=50000, sent=12
    )


def test_whether_a_set_sends_and_to_send_again(gateway: AwsReputation, ses: Stubber) -> None:
    asked = {"ConfigurationSetName": "news"}
    ses.add_response("get_configuration_set", {"SendingOptions": {"SendingEnabled": False}}, asked)
    assert gateway.sending_enabled("news", region=REGION) is False
    ses.add_response("get_configuration_set", {}, asked)
    assert gateway.sending_enabled("news", region=REGION) is True
    ses.add_client_error("get_configuration_set", "NotFoundException")
    assert gateway.sending_enabled("news", region=REGION) is None
    ses.add_response("put_configuration_set_sending_options", {}, asked | {"SendingEnabled": True})
    gateway.resume("news", region=REGION)


def test_what_waits(gateway: AwsReputation, sqs: Stubber) -> None:
    sqs.add_response("get_queue_url", {"QueueUrl": URL}, {"QueueName": "q"})
    sqs.add_response(
        "get_queue_attributes",
        {"Attributes": {"ApproximateNumberOfMessages": "3"}},
        {"QueueUrl": URL, "AttributeNames": ["ApproximateNumberOfMessages"]},
    )
    assert gateway.waiting("q", region=REGION) == 3
    for code in ("AWS.SimpleQueueService.NonExistentQueue", "QueueDoesNotExist"):
        sqs.add_client_error("get_queue_url", code)
        assert gateway.waiting("q", region=REGION) is None


CALLS: dict[tuple[str, str], Callable[[AwsReputation], object]] = {
    ("cloudwatch", "GetMetricData"): lambda it: it.values([SENDS], region=REGION, now=NOW),
    ("cloudwatch", "DescribeAlarms"): lambda it: it.alarms(["a"], region=REGION),
    ("cloudwatch", "DescribeAlarmHistory"): lambda it: it.last_raised("a", region=REGION),
    ("ses", "GetAccount"): lambda it: it.account(region=REGION),
    ("ses", "GetConfigurationSet"): lambda it: it.sending_enabled("news", region=REGION),
    ("ses", "PutConfigurationSetSendingOptions"): lambda it: it.resume("news", region=REGION),
    ("sqs", "GetQueueUrl"): lambda it: it.waiting("q", region=REGION),
}


@pytest.mark.parametrize("service, action", CALLS, ids=lambda value: value)
def test_a_missing_permission_is_named(clients: AwsClients, service: str, action: str) -> None:
    operation = "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in action)[1:]
    with stubbed(clients.client({"ses": "sesv2"}.get(service, service), REGION)) as stubber:
        stubber.add_client_error(operation, "AccessDenied", "User: arn:aws:iam::1:user/x is not authorized")
        with pytest.raises(PermissionDeniedError, match=f"allow {service}:{action} for") as caught:
            CALLS[service, action](AwsReputation(clients))
    assert "arn:aws" not in str(caught.value)
