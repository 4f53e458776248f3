"""Stored mail in S3 and its dead-letter queues in SQS.

Permissions: ``cloudformation:DescribeStacks``, ``s3:ListBucket``, ``s3:GetObject``, ``kms:Decrypt`` on the
store's key and, to download what SES encrypted, on the key of client-side encryption; to settle a claim
``s3:PutObject`` and ``kms:GenerateDataKey``; to deal with dead letters again ``sqs:GetQueueUrl``,
``sqs:GetQueueAttributes``, ``sqs:ListMessageMoveTasks``, ``sqs:StartMessageMoveTask`` and what SQS asks for
that (SQS Developer Guide, dead-letter queue redrive).
"""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import ClientError

from constructs_lib.runtimes.inbound_mail.client_side import is_encrypted, key_arn_of
from constructs_lib.runtimes.inbound_mail.keys import CLAIMS, summary_key
from ops.aws_clients import AwsGateway
from ops.aws_errors import as_ops_errors
from ops.errors import RedriveRunningError
from ops.inboxes import Inbox
from ops.mail_decryption import decrypt
from ops.mail_summary import read_summary
from ops.new_file import write_new_file
from ops.received_mail import StoredClaim, StoredObject

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sqs import SQSClient

# S3 does not say which of the two it was.
_READ: Final = "s3:GetObject or kms:Decrypt"
_WRITE: Final = "s3:PutObject or kms:GenerateDataKey"

_PIECE: Final = 1 << 20
_CHANGED_MEANWHILE: Final = frozenset({"ConditionalRequestConflict", "PreconditionFailed"})
_COUNTS: Final = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible")
_MOVING: Final = frozenset({"CANCELLING", "RUNNING"})


