"""What Lambda calls with messages of the queue.

One line of JSON for each goes to the log: ids, sizes, numbers and codes, no address, no subject, no text.
"""

import json
import os
import sys
import time
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any, Final

from .faults import InboundMailError
from .gateway import AwsGateway
from .notification import NotificationError, read_notification
from .processor import process
from .sending import Attempt
from .settings import SETTINGS, Settings

_SECONDS_FOR_A_SEND: Final = 75
"""The SDK waits 65 seconds for SES; what is left notes the end."""


def handle(event: Mapping[str, Any], context: Any) -> dict[str, Any]:  # noqa: ANN401 - Lambda's context
    """Process each message of a batch; those that failed stay in the queue.

    Returns:
        Lambda's partial batch response.
    """
    failed = [
        {"itemIdentifier": record["messageId"]}
        for record in event["Records"]
        if not _succeeds(record, context)
    ]
    return {"batchItemFailures": failed}


def _succeeds(record: Mapping[str, Any], context: Any) -> bool:  # noqa: ANN401 - Lambda's context
    settings, started = _settings(), time.monotonic()
    line: dict[str, Any] = {"level": "INFO", "queue_message": record["messageId"]}
    try:
        received = read_notification(record["body"], bucket=settings.bucket, prefix=settings.prefix)
        if received is None:
            line["outcome"] = "setup"
        else:
            line["message_id"] = received.message_id
            result = process(
                received,
                settings=settings,
                gateway=_gateway(),
                attempt=Attempt(
                    token=uuid.uuid4().hex,
                    now=_now,
                    time_for_a_send=lambda: (
                        context.get_remaining_time_in_millis() >= _SECONDS_FOR_A_SEND * 1000
                    ),
                ),
            )
            line |= {
                "outcome": result.outcome,
                "reasons": list(result.reasons),
                "bytes": result.bytes,
                "attachments": result.attachments,
                "destinations": result.destinations,
            }
    except (InboundMailError, NotificationError) as error:
        line |= {"level": "ERROR", "outcome": "failed", "reasons": [str(error)]}
    except Exception as error:  # noqa: BLE001 - the others of the batch are not to blame; its text may quote
        line |= {"level": "ERROR", "outcome": "failed", "reasons": [f"unforeseen: {type(error).__name__}"]}
    line["milliseconds"] = round((time.monotonic() - started) * 1000)
    sys.stdout.write(json.dumps(line) + "\n")
    return bool(line["level"] == "INFO")


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


@cache
def _settings() -> Settings:
    return Settings.from_json(os.environ[SETTINGS])


@cache
def _gateway() -> AwsGateway:
    settings = _settings()
    return AwsGateway(
        bucket=settings.bucket, key_arn=settings.key_arn, client_side_key_arn=settings.client_side_key_arn
    )
