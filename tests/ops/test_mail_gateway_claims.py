"""Claims in S3 and dead letters in SQS: what is asked of AWS, and what becomes of each answer."""

from collections.abc import Iterator

import pytest
from botocore.stub import Stubber

from ops.aws_clients import AwsClients
from ops.errors import (
    PermissionDeniedError,
    RedriveRunningError,
)
from ops.mail_gateway import AwsMailStore
from ops.received_mail import StoredClaim
from tests.ops.mail_answers import INBOX, NOW, body, stored
from tests.ops.support import REGION
from tests.stubs import stubbed

QUEUE = f"arn:aws:sqs:{REGION}:111111111111:support-dlq"
CLAIM = "support/a/claims/0000.json"


@pytest.fixture
def sqs(clients: AwsClients) -> Iterator[Stubber]:
    with stubbed(clients.client("sqs", REGION)) as stubber:
        yield stubber


def test_the_claims_of_one_message(store: AwsMailStore, s3: Stubber) -> None:
    asked = {"Bucket": "mail", "Prefix": "support/a/claims/"}
    listed = [stored(f"a/claims/{number:04d}.json") for number in range(2)]
    s3.add_response(
        "list_objects_v2",
        {"Contents": listed[:1], "IsTruncated": True, "NextContinuationToken": "next"},
        asked,
    )
    s3.add_response("list_objects_v2", {"Contents": listed[1:]}, {**asked, "ContinuationToken": "next"})
    assert store.claim_keys(INBOX, "a") == (CLAIM, "support/a/claims/0001.json")
    s3.add_response("list_objects_v2", {}, {"Bucket": "mail", "Prefix": "support/b/claims/"})
    assert store.claim_keys(INBOX, "b") == ()


def test_a_claim_and_when_it_was_written(store: AwsMailStore, s3: Stubber) -> None:
    s3.add_response(
        "get_object",
        {"Body": body(b"claim"), "ETag": '"1"', "LastModified": NOW},
        {"Bucket": "mail", "Key": CLAIM},
    )
    assert store.read_claim(INBOX, CLAIM) == StoredClaim(body=b"claim", etag='"1"', written_at=NOW)


def test_a_claim_is_only_written_in_place_of_the_one_that_was_read(store: AwsMailStore, s3: Stubber) -> None:
    asked = {
        "Bucket": "mail",
        "Key": CLAIM,
        "Body": b"claim",
        "ContentType": "application/json",
        "IfMatch": '"1"',
    }

    def write() -> str | None:
        return store.write_claim(INBOX, CLAIM, b"claim", instead_of='"1"')

    s3.add_response("put_object", {"ETag": '"2"'}, asked)
    assert write() == '"2"'
    for code, status in (("PreconditionFailed", 412), ("ConditionalRequestConflict", 409)):
        s3.add_client_error("put_object", code, http_status_code=status, expected_params=asked)
        assert write() is None
    s3.add_client_error("put_object", "AccessDenied", http_status_code=403)
    with pytest.raises(PermissionDeniedError, match="allow s3:PutObject or kms:GenerateDataKey"):
        write()


def test_dead_letters_are_those_that_wait_and_those_that_somebody_looks_at(
    store: AwsMailStore, sqs: Stubber
) -> None:
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    asked = {"QueueName": "support-dlq", "QueueOwnerAWSAccountId": "111111111111"}
    sqs.add_response("get_queue_url", {"QueueUrl": "https://queue"}, asked)
    sqs.add_response(
        "get_queue_attributes",
        {"Attributes": dict(zip(names, ("2", "1"), strict=True))},
        {"QueueUrl": "https://queue", "AttributeNames": tuple(names)},
    )
    assert store.dead_letters(QUEUE, region=REGION) == 3


@pytest.mark.parametrize(
    "last", [[], [{"Status": "COMPLETED"}], [{"Status": "FAILED"}], [{"Status": "CANCELLED"}]]
)
def test_dead_letters_go_back_to_where_they_came_from(
    store: AwsMailStore, sqs: Stubber, last: list[dict[str, str]]
) -> None:
    sqs.add_response("list_message_move_tasks", {"Results": last}, {"SourceArn": QUEUE})
    sqs.add_response("start_message_move_task", {}, {"SourceArn": QUEUE})
    store.redrive(QUEUE, region=REGION)


@pytest.mark.parametrize("status", ["RUNNING", "CANCELLING"])
def test_dead_letters_that_are_moved_already(store: AwsMailStore, sqs: Stubber, status: str) -> None:
    sqs.add_response("list_message_move_tasks", {"Results": [{"Status": status}]})
    with pytest.raises(RedriveRunningError, match="support-dlq already"):
        store.redrive(QUEUE, region=REGION)


@pytest.mark.parametrize(
    "call, action", [("dead_letters", "GetQueueUrl"), ("redrive", "ListMessageMoveTasks")]
)
def test_a_permission_of_sqs_that_is_missing(
    store: AwsMailStore, sqs: Stubber, call: str, action: str
) -> None:
    operation = {"dead_letters": "get_queue_url", "redrive": "list_message_move_tasks"}[call]
    sqs.add_client_error(operation, "AccessDeniedException")
    with pytest.raises(PermissionDeniedError, match=f"allow sqs:{action}"):
        getattr(store, call)(QUEUE, region=REGION)