class AwsMailStore(AwsGateway):
    """Stored mail of an account in every Region."""

    def outputs(self, stack_name: str, *, region: str) -> dict[str, str] | None:
        """See `ops.inboxes.StackGateway`."""
        client: CloudFormationClient = self._clients.client("cloudformation", region)
        with as_ops_errors("cloudformation:DescribeStacks", f"on {stack_name} in {region}"):
            try:
                (stack,) = client.describe_stacks(StackName=stack_name)["Stacks"]
            except ClientError as error:
                # Its way to say that there is none.
                if error.response.get("Error", {}).get("Code") == "ValidationError":
                    return None
                raise
        return {each["OutputKey"]: each["OutputValue"] for each in stack.get("Outputs", [])}

    def raw_messages(self, inbox: Inbox) -> Iterator[StoredObject]:
        """See `ops.received_mail.MailStoreGateway`."""
        with as_ops_errors("s3:ListBucket", f"on {inbox.bucket} in {inbox.region}"):
            pages = self._s3(inbox).get_paginator("list_objects_v2")
            # What the processor wrote is behind a slash, which the delimiter leaves out.
            for page in pages.paginate(Bucket=inbox.bucket, Prefix=inbox.prefix, Delimiter="/"):
                for each in page.get("Contents", []):
                    yield StoredObject(key=each["Key"], stored_at=each["LastModified"], size=each["Size"])

    def raw_message(self, inbox: Inbox, message_id: str) -> StoredObject | None:
        """See `ops.received_mail.MailStoreGateway`."""
        key = f"{inbox.prefix}{message_id}"
        with as_ops_errors(_READ, f"on {inbox.bucket} in {inbox.region}"):
            try:
                found = self._s3(inbox).head_object(Bucket=inbox.bucket, Key=key)
            except ClientError as error:
                if _is_missing(error):
                    return None
                raise
        return StoredObject(
            key=key,
            stored_at=found["LastModified"],
            size=found["ContentLength"],
            key_arn=found.get("SSEKMSKeyId"),
            client_side_key_arn=key_arn_of(found.get("Metadata", {})),
        )

    def summary(self, inbox: Inbox, message_id: str) -> dict[str, Any] | None:
        """See `ops.received_mail.MailStoreGateway`."""
        key = summary_key(f"{inbox.prefix}{message_id}")
        with as_ops_errors(_READ, f"on {inbox.bucket} in {inbox.region}"):
            try:
                body = self._s3(inbox).get_object(Bucket=inbox.bucket, Key=key)["Body"].read()
            except ClientError as error:
                if _is_missing(error):
                    return None
                raise
        return read_summary(body, name=key)

    def download(self, inbox: Inbox, message_id: str, file: Path) -> int:
        """See `ops.received_mail.MailStoreGateway`."""
        with as_ops_errors(_READ, f"on {inbox.bucket} in {inbox.region}"):
            return write_new_file(file, self._pieces(inbox, f"{inbox.prefix}{message_id}"))

    def dead_letters(self, queue_arn: str, *, region: str) -> int:
        """See `ops.received_mail.MailStoreGateway`."""
        client = self._sqs(region)
        *_, account, name = queue_arn.split(":")
        with as_ops_errors("sqs:GetQueueUrl", f"on {queue_arn}"):
            url = client.get_queue_url(QueueName=name, QueueOwnerAWSAccountId=account)["QueueUrl"]
        with as_ops_errors("sqs:GetQueueAttributes", f"on {queue_arn}"):
            found = client.get_queue_attributes(QueueUrl=url, AttributeNames=_COUNTS)["Attributes"]
        return sum(int(found[each]) for each in _COUNTS)

    def redrive(self, queue_arn: str, *, region: str) -> None:
        """See `ops.received_mail.MailStoreGateway`."""
        client = self._sqs(region)
        # A second task is refused with a code that means other things too (InvalidParameterValue).
        with as_ops_errors("sqs:ListMessageMoveTasks", f"on {queue_arn}"):
            newest = client.list_message_move_tasks(SourceArn=queue_arn).get("Results", [])
        if any(task.get("Status") in _MOVING for task in newest):
            raise RedriveRunningError(
                f"SQS is moving the messages of {queue_arn} already.",
                fix="wait for its end: aws sqs list-message-move-tasks",
            )
        with as_ops_errors("sqs:StartMessageMoveTask", f"on {queue_arn}"):
            client.start_message_move_task(SourceArn=queue_arn)

    def claim_keys(self, inbox: Inbox, message_id: str) -> tuple[str, ...]:
        """See `ops.received_mail.MailStoreGateway`."""
        with as_ops_errors("s3:ListBucket", f"on {inbox.bucket} in {inbox.region}"):
            pages = self._s3(inbox).get_paginator("list_objects_v2")
            return tuple(
                each["Key"]
                for page in pages.paginate(Bucket=inbox.bucket, Prefix=f"{inbox.prefix}{message_id}{CLAIMS}")
                for each in page.get("Contents", [])
            )

    def read_claim(self, inbox: Inbox, key: str) -> StoredClaim:
        """See `ops.received_mail.MailStoreGateway`."""
        with as_ops_errors(_READ, f"on {inbox.bucket} in {inbox.region}"):
            found = self._s3(inbox).get_object(Bucket=inbox.bucket, Key=key)
            return StoredClaim(
                body=found["Body"].read(), etag=found["ETag"], written_at=found["LastModified"]
            )

    def write_claim(self, inbox: Inbox, key: str, body: bytes, *, instead_of: str) -> str | None:
        """See `ops.received_mail.MailStoreGateway`."""
        with as_ops_errors(_WRITE, f"on {inbox.bucket} in {inbox.region}"):
            try:
                written = self._s3(inbox).put_object(
                    Bucket=inbox.bucket,
                    Key=key,
                    Body=body,
                    ContentType="application/json",
                    IfMatch=instead_of,
                )
            except ClientError as error:
                if error.response.get("Error", {}).get("Code") in _CHANGED_MEANWHILE:
                    return None
                raise
        return written["ETag"]

    def _s3(self, inbox: Inbox) -> "S3Client":
        client: S3Client = self._clients.client("s3", inbox.region)
        return client

    def _sqs(self, region: str) -> "SQSClient":
        client: SQSClient = self._clients.client("sqs", region)
        return client

    def _pieces(self, inbox: Inbox, key: str) -> Iterator[bytes]:
        found = self._s3(inbox).get_object(Bucket=inbox.bucket, Key=key)
        if is_encrypted(found["Metadata"]):
            found["Body"].close()
            yield decrypt(self._clients, inbox, key, found["Metadata"])
        else:
            yield from found["Body"].iter_chunks(_PIECE)


def _is_missing(error: ClientError) -> bool:
    return error.response.get("Error", {}).get("Code") in {"404", "NoSuchKey"}
