"""What SES tries when a rule is made or changed: whether it can reach everything that the actions name.

As people who called AWS report: it writes an object to the bucket, publishes to the topics, and looks for the
function and for the identity that bounces come from. SES's words.

In this process, not over HTTP: CloudFormation makes rules in the thread that would have to answer.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Final

from local import emulator
from local.mail_verdicts import Verdict, Verdicts
from local.receipt_notification import SUBJECT, action_object, mail_object, notification, receipt_object
from local.receipt_rule import Rule, kind_of, object_key
from local.received_mail import ReceivedMail
from local.ses_errors import Fault, SesError
from local.ses_store import IdentityStore

SETUP_ID: Final = "AMAZON_SES_SETUP_NOTIFICATION"
"""Message id, and name of the object, of what SES writes when it tries a target."""

_TOPIC: Final = re.compile(r"arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:\S+")
_FUNCTION: Final = re.compile(r"arn:aws[a-z-]*:lambda:[a-z0-9-]+:\d{12}:function:\S+")
_SETUP: Final = (
    "From: Amazon Web Services <no-reply-aws@amazon.com>\r\n"
    "To: recipient@example.com\r\n"
    "Subject: Amazon SES Setup Notification\r\n"
    f"Message-ID: <{SETUP_ID}>\r\n"
    "MIME-Version: 1.0\r\n"
    "Content-Type: text/plain; charset=UTF-8\r\n"
    "\r\n"
    "A receipt rule of the embedded Amazon SES delivers here from now on.\r\n"
).encode()


@dataclass(frozen=True, kw_only=True)
class RuleTargets:
    """Tries the targets of rules.

    Attributes:
        identities: The identities, for the senders of bounces.
    """

    identities: IdentityStore

    def require(self, rule: Rule) -> None:
        """Try everything that a rule's actions name.

        Raises:
            SesError: SES cannot reach one of them.
        """
        for action in rule["Actions"]:
            kind, members = kind_of(action)
            # The bucket first: what a topic is told is only true then.
            if kind == "S3Action":
                _require_key(members)
                _write(members)
            if kind == "LambdaAction":
                _require_function(members["FunctionArn"])
            if kind == "BounceAction":
                self._require_verified(members["Sender"])
            if "TopicArn" in members:
                _publish(members["TopicArn"], kind, members, rule)

    def _require_verified(self, sender: str) -> None:
        if self.identities.covering(sender) is None:
            raise SesError(Fault.INVALID_PARAMETER, f"Identity is not verified: {sender}")


def _require_key(members: Mapping[str, str]) -> None:
    """A key that is not there keeps SES from writing to the bucket, and that is what it says."""
    arn = members.get("KmsKeyArn")
    if arn is not None and emulator.find_key(arn) is None:
        bucket = members["BucketName"]
        raise SesError(Fault.INVALID_BUCKET, f"Could not write to bucket: {bucket}", {"Bucket": bucket})


def _write(members: Mapping[str, str]) -> None:
    bucket = members["BucketName"]
    status, _, _ = emulator.put_object(bucket, object_key(members, SETUP_ID), _SETUP, {})
    if status == HTTPStatus.OK:
        return
    how = "No such bucket" if status == HTTPStatus.NOT_FOUND else "Could not write to bucket"
    raise SesError(Fault.INVALID_BUCKET, f"{how}: {bucket}", {"Bucket": bucket})


def _require_function(arn: str) -> None:
    if not _FUNCTION.fullmatch(arn):
        raise SesError(Fault.INVALID_FUNCTION, f"Invalid Lambda function: {arn}", {"FunctionArn": arn})
    if emulator.find_function(arn)[0] is None:
        message = f"Could not invoke Lambda function: {arn}"
        raise SesError(Fault.INVALID_FUNCTION, message, {"FunctionArn": arn})


def _publish(topic: str, kind: str, members: Mapping[str, str], rule: Rule) -> None:
    if not _TOPIC.fullmatch(topic):
        raise SesError(Fault.INVALID_TOPIC, f"Invalid SNS topic: {topic}", {"Topic": topic})
    now = datetime.now(UTC)
    mail = ReceivedMail(
        message_id=SETUP_ID,
        region=emulator.region(),
        arrived=now,
        source="no-reply-aws@amazon.com",
        recipients=("recipient@example.com",),
        client_ip="127.0.0.1",
        helo="localhost",
        content=_SETUP,
        verdicts=_UNJUDGED,
    )
    receipt = receipt_object(
        mail,
        mail.recipients,
        action_object(kind, members, key=object_key(members, SETUP_ID)),
        scanned=rule["ScanEnabled"],
        now=now,
    )
    content = _SETUP.decode() if kind == "SNSAction" else None
    text = json.dumps(notification(receipt, mail_object(mail, _SETUP), content=content))
    if emulator.sns_publish(topic, text, SUBJECT) is None:
        raise SesError(Fault.INVALID_TOPIC, f"Could not publish to SNS topic: {topic}", {"Topic": topic})


_UNJUDGED: Final = Verdicts(
    spam=Verdict.PASS,
    virus=Verdict.PASS,
    spf=Verdict.PASS,
    dkim=Verdict.PASS,
    dmarc=Verdict.PASS,
    dmarc_policy=None,
    from_domain="amazon.com",
)
