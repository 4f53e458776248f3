"""What SES says when it has put a message into S3, as it comes out of the queue.

The JSON is that of the SES Developer Guide, "Contents of notifications for Amazon SES email receiving". SNS
wraps it in an envelope unless the subscription is raw. Whatever else is in the queue is an error: it ends in
the dead-letter queue, where somebody sees it.
"""

import json
import re
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

SETUP_MESSAGE: Final = "AMAZON_SES_SETUP_NOTIFICATION"
"""The name of the message that SES writes to try a new rule (SES Developer Guide, deliver to S3)."""

_TOPIC_TRIED: Final = "Successfully validated SNS topic"
"""How the line begins that SES publishes to try a topic."""

_CHECKS: Final = ("spam", "virus", "spf", "dkim", "dmarc")
_MESSAGE_ID: Final = re.compile(r"[A-Za-z0-9_-]{1,128}")


class NotificationError(Exception):
    """Not a notification that this function can act on. The text quotes nothing of it."""


class Received(NamedTuple):
    """A message that SES received and stored.

    Attributes:
        message_id: SES's id.
        key: Of the raw message.
        source: The envelope's sender; empty for bounces.
        recipients: The envelope's recipients that the rule matched.
        timestamp: When SES received it, ISO 8601.
        verdicts: Status by check, such as ``{"spam": "PASS"}``; a check that SES did not mention is missing.
        dmarc_policy: That of the author's domain when DMARC failed: ``none``, ``quarantine``, ``reject``.
    """

    message_id: str
    key: str
    source: str
    recipients: tuple[str, ...]
    timestamp: str
    verdicts: Mapping[str, str]
    dmarc_policy: str | None


def read_notification(body: str, *, bucket: str, prefix: str) -> Received | None:
    """Read the body of a message of the queue.

    Args:
        body: SES's JSON, or an SNS envelope around it.
        bucket: The only bucket whose messages are read.
        prefix: Of the keys of its raw mail.

    Returns:
        None when SES only tried the rule or the topic.

    Raises:
        NotificationError: anything else.
    """
    if body.startswith(_TOPIC_TRIED):
        return None
    value = _json(body)
    if "Message" in value and "notificationType" not in value:
        if str(value["Message"]).startswith(_TOPIC_TRIED):
            return None
        value = _json(value["Message"])
    try:
        return _received(value, bucket=bucket, prefix=prefix)
    except (KeyError, TypeError, AttributeError) as error:
        raise NotificationError(f"the notification lacks something: {type(error).__name__}") from None


def _received(value: Mapping[str, Any], *, bucket: str, prefix: str) -> Received | None:
    receipt, mail = value["receipt"], value["mail"]
    action, message_id = receipt["action"], mail["messageId"]
    if message_id == SETUP_MESSAGE or str(action.get("objectKey", "")).endswith(SETUP_MESSAGE):
        return None
    if value["notificationType"] != "Received" or action["type"] != "S3":
        raise NotificationError("not the notification of an S3 action")
    if action["bucketName"] != bucket:
        raise NotificationError("the message is in a bucket that is not this function's")
    key = action["objectKey"]
    if not _MESSAGE_ID.fullmatch(message_id) or key != f"{prefix}{message_id}":
        raise NotificationError("the key is not the prefix and the id of the message")
    return Received(
        message_id=message_id,
        key=key,
        source=str(mail.get("source") or ""),
        recipients=tuple(str(each) for each in receipt["recipients"]),
        timestamp=str(mail["timestamp"]),
        verdicts={
            check: str(receipt[f"{check}Verdict"]["status"])
            for check in _CHECKS
            if receipt.get(f"{check}Verdict")
        },
        dmarc_policy=str(receipt["dmarcPolicy"]).lower() if receipt.get("dmarcPolicy") else None,
    )


def _json(text: object) -> dict[str, Any]:
    try:
        value = json.loads(text) if isinstance(text, str) else None
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise NotificationError("not the JSON of a notification")
    return value
