"""What could go round in circles."""

import pytest

from constructs_lib.runtimes.inbound_mail.header import read_header
from constructs_lib.runtimes.inbound_mail.loops import loop_reasons

SENDER = "forwarder@example.com"


def reasons(
    *fields: bytes, source: str = "ann@example.net", automatic: bool = False, bulk: bool = True
) -> list[str]:
    raw = b"\r\n".join((*fields, b"", b"body"))
    return loop_reasons(
        raw, read_header(raw), source=source, sender=SENDER, automatic=automatic, bulk=bulk, max_hops=100
    )


@pytest.mark.parametrize(
    "fields, found",
    [
        ([b"From: a@x.net"], []),
        ([b"X-Loop: Forwarder@Example.com"], ["own-loop-field"]),
        ([b"X-Loop: other@example.net"], []),
        ([b"X-Loop: other@example.net", b"X-Loop: forwarder@example.com"], ["own-loop-field"]),
        ([b"Return-Path: <>"], ["null-sender"]),
        ([b"Auto-Submitted: no"], []),
        ([b"Auto-Submitted: No; x=y"], []),
        ([b"Auto-Submitted: auto-replied"], ["auto-submitted"]),
        ([b"Auto-Submitted: auto-generated"], ["auto-submitted"]),
        ([b"Auto-Submitted: Auto-Generated (cron)"], ["auto-submitted"]),
        ([b"Precedence: bulk"], []),
        ([b"Precedence: list"], []),
        ([b"Precedence: Junk"], ["precedence-junk"]),
        ([b"Precedence: auto_reply"], ["precedence-auto-reply"]),
        ([b"Precedence: secret"], []),
        ([b"Received: x"] * 100, []),
        ([b"Received: x"] * 101, ["too-many-hops"]),
    ],
)
def test_loops(fields: list[bytes], found: list[str]) -> None:
    assert reasons(*fields) == found


@pytest.mark.parametrize("source", ["", "<>", " "])
def test_a_bounce_is_not_forwarded(source: str) -> None:
    assert reasons(source=source) == ["null-sender"]


def test_automatic_and_bulk_mail_as_wanted() -> None:
    assert reasons(b"Auto-Submitted: auto-generated", automatic=True) == []
    assert reasons(b"Auto-Submitted: auto-replied", automatic=True) == ["auto-submitted"]
    assert reasons(b"Precedence: bulk", bulk=False) == ["precedence-bulk"]
    assert reasons(b"Precedence: list", bulk=False) == ["precedence-list"]
