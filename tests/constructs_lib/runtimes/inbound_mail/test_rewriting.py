"""The header block of what is forwarded."""

import pytest

from constructs_lib.runtimes.inbound_mail.header import read_header
from constructs_lib.runtimes.inbound_mail.rewriting import forwarded_header

SENDER = "forwarder@example.com"


def rewritten(*fields: bytes, end: bytes = b"\r\n") -> list[bytes]:
    raw = b"".join(field + end for field in fields) + end + b"body"
    lines = forwarded_header(raw, read_header(raw), sender=SENDER).split(b"\r\n" if end == b"\r" else end)
    assert lines[-2:] == [b"", b""], "one empty line ends it"
    assert lines[-3] == b"X-Loop: forwarder@example.com"
    return lines[:-3]


@pytest.mark.parametrize(
    "author, forwarded",
    [
        (b"Ann <ann@example.net>", b"Ann <forwarder@example.com>"),
        (b"ann@example.net", b'"ann@example.net" <forwarder@example.com>'),
        (b"ann@example.net (Ann)", b"Ann <forwarder@example.com>"),
        (b'"Doe, Jane" <j@example.net>', b'"Doe, Jane" <forwarder@example.com>'),
        (b"=?utf-8?q?J=C3=B6rg?= <j@example.net>", b"=?utf-8?b?SsO2cmc=?= <forwarder@example.com>"),
        (b"J\xf6rg <j@example.net>", b"=?utf-8?b?SsO2cmc=?= <forwarder@example.com>"),
        ("Jörg <j@example.net>".encode(), b"=?utf-8?b?SsO2cmc=?= <forwarder@example.com>"),
        (b"=?utf-8?q?a=0D=0ABcc:_x?= <j@example.net>", b'"a Bcc: x" <forwarder@example.com>'),
        (b"a@example.net, B <b@example.net>", b'"a@example.net" <forwarder@example.com>'),
    ],
)
def test_from_names_the_author_and_reply_to_is_the_author(author: bytes, forwarded: bytes) -> None:
    assert rewritten(b"From: " + author, b"To: x") == [
        b"From: " + forwarded,
        b"To: x",
        b"Reply-To: " + author,
    ]


def test_a_folded_author_stays_folded_in_reply_to() -> None:
    assert rewritten(b"From: Ann\r\n <ann@example.net>") == [
        b"From: Ann <forwarder@example.com>",
        b"Reply-To: Ann",
        b" <ann@example.net>",
    ]


@pytest.mark.parametrize(
    "fields, expected",
    [
        (
            [b"Reply-To: r@example.net", b"From: a@x.net"],
            [b"Reply-To: r@example.net", b'From: "a@x.net" <forwarder@example.com>'],
        ),
        (
            [b"Reply-To:", b"From: a@x.net"],
            [b'From: "a@x.net" <forwarder@example.com>', b"Reply-To: a@x.net"],
        ),
        ([b"From:"], [b"From: forwarder@example.com"]),
        ([b"From: nobody"], [b"From: nobody <forwarder@example.com>"]),
        ([b"Subject: x"], [b"Subject: x", b"From: forwarder@example.com"]),
        ([], [b"From: forwarder@example.com"]),
    ],
)
def test_reply_to_and_from(fields: list[bytes], expected: list[bytes]) -> None:
    assert rewritten(*fields) == expected


def test_what_goes_and_what_stays() -> None:
    stays = [
        b"Received: a",
        b"Received: b",
        b"To: info@example.com",
        b"Cc: c@example.net",
        b"Subject: Gr\xfc\xdfe",
        b"Date: Mon, 1 Jun 2026 10:00:00 +0200",
        b"MIME-Version: 1.0",
        b"Content-Type: text/plain",
        b"ARC-Seal: i=1",
        b"List-Id: <x>",
        b"X-Other:\t\x80 ",
        b"In-Reply-To: <0@example.net>",
    ]
    goes = [
        b"Return-Path: <ann@example.net>",
        b"Sender: s@example.net",
        b"Bcc: b@example.net",
        b"DKIM-Signature: a",
        b"dkim-signature: b",
        b"DomainKey-Signature: c",
        b"X-SES-Spam-Verdict: PASS",
        b"X-SES-CONFIGURATION-SET: theirs",
        b"x-ses-message-tags : a=b",
        b"Subject: twice",
        b"Content-Type: text/html",
    ]
    assert rewritten(b"From: a@x.net", *stays, *goes)[1:-1] == stays


@pytest.mark.parametrize(
    "fields, references",
    [
        ([b"Message-ID: <1@x>"], [b"References: <1@x>"]),
        ([b"Message-ID: <1@x>", b"References: <0@x>"], [b"References: <0@x>", b" <1@x>"]),
        (
            [b"Message-ID: <1@x>", b"References: <0@x>\r\n\t<00@x>"],
            [b"References: <0@x>", b"\t<00@x>", b" <1@x>"],
        ),
        ([b"Message-ID: <1@x>", b"References: <0@x> <1@x>"], [b"References: <0@x> <1@x>"]),
        ([b"Message-ID: 1@x"], []),
        ([b"Message-ID: <a b>"], []),
        ([b"References: <0@x>"], [b"References: <0@x>"]),
    ],
)
def test_answers_to_the_original_find_their_thread(fields: list[bytes], references: list[bytes]) -> None:
    """SES replaces Message-ID (SES Developer Guide, header fields)."""
    lines = [line for line in rewritten(*fields) if not line.startswith((b"From", b"Message-ID"))]
    assert lines == references


@pytest.mark.parametrize("end", [b"\r\n", b"\n", b"\r"])
def test_line_ends(end: bytes) -> None:
    assert rewritten(b"To: x", b"From: a@x.net", end=end) == [
        b"To: x",
        b'From: "a@x.net" <forwarder@example.com>',
        b"Reply-To: a@x.net",
    ]
