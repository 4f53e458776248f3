"""Mail that SES stored: what there is, what it says, and the message itself. Pure but for its gateway."""

import heapq
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from constructs_lib.runtimes.inbound_mail.notification import SETUP_MESSAGE
from ops.errors import MailAmbiguousError, MailMissingError, RecordUnreadableError
from ops.inboxes import Inbox, StackGateway


@dataclass(frozen=True, kw_only=True)
class StoredObject:
    """One object of a bucket.

    Attributes:
        key: Its key.
        stored_at: When it was last written.
        size: In bytes, as stored.
        key_arn: The KMS key that S3 encrypted it with; None where it was not asked for, or is none.
        client_side_key_arn: The KMS key that SES encrypted it with before; None as above.
    """

    key: str
    stored_at: datetime
    size: int
    key_arn: str | None = None
    client_side_key_arn: str | None = None


@dataclass(frozen=True, kw_only=True)
class StoredClaim:
    """A claim of a batch (`constructs_lib.runtimes.inbound_mail.claims`).

    Attributes:
        body: Its bytes.
        etag: Of this version.
        written_at: When this version was written.
    """

    body: bytes
    etag: str
    written_at: datetime


@dataclass(frozen=True, kw_only=True)
class ReceivedMail:
    """One message.

    Attributes:
        id: SES's id of it.
        inbox: Where it is.
        stored_at: When SES stored it.
        size: In bytes, as stored.
        key_arn: The KMS key that S3 encrypted it with; None where it was not asked for, or is none.
        client_side_key_arn: The KMS key that SES encrypted it with before; None as above.
        summary: What the processor wrote beside it (docs/reference/inbound_mail.md); None for nothing yet.
        problem: Why what it wrote cannot be read; None if it can, and for nothing yet.
    """

    id: str
    inbox: Inbox
    stored_at: datetime
    size: int
    key_arn: str | None = None
    client_side_key_arn: str | None = None
    summary: dict[str, Any] | None = None
    problem: RecordUnreadableError | None = None


class MailStoreGateway(StackGateway, Protocol):
    """S3 and SQS, as far as stored mail is read and dealt with again."""

    def raw_messages(self, inbox: Inbox) -> Iterator[StoredObject]:
        """What is in an inbox's folder itself, in no order: raw messages, and what SES tried a rule with.

        Raises:
            AccessError: S3 could not be asked.
        """

    def raw_message(self, inbox: Inbox, message_id: str) -> StoredObject | None:
        """One raw message; None if there is none.

        Raises:
            AccessError: S3 could not be asked.
        """

    def summary(self, inbox: Inbox, message_id: str) -> dict[str, Any] | None:
        """What the processor wrote about a message; None if there is nothing.

        Raises:
            AccessError: S3 could not be asked.
            RecordUnreadableError: It is not what this release knows.
        """

    def download(self, inbox: Inbox, message_id: str, file: Path) -> int:
        """Write a raw message to a new file that only its owner reads. Its bytes.

        Raises:
            AccessError: S3 could not be asked.
            MailUnreadableError: SES encrypted it before it came to S3, and it cannot be decrypted.
            FileError: The file is there already, or cannot be written.
        """

    def claim_keys(self, inbox: Inbox, message_id: str) -> tuple[str, ...]:
        """The keys of the claims of a message, in the order of its batches.

        Raises:
            AccessError: S3 could not be asked.
        """

    def read_claim(self, inbox: Inbox, key: str) -> StoredClaim:
        """A claim as it is.

        Raises:
            AccessError: S3 could not be asked.
        """

    def write_claim(self, inbox: Inbox, key: str, body: bytes, *, instead_of: str) -> str | None:
        """Write a claim if its ETag is still `instead_of`. The new one; None if it is not so.

        Raises:
            AccessError: S3 could not be asked.
        """

    def dead_letters(self, queue_arn: str, *, region: str) -> int:
        """About how many messages a queue has, those included that somebody looks at now.

        Raises:
            AccessError: SQS could not be asked.
        """

    def redrive(self, queue_arn: str, *, region: str) -> None:
        """Have SQS move a dead-letter queue's messages back to the queue that they came from.

        Raises:
            AccessError: SQS could not be asked.
            RedriveRunningError: It is moving them already.
        """


def list_mail(
    inboxes: tuple[Inbox, ...], gateway: MailStoreGateway, *, since: datetime | None, limit: int
) -> tuple[ReceivedMail, ...]:
    """The newest messages, the newest first, with their summaries.

    Raises:
        AccessError: S3 could not be asked.
    """
    stored = (
        ReceivedMail(
            id=each.key.removeprefix(inbox.prefix), inbox=inbox, stored_at=each.stored_at, size=each.size
        )
        for inbox in inboxes
        for each in gateway.raw_messages(inbox)
        if since is None or each.stored_at >= since
    )
    # Of millions only the newest are kept in memory, and only they are asked about.
    newest = heapq.nlargest(
        limit, (mail for mail in stored if _is_id(mail.id)), key=lambda mail: (mail.stored_at, mail.id)
    )
    return tuple(_with_summary(mail, gateway) for mail in newest)


def find_mail(inboxes: tuple[Inbox, ...], gateway: MailStoreGateway, message_id: str) -> ReceivedMail:
    """The message of an id.

    Raises:
        MailMissingError: There is none.
        MailAmbiguousError: Several rules stored it.
        AccessError: S3 could not be asked.
    """
    found = [
        ReceivedMail(
            id=message_id,
            inbox=inbox,
            stored_at=raw.stored_at,
            size=raw.size,
            key_arn=raw.key_arn,
            client_side_key_arn=raw.client_side_key_arn,
        )
        for inbox in (inboxes if _is_id(message_id) else ())
        if (raw := gateway.raw_message(inbox, message_id)) is not None
    ]
    if not found:
        raise MailMissingError(
            f"No message {message_id} in {_named(inboxes)}.",
            fix="list what there is: python -m ops mail list",
        )
    if len(found) > 1:
        raise MailAmbiguousError(
            f"{message_id} is in {_named(mail.inbox for mail in found)}.", fix="choose one with --inbox"
        )
    return _with_summary(found[0], gateway)


def _is_id(name: str) -> bool:
    """Whether this may be SES's id of a message: no folder, and not what SES tries rules with."""
    return name not in {"", SETUP_MESSAGE} and "/" not in name


def _with_summary(mail: ReceivedMail, gateway: MailStoreGateway) -> ReceivedMail:
    try:
        return replace(mail, summary=gateway.summary(mail.inbox, mail.id))
    except RecordUnreadableError as error:
        # The message is there, whatever became of what was noted about it.
        return replace(mail, problem=error)


def _named(inboxes: Iterable[Inbox]) -> str:
    return ", ".join(f"{each.name} ({each.region})" for each in inboxes)
