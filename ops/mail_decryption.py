"""Reads a message that SES encrypted before it came to S3, with AWS's own client.

Permissions: ``s3:GetObject``, and ``kms:Decrypt`` on the key that the message itself names.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final

from botocore.exceptions import BotoCoreError, ClientError

from constructs_lib.runtimes.inbound_mail.client_side import ClientSideReader, key_arn_of
from ops.aws_clients import AwsClients
from ops.aws_errors import as_ops_errors
from ops.errors import MailUnreadableError
from ops.inboxes import Inbox

_KEY_UNUSABLE: Final = frozenset({"DisabledException", "KMSInvalidStateException", "NotFoundException"})
_NOT_OF_KEY: Final = frozenset({"IncorrectKeyException", "InvalidCiphertextException"})


def decrypt(clients: AwsClients, inbox: Inbox, key: str, metadata: Mapping[str, str]) -> bytes:
    """An encrypted message as SES received it.

    Args:
        clients: Access to the account.
        inbox: Where it is.
        key: Its key in the bucket.
        metadata: Of its object.

    Raises:
        AccessError: S3 or KMS could not be asked.
        MailUnreadableError: Nobody can decrypt it like this.
    """
    key_arn = key_arn_of(metadata)
    if key_arn is None:
        raise MailUnreadableError(
            f"{key} in {inbox.bucket} is encrypted, and does not say with which key.",
            fix=f"look who wrote it: aws s3api head-object --bucket {inbox.bucket} --key {key}",
        )
    with as_ops_errors("kms:Decrypt", f"on {key_arn}"), _unreadable(f"{key} in {inbox.bucket}", key_arn):
        reader = ClientSideReader(
            s3=clients.new_client("s3", inbox.region),
            kms=clients.new_client("kms", inbox.region),
            key_arn=key_arn,
        )
        return reader.read(inbox.bucket, key)


@contextmanager
def _unreadable(what: str, key_arn: str) -> Iterator[None]:
    try:
        yield
    except ImportError as error:
        raise MailUnreadableError(
            f"{what} was encrypted by SES, and what reads that is not installed.", fix="make setup"
        ) from error
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code")
        if code in _KEY_UNUSABLE:
            raise MailUnreadableError(
                f"{what} is encrypted with {key_arn}, which KMS does not use now ({code}).",
                fix="enable the key, or cancel its deletion; without it nobody reads the message",
            ) from error
        if code in _NOT_OF_KEY:
            raise _changed(what) from error
        raise
    except BotoCoreError as error:
        if not type(error).__module__.startswith("s3_encryption."):
            raise
        raise _changed(what) from error


def _changed(what: str) -> MailUnreadableError:
    return MailUnreadableError(
        f"{what} is not as SES encrypted it: it cannot be decrypted.",
        fix="restore the first version of the object; the bucket keeps versions",
    )
