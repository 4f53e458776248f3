import json
from dataclasses import dataclass
from typing import Any

import pytest

from local.embedded import ACCOUNT
from tests.local.conftest import Aws
from tests.local.test_ses_identities import refused

REGION = "us-west-1"


@dataclass(frozen=True, kw_only=True)
class Queues:
    sqs: Any

    def add(self, name: str, **attributes: str) -> str:
        url: str = self.sqs.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]
        return url

    def with_dead_letters(self, name: str, dead: str) -> str:
        return self.add(
            name, RedrivePolicy=json.dumps({"deadLetterTargetArn": arn(dead), "maxReceiveCount": 1})
        )

    def fail(self, url: str, *bodies: str) -> None:
        """Send messages and receive each too often."""
        for body in bodies:
            attributes = {"a": {"DataType": "String", "StringValue": body}}
            self.sqs.send_message(QueueUrl=url, MessageBody=body, MessageAttributes=attributes)
        for _ in range(2):
            self.sqs.receive_message(QueueUrl=url, VisibilityTimeout=0, MaxNumberOfMessages=10)

    def take(self, url: str) -> dict[str, str]:
        """Bodies and attributes of what is in a queue."""
        found = self.sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, MessageAttributeNames=["All"])
        return {
            message["Body"]: message["MessageAttributes"]["a"]["StringValue"]
            for message in found.get("Messages", [])
        }


@pytest.fixture
def queues(aws: Aws) -> Queues:
    sqs = aws.in_region(REGION)._client("sqs")
    for url in sqs.list_queues().get("QueueUrls", []):
        sqs.delete_queue(QueueUrl=url)
    return Queues(sqs=sqs)


def arn(name: str) -> str:
    return f"arn:aws:sqs:{REGION}:{ACCOUNT}:{name}"


def test_dead_letters_go_back_to_where_they_came_from(queues: Queues) -> None:
    dead = queues.add("dead")
    one, two = (queues.with_dead_letters(name, "dead") for name in ("one", "two"))
    queues.fail(one, *"abcdefghijkl")
    queues.fail(one)
    queues.fail(two, "z")
    assert queues.sqs.start_message_move_task(SourceArn=arn("dead"))["TaskHandle"]
    (task,) = queues.sqs.list_message_move_tasks(SourceArn=arn("dead"))["Results"]
    assert (task["Status"], task["ApproximateNumberOfMessagesMoved"]) == ("COMPLETED", 13)
    assert queues.take(dead) == {}
    assert queues.take(two) == {"z": "z"}
    assert len({**queues.take(one), **queues.take(one)}) == 12


def test_another_destination(queues: Queues) -> None:
    queues.add("dead")
    queues.fail(queues.with_dead_letters("one", "dead"), "a")
    other = queues.add("other")
    queues.sqs.start_message_move_task(SourceArn=arn("dead"), DestinationArn=arn("other"))
    assert queues.take(other) == {"a": "a"}


def test_refusals(queues: Queues) -> None:
    queues.add("ordinary")
    start = queues.sqs.start_message_move_task
    assert "SourceArn" in refused("ResourceNotFoundException", start, SourceArn=arn("missing"))
    with pytest.raises(queues.sqs.exceptions.ClientError, match="must be configured as a Dead Letter Queue"):
        start(SourceArn=arn("ordinary"))
