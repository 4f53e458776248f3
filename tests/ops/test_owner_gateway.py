"""The AWS edge of owners' policies: botocore's Stubber checks parameters and answers."""

import json
from typing import Any

import pytest

from ops.aws_clients import AwsClients
from ops.errors import PermissionDeniedError, ServiceError
from ops.owner_gateway import AwsOwners
from tests.ops.support import REGION
from tests.stubs import stubbed

STATEMENT = {"Effect": "Allow"}
POLICY = json.dumps({"Statement": [STATEMENT]})
ONE = json.dumps({"Statement": STATEMENT})
ACCOUNT = "111111111111"
CALLS: dict[str, tuple[str, str, dict[str, str], str]] = {
    "kms": (
        f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1",
        "get_key_policy",
        {"KeyId": f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1"},
        "NotFoundException",
    ),
    "sns": (
        f"arn:aws:sns:{REGION}:{ACCOUNT}:bounces",
        "get_topic_attributes",
        {"TopicArn": f"arn:aws:sns:{REGION}:{ACCOUNT}:bounces"},
        "NotFound",
    ),
    "s3": ("arn:aws:s3:::their-mail", "get_bucket_policy", {"Bucket": "their-mail"}, "NoSuchBucket"),
}


def answer(service: str, policy: str) -> dict[str, Any]:
    return {"Attributes": {"Policy": policy}} if service == "sns" else {"Policy": policy}


@pytest.mark.parametrize("service", CALLS)
def test_a_policy(clients: AwsClients, service: str) -> None:
    arn, method, parameters, missing = CALLS[service]
    with stubbed(clients.client(service, REGION)) as stubber:
        stubber.add_response(method, answer(service, POLICY), parameters)
        stubber.add_response(method, answer(service, ONE), parameters)
        assert AwsOwners(clients).policy(arn, region=REGION) == [STATEMENT]
        assert AwsOwners(clients).policy(arn, region=REGION) == [STATEMENT]
        stubber.add_client_error(method, service_error_code=missing)
        assert AwsOwners(clients).policy(arn, region=REGION) is None
        stubber.add_client_error(method, service_error_code="AccessDenied")
        with pytest.raises(PermissionDeniedError):
            AwsOwners(clients).policy(arn, region=REGION)
        stubber.add_client_error(method, service_error_code="Throttling")
        with pytest.raises(ServiceError):
            AwsOwners(clients).policy(arn, region=REGION)


def test_no_policy(clients: AwsClients) -> None:
    with stubbed(clients.client("s3", REGION)) as stubber:
        stubber.add_client_error("get_bucket_policy", service_error_code="NoSuchBucketPolicy")
        assert AwsOwners(clients).policy(CALLS["s3"][0], region=REGION) == []
    with stubbed(clients.client("sns", REGION)) as stubber:
        stubber.add_response("get_topic_attributes", {"Attributes": {}})
        assert AwsOwners(clients).policy(CALLS["sns"][0], region=REGION) == []


def test_outputs_of_a_stack_by_their_logical_ids(clients: AwsClients) -> None:
    stack = {
        "StackName": "dev-Mail",
        "CreationTime": "2026-01-01T00:00:00Z",
        "StackStatus": "CREATE_COMPLETE",
        "Outputs": [
            {"OutputKey": "A", "OutputValue": "1", "Description": "one"},
            {"OutputKey": "B", "OutputValue": "2"},
        ],
    }
    with stubbed(clients.client("cloudformation", REGION)) as stubber:
        stubber.add_response("describe_stacks", {"Stacks": [stack]}, {"StackName": "dev-Mail"})
        assert AwsOwners(clients).outputs("dev-Mail", region=REGION) == {"A": "1", "B": "2"}
        stubber.add_response(
            "describe_stacks", {"Stacks": [{k: v for k, v in stack.items() if k != "Outputs"}]}
        )
        assert AwsOwners(clients).outputs("dev-Mail", region=REGION) == {}
        stubber.add_client_error("describe_stacks", service_error_code="ValidationError")
        assert AwsOwners(clients).outputs("dev-Mail", region=REGION) is None
        stubber.add_client_error("describe_stacks", service_error_code="AccessDenied")
        with pytest.raises(PermissionDeniedError):
            AwsOwners(clients).outputs("dev-Mail", region=REGION)
