"""A critical alarm really stops one configuration set, and a person really resumes it."""

import json
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs

from constructs_lib.monitoring.event_counts import EventCounts
from constructs_lib.monitoring.reputation_alarms import ReputationAlarms
from constructs_lib.monitoring.reputation_pause import ReputationPause
from constructs_lib.sending.sending_profile import SendingProfile
from tests.local.conftest import Aws
from tests.local.deployable import Deployable, delete_stack, new_deployable_stack
from tests.local.test_ses_identities import refused

SIMPLE: Any = {"Simple": {"Subject": {"Data": "s"}, "Body": {"Text": {"Data": "t"}}}}
MESSAGE: Any = SIMPLE["Simple"]


def eventually(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < deadline, "it did not come"
        time.sleep(0.05)


@pytest.fixture
def name(aws: Aws, domain: str) -> Iterator[str]:
    """The stem of two configuration sets, of which the first may be paused; the domain sends."""
    aws.verified_domain(domain)
    stem = domain.removesuffix(".example")
    stack = new_deployable_stack(f"{stem}-pause")
    topic = sns.Topic(stack, "Operators", topic_name=f"{stem}-alarms")
    queue = sqs.Queue(stack, "Pager", queue_name=f"{stem}-pager")
    sns.Subscription(
        stack,
        "Subscription",
        topic=topic,
        protocol=sns.SubscriptionProtocol.SQS,
        endpoint=queue.queue_arn,
        raw_message_delivery=True,
    )
    for each in ("news", "billing"):
        profile = SendingProfile(stack, each, configuration_set_name=f"{stem}-{each}")
        counts = EventCounts(stack, f"{each}.Counts", configuration_set=profile)
        alarms = ReputationAlarms(
            stack,
            f"{each}.Alarms",
            configuration_set_name=f"{stem}-{each}",
            event_metrics=counts.destination,
            name_prefix=f"{stem}-{each}",
            alarm_actions=[actions.SnsAction(topic)],
        )
        if each == "news":
            ReputationPause(stack, "Pause", reputation=alarms)
    deployable = Deployable.of(stack)
    deployable.deploy(aws)
    yield stem
    delete_stack(aws, deployable.name)


def send(aws: Aws, stem: str, which: str) -> str:
    return aws.send(f"me@{stem}.example", ConfigurationSetName=f"{stem}-{which}")


def sends(aws: Aws, configuration_set: str) -> bool:
    found = aws.ses.get_configuration_set(ConfigurationSetName=configuration_set)
    return found["SendingOptions"]["SendingEnabled"]


def raise_alarm(aws: Aws, alarm: str, state: str = "ALARM") -> None:
    aws._client("cloudwatch").set_alarm_state(AlarmName=alarm, StateValue=state, StateReason="rehearsed")


def test_a_critical_alarm_stops_its_set_and_no_other_until_somebody_resumes(aws: Aws, name: str) -> None:
    send(aws, name, "news")
    raise_alarm(aws, f"{name}-news-bounce-critical")
    eventually(lambda: not sends(aws, f"{name}-news"))
    message = refused(
        "SendingPausedException",
        aws.ses.send_email,
        FromEmailAddress=f"me@{name}.example",
        Destination={"ToAddresses": ["success@simulator.amazonses.com"]},
        Content=SIMPLE,
        ConfigurationSetName=f"{name}-news",
    )
    assert message == f"Sending paused for configuration set {name}-news."
    refused(
        "ConfigurationSetSendingPausedException",
        aws.ses_v1.send_email,
        Source=f"me@{name}.example",
        Destination={"ToAddresses": ["success@simulator.amazonses.com"]},
        Message=MESSAGE,
        ConfigurationSetName=f"{name}-news",
    )
    assert send(aws, name, "billing")
    assert sends(aws, f"{name}-billing")
    # The end of the alarm resumes nothing.
    raise_alarm(aws, f"{name}-news-bounce-critical", "OK")
    assert not sends(aws, f"{name}-news")
    aws.ses.put_configuration_set_sending_options(ConfigurationSetName=f"{name}-news", SendingEnabled=True)
    assert send(aws, name, "news")


@pytest.mark.parametrize("alarm", ["news-bounce-warning", "billing-bounce-critical"])
def test_no_other_alarm_stops_anything_and_people_are_told(aws: Aws, name: str, alarm: str) -> None:
    raise_alarm(aws, f"{name}-{alarm}")
    client = aws._client("sqs")
    url = client.get_queue_url(QueueName=f"{name}-pager")["QueueUrl"]
    (told,) = client.receive_message(QueueUrl=url)["Messages"]
    body = json.loads(told["Body"])
    assert (body["AlarmName"], body["NewStateValue"]) == (f"{name}-{alarm}", "ALARM")
    assert send(aws, name, "news")
    assert send(aws, name, "billing")


def counted(aws: Aws, *dimension: str) -> float:
    now = datetime.now(UTC)
    (found,) = aws._client("cloudwatch").get_metric_data(
        MetricDataQueries=[
            {
                "Id": "q",
                "MetricStat": {
                    "Metric": {
                        "Namespace": "AWS/SES",
                        "MetricName": "Send",
                        "Dimensions": [
                            {"Name": "ses:configuration-set", "Value": each} for each in dimension
                        ],
                    },
                    "Period": 3600,
                    "Stat": "Sum",
                },
            }
        ],
        StartTime=now - timedelta(hours=2),
        EndTime=now + timedelta(hours=1),
    )["MetricDataResults"]
    return float(sum(found["Values"]))


def test_what_was_sent_is_counted_once_for_the_set_and_once_for_the_account(aws: Aws, name: str) -> None:
    before = counted(aws)
    send(aws, name, "news")
    send(aws, name, "news")
    assert counted(aws, f"{name}-news") == 2
    assert counted(aws, f"{name}-billing") == 0
    assert counted(aws) - before == 2
    metrics = aws._client("cloudwatch").list_metrics(Namespace="AWS/SES")["Metrics"]
    found = {
        (each["MetricName"], *(dimension["Value"] for dimension in each["Dimensions"])) for each in metrics
    }
    assert {("Reputation.BounceRate", f"{name}-news"), ("Reputation.BounceRate",)} <= found


def test_alarms_keep_their_metric_math(aws: Aws, name: str) -> None:
    (alarm,) = aws._client("cloudwatch").describe_alarms(AlarmNames=[f"{name}-news-bounce-critical"])[
        "MetricAlarms"
    ]
    assert alarm["StateValue"] == "INSUFFICIENT_DATA"
    expressions = [each["Expression"] for each in alarm["Metrics"] if "Expression" in each]
    assert expressions == ["IF(sends >= 50, rate, 0)"]
