"""What SES says about a received message, to topics and functions: pure.

Shapes: SES Developer Guide, "Contents of notifications for Amazon SES email receiving", its examples, and
"Invoke Lambda function action".
"""

import base64
from collections.abc import Mapping, Sequence
from datetime import datetime
from email.header import decode_header, make_header
from email.utils import getaddresses
from typing import Any, Final

from local.message_headers import header_fields
from local.received_mail import ReceivedMail
from local.ses_message import Json, fitting, timestamp

SUBJECT: Final = "Amazon SES Email Receipt Notification"
"""The subject that SES gives to what it publishes to a topic."""

_COMMON: Final = {
    "returnPath": "return-path",
    "date": "date",
    "messageId": "message-id",
    "subject": "subject",
}
_COMMON_LISTS: Final = {
    "from": "from",
    "to": "to",
    "cc": "cc",
    "bcc": "bcc",
    "replyTo": "reply-to",
    "sender": "sender",
}
_TYPES: Final = {
    "S3Action": "S3",
    "SNSAction": "SNS",
    "BounceAction": "Bounce",
    "LambdaAction": "Lambda",
    "StopAction": "Stop",
    "WorkmailAction": "WorkMail",
}


def notification(receipt: Json, mail: Json, *, content: str | None = None) -> Json:
    """The message to a topic; only that of an SNS action has the content."""
    found = {"notificationType": "Received", "mail": mail, "receipt": receipt}
    return found if content is None else {**found, "content": content}


def lambda_event(receipt: Json, mail: Json) -> Json:
    """The event of a function."""
    record = {"eventSource": "aws:ses", "eventVersion": "1.0", "ses": {"mail": mail, "receipt": receipt}}
    return {"Records": [record]}


def encoded_content(raw: bytes, encoding: str) -> str:
    """The content as an SNS action carries it: bytes that are not UTF-8 survive only in base 64."""
    return base64.b64encode(raw).decode() if encoding == "Base64" else raw.decode("utf-8", "replace")


def action_object(kind: str, members: Mapping[str, str], *, key: str) -> Json:
    """The ``action`` object.

    Args:
        kind: The type of the action in the API.
        members: Its members there.
        key: The key of the object that an S3 action wrote.
    """
    found: Json = {"type": _TYPES[kind]}
    if kind == "S3Action":
        found |= {
            "bucketName": members["BucketName"],
            "objectKeyPrefix": members.get("ObjectKeyPrefix", ""),
            "objectKey": key,
        }
    if kind == "LambdaAction":
        found |= {"invocationType": members.get("InvocationType", "Event")}
    if kind == "SNSAction":
        found |= {"encoding": members["Encoding"].upper()}
    copied = (
        "TopicArn",
        "FunctionArn",
        "SmtpReplyCode",
        "StatusCode",
        "Message",
        "Sender",
        "OrganizationArn",
    )
    return found | {f"{name[0].lower()}{name[1:]}": members[name] for name in copied if members.get(name)}


def receipt_object(
    mail: ReceivedMail, recipients: Sequence[str], action: Json, *, scanned: bool, now: datetime
) -> Json:
    """The ``receipt`` object.

    Args:
        mail: The message.
        recipients: Its recipients that the rule is for.
        action: What was done.
        scanned: Whether the rule asks for spam and virus scanning.
        now: When it was done.
    """
    verdicts = mail.verdicts
    policy = {"dmarcPolicy": verdicts.dmarc_policy} if verdicts.dmarc_policy else {}
    return {
        "timestamp": timestamp(mail.arrived),
        "processingTimeMillis": max(0, int((now - mail.arrived).total_seconds() * 1000)),
        "recipients": list(recipients),
        "spamVerdict": {"status": str(verdicts.spam) if scanned else "DISABLED"},
        "virusVerdict": {"status": str(verdicts.virus) if scanned else "DISABLED"},
        "spfVerdict": {"status": str(verdicts.spf)},
        "dkimVerdict": {"status": str(verdicts.dkim)},
        "dmarcVerdict": {"status": str(verdicts.dmarc)},
        **policy,
        "action": action,
    }


def mail_object(mail: ReceivedMail, raw: bytes) -> Json:
    """The ``mail`` object.

    Args:
        mail: The message.
        raw: The message as SES hands it on.
    """
    headers = tuple(header_fields(raw))
    kept = fitting(headers)
    values = {name.lower(): value for name, value in reversed(headers)}
    addressed = [values[name] for name in ("to", "cc", "bcc") if name in values]
    return {
        "timestamp": timestamp(mail.arrived),
        "source": mail.source,
        "messageId": mail.message_id,
        "destination": [address for _, address in getaddresses(addressed) if address]
        or list(mail.recipients),
        "headersTruncated": len(kept) < len(headers),
        "headers": [{"name": name, "value": value} for name, value in kept],
        "commonHeaders": _common(values),
    }


def _common(values: Mapping[str, str]) -> dict[str, Any]:
    common: dict[str, Any] = {key: _decoded(values[name]) for key, name in _COMMON.items() if name in values}
    for key, name in _COMMON_LISTS.items():
        if name in values:
            text = values[name]
            common[key] = [_mailbox(*found) for found in getaddresses([text]) if any(found)] or [text]
    if "returnPath" in common:
        common["returnPath"] = common["returnPath"].strip("<>")
    return common


def _mailbox(name: str, address: str) -> str:
    return f'"{_decoded(name)}" <{address}>' if name else address


def _decoded(text: str) -> str:
    """Encoded words read (RFC 2047); what cannot be read stays as it is."""
    try:
        return str(make_header(decode_header(text)))
    except (ValueError, LookupError):
        return text
