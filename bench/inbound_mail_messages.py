"""The messages of the measurements, and the events that announce them."""

import base64
import json
import random
from pathlib import Path
from typing import Any

SMALL = "small"
LARGE = "large"
MESSAGE_BYTES = 40_000_000
_LINE = 57
_HEADER = b"""\
Return-Path: <ann@example.net>
Received: from mail.example.net by inbound-smtp.eu-west-1.amazonaws.com; Mon, 1 Jun 2026 08:00:00 +0000 (UTC)
From: =?utf-8?q?Ann_M=C3=BCller?= <ann@example.net>
To: info@example.com
Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=
Date: Mon, 1 Jun 2026 10:00:00 +0200
Message-ID: <1@example.net>
DKIM-Signature: v=1; a=rsa-sha256; d=example.net; s=a; h=from; bh=x; b=y
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="----=_Part_77_1200.1760000000"

------=_Part_77_1200.1760000000
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 8bit

Hello, and gr\xc3\xbc\xc3\x9fe.
"""
_PART = b"""\
------=_Part_77_1200.1760000000
Content-Type: application/pdf; name="report.pdf"
Content-Disposition: attachment; filename="report.pdf"
Content-Transfer-Encoding: base64

"""


def write(folder: Path) -> None:
    """Write both messages."""
    (folder / SMALL).write_bytes(message(4_000))
    (folder / LARGE).write_bytes(message(MESSAGE_BYTES))


def message(size: int) -> bytes:
    """A message of about this size: text and two attachments in base64."""
    lines = max(0, size - len(_HEADER) - 2 * len(_PART)) // 2 // (_LINE // 3 * 4 + 2)
    data = random.Random(1).randbytes(_LINE * lines)  # noqa: S311 - it is measured, not secret
    part = _crlf(_PART) + base64.encodebytes(data).replace(b"\n", b"\r\n")
    return _crlf(_HEADER) + part + part + b"------=_Part_77_1200.1760000000--\r\n"


def event(key: str) -> dict[str, Any]:
    """The event of one message."""
    passed = {"status": "PASS"}
    body = {
        "notificationType": "Received",
        "receipt": {
            "recipients": ["info@example.com"],
            **{f"{check}Verdict": passed for check in ("spam", "virus", "spf", "dkim", "dmarc")},
            "action": {"type": "S3", "bucketName": "bucket", "objectKey": key},
        },
        "mail": {"messageId": key, "source": "ann@example.net", "timestamp": "2026-06-01T08:00:01.000Z"},
    }
    return {"Records": [{"messageId": key, "body": json.dumps(body)}]}


def settings(*, attachments: bool = True) -> str:
    """What the construct tells the function."""
    return json.dumps(
        {
            "bucket": "bucket",
            "prefix": "",
            "key_arn": "key/1",
            "stops": {"spam": ["FAIL"], "virus": ["FAIL"]},
            "dmarc_policies": ["reject"],
            "attachments": attachments,
            "forward": {
                "sender": "forwarder@example.com",
                "mapping": {"info@example.com": ["team@example.org"]},
                "configuration_set": "forwarding",
            },
        }
    )


def _crlf(text: bytes) -> bytes:
    return text.replace(b"\n", b"\r\n")
