"""Stored mail made of values, for the tests of ``python -m ops mail``."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from constructs_lib.identity.dns import ExternalDns
from constructs_lib.receiving.receipt_actions import StoreInS3
from constructs_lib.receiving.receipt_rules import ReceiptRule
from ops.errors import MailUnreadableError, RedriveRunningError
from ops.inboxes import Inbox
from ops.mail_summary import read_summary
from ops.received_mail import StoredClaim, StoredObject
from stacks.config import MailEnvironment
from stacks.domain_config import MailDomain
from stacks.receiving_config import Inbox as DeclaredInbox
from stacks.receiving_config import MailReceiving

NOW = datetime(2026, 1, 31, 12, 0, tzinfo=UTC)
LONG_AGO = NOW - timedelta(hours=1)
SUPPORT, SALES = (f"arn:aws:sqs:eu-west-1:111111111111:{name}-dlq" for name in ("support", "sales"))
STACK = "test-Receiving-eu-west-1"
OUTPUTS = {"MailBucket": "mail", "DeadLettersSupport": SUPPORT}


def environment(
    *inboxes: DeclaredInbox,
    prefixes: tuple[str, ...],
    regions: tuple[str, ...] = ("eu-west-1",),
    receiving_regions: tuple[str, ...] = (),
) -> MailEnvironment:
    """An environment whose rules store mail under the prefixes."""
    rules = tuple(
        ReceiptRule(
            name=f"rule{number}",
            recipients=(f"r{number}@example.com",),
            actions=(StoreInS3(prefix=prefix),),
        )
        for number, prefix in enumerate(prefixes)
    )
    return MailEnvironment(
        name="test",
        account="111111111111",
        regions=regions,
        configuration_set_name="transactional",
        domains=(MailDomain(domain="example.com", dns=ExternalDns(), regions=regions),),
        receiving=MailReceiving(
            rule_set_name="mail", rules=rules, inboxes=inboxes, regions=receiving_regions
        ),
    )


def inbox(
    name: str = "support", prefix: str = "", *, region: str = "eu-west-1", summarized: bool = True
) -> Inbox:
    return Inbox(
        name=name,
        region=region,
        bucket="mail",
        prefix=prefix or f"{name}/",
        dead_letters=f"arn:aws:sqs:{region}:111111111111:{name}-dlq",
        summarized=summarized,
    )


def summary(subject: str = "Hello", author: str = "ann@example.net", **changes: object) -> dict[str, Any]:
    return {
        "version": 1,
        "headers": {"from": [{"name": "Ann", "address": author}], "subject": subject},
        "forwarding": {"outcome": "forwarded", "reasons": [], "batches": []},
        **changes,
    }


@dataclass(kw_only=True)
class FakeStore:
    """A `MailStoreGateway` whose bucket is a dict: one for all Regions, and S3's conditions."""

    account: str = "111111111111"
    stacks: dict[str, dict[str, str]] = field(default_factory=lambda: {STACK: dict(OUTPUTS)})
    objects: dict[str, tuple[bytes, datetime]] = field(default_factory=dict)
    dead: dict[str, int] = field(default_factory=dict)
    moving: set[str] = field(default_factory=set)
    moved: list[tuple[str, str]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def put(self, key: str, body: bytes | dict[str, Any] = b"raw", *, at: datetime = LONG_AGO) -> None:
        self.objects[key] = (body if isinstance(body, bytes) else json.dumps(body).encode(), at)

    def account_id(self) -> str:
        return self.account

    def outputs(self, stack_name: str, *, region: str) -> dict[str, str] | None:
        assert stack_name.endswith(region)
        return self.stacks.get(stack_name)

    def raw_messages(self, inbox: Inbox) -> Iterator[StoredObject]:
        for key, (body, at) in self.objects.items():
            if key.startswith(inbox.prefix) and "/" not in key.removeprefix(inbox.prefix):
                yield StoredObject(key=key, stored_at=at, size=len(body))

    def raw_message(self, inbox: Inbox, message_id: str) -> StoredObject | None:
        key = f"{inbox.prefix}{message_id}"
        if key not in self.objects:
            return None
        body, at = self.objects[key]
        return StoredObject(key=key, stored_at=at, size=len(body), key_arn="arn:key")

    def summary(self, inbox: Inbox, message_id: str) -> dict[str, Any] | None:
        key = f"{inbox.prefix}{message_id}/summary.json"
        self.asked.append(key)
        return read_summary(self.objects[key][0], name=key) if key in self.objects else None

    def download(self, inbox: Inbox, message_id: str, file: Path) -> int:
        body, _ = self.objects[f"{inbox.prefix}{message_id}"]
        if body == b"encrypted":
            raise MailUnreadableError("It is encrypted.", fix="decrypt it")
        return file.write_bytes(body)

    def claim_keys(self, inbox: Inbox, message_id: str) -> tuple[str, ...]:
        return tuple(
            sorted(key for key in self.objects if key.startswith(f"{inbox.prefix}{message_id}/claims/"))
        )

    def read_claim(self, inbox: Inbox, key: str) -> StoredClaim:
        assert key.startswith(inbox.prefix)
        body, at = self.objects[key]
        return StoredClaim(body=body, etag=str(hash(body)), written_at=at)

    def write_claim(self, inbox: Inbox, key: str, body: bytes, *, instead_of: str) -> str | None:
        if self.read_claim(inbox, key).etag != instead_of:
            return None
        self.put(key, body, at=NOW)
        return str(hash(body))

    def dead_letters(self, queue_arn: str, *, region: str) -> int:
        assert f":{region}:" in queue_arn
        return self.dead.get(queue_arn, 0)

    def redrive(self, queue_arn: str, *, region: str) -> None:
        if queue_arn in self.moving:
            raise RedriveRunningError("SQS is moving them already.", fix="wait")
        self.moved.append((queue_arn, region))
