"""The chain that incoming mail takes, deployed: rule, bucket, topic, queue, function, SES again.

The function is a small one of its own: what is shown here is that the embedded AWS carries it.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_event_sources as sources
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_ses as ses
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from aws_cdk import aws_sqs as sqs

from local.embedded import EmbeddedAws
from local.mailbox import read_raw, sent_messages
from local.receipt_targets import SETUP_ID
from tests.local.conftest import Aws
from tests.local.deployable import Deployable, delete_stack, new_deployable_stack

REGION = "ca-central-1"
STACK = "InboundChain"
DOMAIN = "chain.example"
ME = f"me@{DOMAIN}"

# Forwards once, however often it is told; a subject that says so fails.
CODE = """
import json, boto3
from botocore.exceptions import ClientError
s3, ses = boto3.client("s3"), boto3.client("sesv2")
def handler(event, context):
    failed = []
    for record in event["Records"]:
        said = json.loads(record["body"])
        where = said["receipt"]["action"]
        if said["mail"]["messageId"] == "AMAZON_SES_SETUP_NOTIFICATION":
            continue
        if said["mail"]["commonHeaders"].get("subject") == "fail":
            failed.append({"itemIdentifier": record["messageId"]})
            continue
        place = {"Bucket": where["bucketName"], "Key": where["objectKey"]}
        try:
            s3.put_object(Bucket=place["Bucket"], Key=place["Key"] + ".done", Body=b"", IfNoneMatch="*")
        except ClientError as error:
            assert error.response["Error"]["Code"] == "PreconditionFailed", error
            continue
        body = s3.get_object(**place)["Body"].read()
        content = b"From: me@chain.example\\r\\n" + body[body.index(b"Subject:"):]
        ses.send_email(FromEmailAddress="me@chain.example", Content={"Raw": {"Data": content}},
                       Destination={"ToAddresses": ["x@elsewhere.example"]})
    return {"batchItemFailures": failed}
"""


@dataclass(frozen=True, kw_only=True)
class Chain:
    embedded: EmbeddedAws
    aws: Aws
    bucket: str
    key: str
    dead_letters: str

    def deliver(self, content: bytes) -> str:
        return self.embedded.inbound_server.deliver(
            content, sender="you@other.example", recipients=[ME], region=REGION
        )

    def forwarded(self) -> list[str]:
        messages = sent_messages(self.aws.endpoint_url)
        return [
            message["MessageId"]
            for message in messages
            if message.get("Destinations") == ["x@elsewhere.example"]
        ]


def eventually(found: Callable[[], Any]) -> Any:  # noqa: ANN401 - whatever it finds
    deadline = time.monotonic() + 20
    while not (value := found()):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return value


@pytest.fixture(scope="module")
def chain(embedded_aws: EmbeddedAws, aws: Aws) -> Iterator[Chain]:
    region = aws.in_region(REGION)
    region.verified_domain(DOMAIN)
    stack = new_deployable_stack(STACK, region=REGION)
    key = kms.Key(stack, "Key", removal_policy=RemovalPolicy.DESTROY)
    bucket = s3.Bucket(
        stack,
        "Mail",
        encryption=s3.BucketEncryption.KMS,
        encryption_key=key,
        removal_policy=RemovalPolicy.DESTROY,
    )
    topic = sns.Topic(stack, "Topic")
    dead_letters = sqs.Queue(stack, "DeadLetters", queue_name="chain-dead")
    queue = sqs.Queue(
        stack,
        "Queue",
        visibility_timeout=Duration.seconds(3),
        dead_letter_queue=sqs.DeadLetterQueue(queue=dead_letters, max_receive_count=2),
    )
    topic.add_subscription(subscriptions.SqsSubscription(queue, raw_message_delivery=True))
    function = lambda_.Function(
        stack,
        "Function",
        runtime=lambda_.Runtime.PYTHON_3_12,
        handler="index.handler",
        code=lambda_.Code.from_inline(CODE),
        timeout=Duration.seconds(3),
    )
    function.add_event_source(sources.SqsEventSource(queue, report_batch_item_failures=True))
    rules = ses.CfnReceiptRuleSet(stack, "Rules", rule_set_name="chain")
    actions = [
        ses.CfnReceiptRule.ActionProperty(
            s3_action=ses.CfnReceiptRule.S3ActionProperty(
                bucket_name=bucket.bucket_name, object_key_prefix="in/", topic_arn=topic.topic_arn
            )
        )
    ]
    ses.CfnReceiptRule(
        stack,
        "Rule",
        rule_set_name=rules.ref,
        rule=ses.CfnReceiptRule.RuleProperty(name="all", enabled=True, recipients=[DOMAIN], actions=actions),
    )
    Deployable.of(stack).deploy(region)
    region.ses_v1.set_active_receipt_rule_set(RuleSetName="chain")
    found = region.cloudformation.describe_stack_resources(StackName=STACK)["StackResources"]
    ids = {each["ResourceType"]: each["PhysicalResourceId"] for each in found}
    url: str = region._client("sqs").get_queue_url(QueueName="chain-dead")["QueueUrl"]
    yield Chain(
        embedded=embedded_aws,
        aws=region,
        bucket=ids["AWS::S3::Bucket"],
        key=ids["AWS::KMS::Key"],
        dead_letters=url,
    )
    region.ses_v1.set_active_receipt_rule_set()
    delete_stack(region, STACK)


def test_the_message_is_encrypted_and_forwarded_byte_for_byte(chain: Chain) -> None:
    content = b"Subject: s\r\nX: \xe9\r\n\r\n.\r\n\xff bare\nline\r\n"
    message_id = chain.deliver(content)
    (forwarded,) = eventually(chain.forwarded)
    assert read_raw(chain.aws.endpoint_url, forwarded) == b"From: me@chain.example\r\n" + content
    stored = chain.aws._client("s3").get_object(Bucket=chain.bucket, Key=f"in/{message_id}")
    assert stored["ServerSideEncryption"] == "aws:kms"
    assert stored["SSEKMSKeyId"].endswith(chain.key)
    listed = chain.aws._client("s3").list_objects_v2(Bucket=chain.bucket)["Contents"]
    assert sorted(found["Key"] for found in listed) == sorted(
        [f"in/{SETUP_ID}", f"in/{message_id}", f"in/{message_id}.done"]
    )


def test_one_failure_of_a_batch_ends_among_the_dead_letters(chain: Chain) -> None:
    before = len(chain.forwarded())
    failing = chain.deliver(b"Subject: fail\r\n\r\n")
    chain.deliver(b"Subject: good\r\n\r\n")
    sqs_client = chain.aws._client("sqs")
    (dead,) = eventually(lambda: sqs_client.receive_message(QueueUrl=chain.dead_letters).get("Messages", []))
    assert failing in dead["Body"]
    sqs_client.change_message_visibility(
        QueueUrl=chain.dead_letters, ReceiptHandle=dead["ReceiptHandle"], VisibilityTimeout=0
    )
    eventually(lambda: len(chain.forwarded()) == before + 1)
