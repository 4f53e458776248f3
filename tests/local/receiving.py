"""What the tests of receiving share: a domain whose mail SES receives, targets of rules, their content."""

import itertools
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from local.embedded import ACCOUNT, EmbeddedAws
from tests.local.conftest import Aws

_NUMBERS = itertools.count(1)
MESSAGE = b"From: you@other.example\r\nTo: me@example.com\r\nSubject: s\r\n\r\nbody\r\n"


def rule(name: str, *actions: dict[str, Any], **changes: Any) -> dict[str, Any]:  # noqa: ANN401 - members of a rule
    return {"Name": name, "Enabled": True, "Actions": list(actions), **changes}


def header(name: str) -> dict[str, Any]:
    return {"AddHeaderAction": {"HeaderName": name, "HeaderValue": "yes"}}


@dataclass(frozen=True, kw_only=True)
class Receiver:
    """The receiving side of one Region of an embedded AWS, with a bucket and a topic that a queue hears."""

    embedded: EmbeddedAws
    aws: Aws
    bucket: str
    topic: str
    queue_url: str

    def client(self, service: str) -> Any:  # noqa: ANN401 - no stubs for it
        return self.aws._client(service)

    def store(self, **changes: str) -> dict[str, Any]:
        return {"S3Action": {"BucketName": self.bucket, **changes}}

    @contextmanager
    def active(self, *rules: dict[str, Any]) -> Iterator[str]:
        """A rule set with these rules, active meanwhile; its name."""
        name, ses = f"set{next(_NUMBERS)}", self.aws.ses_v1
        ses.create_receipt_rule_set(RuleSetName=name)
        for each in reversed(rules):  # without After, each becomes the first
            created: Any = each
            ses.create_receipt_rule(RuleSetName=name, Rule=created)
        self.messages()
        ses.set_active_receipt_rule_set(RuleSetName=name)
        try:
            yield name
        finally:
            ses.set_active_receipt_rule_set()
            ses.delete_receipt_rule_set(RuleSetName=name)

    def deliver(self, *recipients: str, content: bytes = MESSAGE, sender: str = "you@other.example") -> str:
        return self.embedded.inbound_server.deliver(
            content, sender=sender, recipients=recipients, region=self.aws.region
        )

    def objects(self) -> dict[str, bytes]:
        s3 = self.client("s3")
        keys = [found["Key"] for found in s3.list_objects_v2(Bucket=self.bucket).get("Contents", ())]
        return {key: s3.get_object(Bucket=self.bucket, Key=key)["Body"].read() for key in keys}

    def messages(self) -> list[dict[str, Any]]:
        """What the topic has published since it was last asked."""
        sqs, found = self.client("sqs"), []
        while messages := sqs.receive_message(QueueUrl=self.queue_url, MaxNumberOfMessages=10).get(
            "Messages"
        ):
            for message in messages:
                found.append(json.loads(message["Body"]))
                sqs.delete_message(QueueUrl=self.queue_url, ReceiptHandle=message["ReceiptHandle"])
        return found

    def done(self, message_id: str) -> list[tuple[str, str, str]]:
        """Rule, type and problem of each action on a message."""
        taken = self.embedded.inbound_server.actions(message_id)
        return [(action.rule, action.type, action.problem) for action in taken]


def new_receiver(embedded: EmbeddedAws, aws: Aws) -> Receiver:
    name, region = f"mail-{next(_NUMBERS)}-{aws.region}", aws.region
    s3, sns, sqs = (aws._client(service) for service in ("s3", "sns", "sqs"))
    elsewhere = {"CreateBucketConfiguration": {"LocationConstraint": region}} if region != "us-east-1" else {}
    s3.create_bucket(Bucket=name, **elsewhere)
    topic: str = sns.create_topic(Name=name)["TopicArn"]
    queue_url: str = sqs.create_queue(QueueName=name)["QueueUrl"]
    sns.subscribe(
        TopicArn=topic,
        Protocol="sqs",
        Endpoint=f"arn:aws:sqs:{region}:{ACCOUNT}:{name}",
        Attributes={"RawMessageDelivery": "true"},
    )
    return Receiver(embedded=embedded, aws=aws, bucket=name, topic=topic, queue_url=queue_url)
