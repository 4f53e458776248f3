"""A Lambda action really calls the function, and does what it answers."""

import io
import json
import time
import zipfile

import pytest

from local.embedded import ACCOUNT, EmbeddedAws
from tests.local.conftest import Aws
from tests.local.receiving import Receiver, header, new_receiver, rule

REGION = "ap-southeast-2"
DOMAIN = "functions.example"
ME = f"me@{DOMAIN}"

# Does what the subject says, and leaves the event in the bucket.
CODE = """
import json, os, boto3
def handler(event, context):
    mail = event["Records"][0]["ses"]["mail"]
    boto3.client("s3").put_object(
        Bucket=os.environ["BUCKET"], Key="event/" + mail["messageId"], Body=json.dumps(event)
    )
    if mail["commonHeaders"]["subject"] == "raise":
        raise ValueError("no")
    return {"disposition": mail["commonHeaders"]["subject"]}
"""


@pytest.fixture(scope="module")
def receiver(embedded_aws: EmbeddedAws, aws: Aws) -> Receiver:
    found = new_receiver(embedded_aws, aws.in_region(REGION))
    found.aws.verified_domain(DOMAIN)
    return found


@pytest.fixture(scope="module")
def function(receiver: Receiver) -> str:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("index.py", CODE)
    arn: str = receiver.client("lambda").create_function(
        FunctionName="decides",
        Runtime="python3.12",
        Handler="index.handler",
        Role=f"arn:aws:iam::{ACCOUNT}:role/any",
        Code={"ZipFile": packed.getvalue()},
        Environment={"Variables": {"BUCKET": receiver.bucket}},
        Timeout=20,
    )["FunctionArn"]
    return arn


@pytest.mark.parametrize(
    "answer,kept",
    [
        ("CONTINUE", ["a", "b"]),
        ("STOP_RULE", ["b"]),
        ("STOP_RULE_SET", []),
        ("stop_rule_set", ["a", "b"]),
        ("raise", ["a", "b"]),
    ],
)
def test_a_function_decides(receiver: Receiver, function: str, answer: str, kept: list[str]) -> None:
    ask = {"LambdaAction": {"FunctionArn": function, "InvocationType": "RequestResponse"}}
    with receiver.active(rule("a", ask, header("X-A")), rule("b", header("X-B"))):
        message_id = receiver.deliver(ME, content=f"Subject: {answer}\r\n\r\n".encode())
    first, *rest = receiver.done(message_id)
    assert first == ("a", "LambdaAction", "FunctionFailedError" if answer == "raise" else "")
    assert [name for name, _, _ in rest] == kept
    (record,) = json.loads(receiver.objects()[f"event/{message_id}"])["Records"]
    assert (record["eventSource"], record["eventVersion"]) == ("aws:ses", "1.0")
    assert record["ses"]["mail"]["messageId"] == message_id
    assert record["ses"]["receipt"]["action"] == {
        "type": "Lambda",
        "functionArn": function,
        "invocationType": "RequestResponse",
    }


def test_a_function_that_is_not_waited_for(receiver: Receiver, function: str) -> None:
    ask = {"LambdaAction": {"FunctionArn": function, "TopicArn": receiver.topic}}
    with receiver.active(rule("a", ask, header("X-A"))):
        message_id = receiver.deliver(ME, content=b"Subject: STOP_RULE_SET\r\n\r\n")
    assert receiver.done(message_id) == [("a", "LambdaAction", ""), ("a", "AddHeaderAction", "")]
    (message,) = receiver.messages()
    assert message["receipt"]["action"]["invocationType"] == "Event"
    deadline = time.monotonic() + 10
    while f"event/{message_id}" not in receiver.objects():
        assert time.monotonic() < deadline
        time.sleep(0.05)
