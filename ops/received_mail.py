"""Mail that SES stored: what there is, what it says, and the message itself. Pure but for its gateway."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from ops.errors import MailMissingError
from ops.inboxes import Inbox, StackGateway


@dataclass(frozen=True, kw_only=True)
class StoredObject:
    """One object of a bucket.

    Attributes:
        key: Its key.
        stored_at: When it was last written.
        size: In bytes, as stored.
        key_arn: The KMS key that S3 encrypted it with; None where it was not asked for, or is none.
    """

    key: str
    stored_at: datetime
    size: int
    key_arn: str | None = None


@dataclass(frozen=True, kw_only=True)
class ReceivedMail:
    """One message.

    Attributes:
        id: SES's id of it.
        inbox: Where it is.
        stored_at: When SES stored it.
        size: In bytes, as stored.
        key_arn: The KMS key that S3 encrypted it with; None where it was not asked for, or is none.
        summary: What the processor wrote beside it (docs/reference/inbound_mail.md); None for nothing yet.
    """

    id: str
    inbox: Inbox
    stored_at: datetime
    size: int
    key_arn: str | None = None
    summary: dict[str, Any] | None = None


class MailStoreGateway(StackGateway, Protocol):
    """S3 and SQS, as far as stored mail is read and dealt with again."""

    def raw_messages(self, inbox: Inbox) -> Iterator[StoredObject]:
        """The raw messages of an inbox, in no order.

        Raises:
            AccessError: S3 could not be asked.
        """

    def summary(self, inbox: Inbox, message_id: str) -> dict[str, Any] | None:
        """What the processor wrote about a message; None if there is nothing.

        Raises:
            AccessError: S3 could not be asked.
        """

    def raw_message(self, inbox: Inbox, message_id: str) -> StoredObject | None:
        """One raw message; None if there is none.

        Raises:
            AccessError: S3 could not be asked.
        """

    def download(self, inbox: Inbox, key: str, file: Path) -> int:
        """Write an object to a new file that only its owner reads, decrypted if SES encrypted it. Its bytes.

        Raises:
            AccessError: S3 or KMS could not be asked.
            FileError: The file is there already, or cannot be written.
        """

    def claim_keys(self, inbox: Inbox, message_id: str) -> tuple[str, ...]:
        """The keys of the claims of a message, in the order of its batches.

        Raises:
            AccessError: S3 could not be asked.
        """

    def read_claim(self, inbox: Inbox, key: str) -> tuple[bytes, str]:
        """A claim and its ETag.

        Raises:
            AccessError: S3 could not be asked.
        """

    def write_claim(self, inbox: Inbox, key: str, body: bytes, *, instead_of: str) -> str | None:
        """Write a claim if its ETag is still `instead_of`. The new one; None if it is not so.

        Raises:
            AccessError: S3 could not be asked.
        """

    def redrive(self, queue_arn: str, *, region: str) -> None:
        """Have SQS move a dead-letter queue's messages back to the queue that they came from.

        Raises:
            AccessError: SQS could not be asked.
        """


def list_mail(
    inboxes: tuple[Inbox, ...], gateway: MailStoreGateway, *, since: datetime | None, limit: int
) -> tuple[ReceivedMail, ...]:
    """The newest messages, the newest first, with their summaries.

    Raises:
        AccessError: S3 could not be asked.
    """
    found = [
        (each.stored_at, each.key.removeprefix(inbox.prefix), inbox, each.size)
        for inbox in inboxes
        for each in gateway.raw_messages(inbox)
        if since is None or each.stored_at >= since
    ]
    found.sort(key=lambda item: (item[0], item[1]), reverse=True)
    return tuple(
        ReceivedMail(
            id=name,
            inbox=inbox,
            stored_at=stored_at,
            size=size,
            summary=gateway.summary(inbox, name),
        )
        for stored_at, name, inbox, size in found[:limit]
    )


def find_mail(inboxes: tuple[Inbox, ...], gateway: MailStoreGateway, message_id: str) -> ReceivedMail:
    """The message of an id.

    Raises:
        MailMissingError: There is none.
        AccessError: S3 could not be asked.
    """
    for inbox in inboxes:
        if "/" not in message_id and (found := gateway.raw_message(inbox, message_id)):
            return ReceivedMail(
                id=message_id,
                inbox=inbox,
                stored_at=found.stored_at,
                size=found.size,
                key_arn=found.key_arn,
                summary=gateway.summary(inbox, message_id),
            )
    raise MailMissingError(
        f"No message {message_id} in {', '.join(f'{each.name} ({each.region})' for each in inboxes)}.",
        fix="list them: python -m ops mail list",
    )
