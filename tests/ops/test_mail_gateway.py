"""Stored mail: what is asked of AWS, and what becomes of each answer."""

import io
import json
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from botocore.response import StreamingBody
from botocore.stub import Stubber

from ops.aws_clients import AwsClients
from ops.errors import (
    FileError,
    PermissionDeniedError,
    RecordUnreadableError,
    ServiceError,
    UnreachableError,
)
from ops.mail_gateway import AwsMailStore
from ops.received_mail import StoredObject
from tests.ops.mail_answers import INBOX, NOW, body, stored
from tests.ops.mailboxes import summary
from tests.ops.support import REGION
from tests.stubs import stubbed


@pytest.fixture
def cloudformation(clients: AwsClients) -> Iterator[Stubber]:
    with stubbed(clients.client("cloudformation", REGION)) as stubber:
        yield stubber


def test_raw_messages_of_every_page_and_nothing_that_stands_behind_a_slash(
    store: AwsMailStore, s3: Stubber
) -> None:
    asked = {"Bucket": "mail", "Prefix": "support/", "Delimiter": "/"}
    s3.add_response(
        "list_objects_v2",
        {"Contents": [stored("a")], "IsTruncated": True, "NextContinuationToken": "next"},
        asked,
    )
    s3.add_response("list_objects_v2", {"Contents": [stored("b", 7)]}, {**asked, "ContinuationToken": "next"})
    assert list(store.raw_messages(INBOX)) == [
        StoredObject(key="support/a", stored_at=NOW, size=5),
        StoredObject(key="support/b", stored_at=NOW, size=7),
    ]


def test_an_empty_inbox_is_none(store: AwsMailStore, s3: Stubber) -> None:
    s3.add_response("list_objects_v2", {})
    assert list(store.raw_messages(INBOX)) == []


def test_one_message(store: AwsMailStore, s3: Stubber) -> None:
    s3.add_response(
        "head_object",
        {"LastModified": NOW, "ContentLength": 9, "SSEKMSKeyId": "arn:key"},
        {"Bucket": "mail", "Key": "support/a"},
    )
    assert store.raw_message(INBOX, "a") == StoredObject(
        key="support/a", stored_at=NOW, size=9, key_arn="arn:key"
    )
    s3.add_client_error("head_object", "404", http_status_code=404)
    assert store.raw_message(INBOX, "b") is None


def test_a_summary(store: AwsMailStore, s3: Stubber) -> None:
    asked = {"Bucket": "mail", "Key": "support/a/summary.json"}
    s3.add_response("get_object", {"Body": body(json.dumps(summary()).encode())}, asked)
    assert store.summary(INBOX, "a") == summary()
    s3.add_client_error("get_object", "NoSuchKey", http_status_code=404)
    assert store.summary(INBOX, "b") is None
    s3.add_response("get_object", {"Body": body(b"{}")})
    with pytest.raises(RecordUnreadableError, match=r"support/c/summary\.json"):
        store.summary(INBOX, "c")


# The answer to a HEAD has no body: the SDK gives its status for a code.
@pytest.mark.parametrize(
    "call, asks, code",
    [
        ("summary", "get_object", "AccessDenied"),
        ("raw_message", "head_object", "403"),
    ],
)
def test_a_missing_permission_is_told(
    store: AwsMailStore, s3: Stubber, call: str, asks: str, code: str
) -> None:
    s3.add_client_error(asks, code, http_status_code=403)
    with pytest.raises(PermissionDeniedError, match="allow s3:GetObject or kms:Decrypt"):
        getattr(store, call)(INBOX, "a")


def test_a_missing_permission_to_list_is_told(store: AwsMailStore, s3: Stubber) -> None:
    for _ in range(2):
        s3.add_client_error("list_objects_v2", "AccessDenied", http_status_code=403)
    with pytest.raises(PermissionDeniedError, match="allow s3:ListBucket"):
        list(store.raw_messages(INBOX))
    with pytest.raises(PermissionDeniedError, match="allow s3:ListBucket"):
        store.claim_keys(INBOX, "a")


def test_a_download_is_the_bytes_in_a_file_of_the_user_alone(
    store: AwsMailStore, s3: Stubber, tmp_path: Path
) -> None:
    data = bytes(range(256)) * 9000
    s3.add_response(
        "get_object", {"Body": body(data), "Metadata": {}}, {"Bucket": "mail", "Key": "support/a"}
    )
    file = tmp_path / "a.eml"
    assert store.download(INBOX, "a", file) == len(data)
    assert file.read_bytes() == data
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_file_that_is_there_is_never_replaced(store: AwsMailStore, tmp_path: Path) -> None:
    file = tmp_path / "a.eml"
    file.write_bytes(b"theirs")
    with pytest.raises(FileError, match="File exists"):
        store.download(INBOX, "a", file)
    assert file.read_bytes() == b"theirs"


def test_a_download_that_breaks_off_leaves_no_file(store: AwsMailStore, s3: Stubber, tmp_path: Path) -> None:
    s3.add_client_error("get_object", "InternalError", http_status_code=500)
    with pytest.raises(ServiceError):
        store.download(INBOX, "a", tmp_path / "a.eml")
    short = StreamingBody(io.BytesIO(b"half"), 8)
    s3.add_response("get_object", {"Body": short, "Metadata": {}})
    with pytest.raises(UnreachableError, match="IncompleteReadError"):
        store.download(INBOX, "a", tmp_path / "a.eml")
    assert list(tmp_path.iterdir()) == []


def test_the_outputs_of_a_stack(store: AwsMailStore, cloudformation: Stubber) -> None:
    stack = {
        "StackName": "prod-Receiving-eu-west-1",
        "CreationTime": NOW,
        "StackStatus": "CREATE_COMPLETE",
        "Outputs": [{"OutputKey": "MailBucket", "OutputValue": "mail"}],
    }
    cloudformation.add_response(
        "describe_stacks", {"Stacks": [stack]}, {"StackName": "prod-Receiving-eu-west-1"}
    )
    assert store.outputs("prod-Receiving-eu-west-1", region=REGION) == {"MailBucket": "mail"}
    cloudformation.add_client_error("describe_stacks", "ValidationError")
    assert store.outputs("prod-Receiving-eu-west-1", region=REGION) is None
    cloudformation.add_client_error("describe_stacks", "Throttling")
    with pytest.raises(ServiceError):
        store.outputs("prod-Receiving-eu-west-1", region=REGION)
