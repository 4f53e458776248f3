"""What S3 answers about stored mail."""

import io
from datetime import UTC, datetime

from botocore.response import StreamingBody

from ops.inboxes import Inbox
from tests.ops.support import REGION

INBOX = Inbox(
    name="support", region=REGION, bucket="mail", prefix="support/", dead_letters="arn:q", summarized=True
)
NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)


def body(data: bytes) -> StreamingBody:
    return StreamingBody(io.BytesIO(data), len(data))


def stored(name: str, size: int = 5) -> dict[str, object]:
    return {"Key": f"support/{name}", "LastModified": NOW, "Size": size}
