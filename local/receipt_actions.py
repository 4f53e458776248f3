"""Applies the rules of a rule set to a message: each rule's actions in order, until one says stop.

Sources: SES Developer Guide, "Email receiving process" and "Action options". An action that fails is said in
the log and in the list of received mail, and the next one follows: nothing is tried again here. Nothing that
is logged names an address.
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import Enum
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from local.aws_calls import AwsCalls, FunctionFailedError
from local.bounce_message import bounce_message
from local.client_side_encryption import encrypt, encryption_context
from local.receipt_notification import (
    SUBJECT,
    action_object,
    encoded_content,
    lambda_event,
    mail_object,
    notification,
    receipt_object,
)
from local.receipt_rule import Rule, kind_of, matching, object_key
from local.receipt_rule_sets import RuleSet
from local.received_mail import ReceivedMail
from local.ses_message import Json, timestamp

MAX_SNS_BYTES: Final = 150 * 1024
"""Size of a message that an SNS action publishes (SES Developer Guide, SNS action)."""

_LOG: Final = logging.getLogger(__name__)


class Flow(Enum):
    """What follows an action; the values are what a function answers as its ``disposition``."""

    CONTINUE = "CONTINUE"
    STOP_RULE = "STOP_RULE"
    STOP_RULE_SET = "STOP_RULE_SET"


@dataclass(frozen=True, kw_only=True)
class Step:
    """One rule at work on one message.

    Attributes:
        mail: The message.
        rule: The rule.
        recipients: The recipients that the rule is for.
        added: Lines that Add header actions have put on the message so far.
    """

    mail: ReceivedMail
    rule: Rule
    recipients: tuple[str, ...]
    added: bytes = b""

    @property
    def raw(self) -> bytes:
        """The message as SES hands it on."""
        return self.mail.raw(scanned=self.rule["ScanEnabled"], added=self.added)

    def receipt(self, kind: str, members: Mapping[str, str]) -> Json:
        """The ``receipt`` object about an action."""
        action = action_object(kind, members, key=object_key(members, self.mail.message_id))
        return receipt_object(
            self.mail, self.recipients, action, scanned=self.rule["ScanEnabled"], now=datetime.now(UTC)
        )


Run = Callable[[Step, Mapping[str, str]], Flow]


@dataclass(frozen=True, kw_only=True)
class ReceiptActions:
    """Applies rules.

    Attributes:
        calls: The other services.
        account: The account that receives.
    """

    calls: AwsCalls
    account: str
    _runs: dict[str, Run] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        self._runs.update(
            {
                "S3Action": self._store,
                "SNSAction": self._publish,
                "LambdaAction": self._invoke,
                "BounceAction": self._bounce,
                "StopAction": lambda *_: Flow.STOP_RULE_SET,
            }
        )

    def apply(self, rule_set: RuleSet, mail: ReceivedMail) -> Json:
        """Apply a rule set; what became of the message, for the list of received mail."""
        done: list[Json] = []
        added, flow = b"", Flow.CONTINUE
        for rule in list(rule_set.rules):
            recipients = matching(rule, mail.recipients)
            if not recipients:
                continue
            for action in rule["Actions"]:
                kind, members = kind_of(action)
                if kind == "AddHeaderAction":
                    added += f"{members['HeaderName']}: {members['HeaderValue']}\r\n".encode()
                    done.append(_outcome(rule, kind, ""))
                    continue
                step = Step(mail=mail, rule=rule, recipients=recipients, added=added)
                flow, problem = self._run(step, kind, members)
                done.append(_outcome(rule, kind, problem))
                if flow is not Flow.CONTINUE:
                    break
            if flow is Flow.STOP_RULE_SET:
                break
        return {
            "MessageId": mail.message_id,
            "Region": mail.region,
            "Timestamp": timestamp(mail.arrived),
            "Source": mail.source,
            "Recipients": list(mail.recipients),
            "RuleSet": rule_set.name,
            "Actions": done,
        }

    def _run(self, step: Step, kind: str, members: Mapping[str, str]) -> tuple[Flow, str]:
        """Run an action and tell its topic; what follows, and what went wrong."""
        try:
            # WorkMail and Connect are not emulated: they are on the list, and their topics are told.
            flow = self._runs[kind](step, members) if kind in self._runs else Flow.CONTINUE
            if kind != "SNSAction" and members.get("TopicArn"):
                message = notification(step.receipt(kind, members), mail_object(step.mail, step.raw))
                self._tell(step, members["TopicArn"], message)
        except (ClientError, BotoCoreError, FunctionFailedError, OversizeError) as error:
            problem = (
                error.response["Error"]["Code"] if isinstance(error, ClientError) else type(error).__name__
            )
            _LOG.warning("rule %s: %s of %s: %s", step.rule["Name"], kind, step.mail.message_id, problem)
            return Flow.CONTINUE, problem
        return flow, ""

    def _store(self, step: Step, members: Mapping[str, str]) -> Flow:
        region, key = step.mail.region, object_key(members, step.mail.message_id)
        body, metadata = step.raw, None
        if "KmsKeyArn" in members:
            body, metadata = self._encrypted(step, members["KmsKeyArn"])
        self.calls.put_object(region, bucket=members["BucketName"], key=key, body=body, metadata=metadata)
        return Flow.CONTINUE

    def _encrypted(self, step: Step, key_arn: str) -> tuple[bytes, Mapping[str, str]]:
        context = encryption_context(
            account=self.account, rule=step.rule["Name"], message_id=step.mail.message_id, key_arn=key_arn
        )
        data_key = self.calls.generate_data_key(step.mail.region, key_arn=key_arn, context=context)
        return encrypt(step.raw, data_key, context)

    def _publish(self, step: Step, members: Mapping[str, str]) -> Flow:
        raw = step.raw
        if len(raw) > MAX_SNS_BYTES:
            raise OversizeError
        content = encoded_content(raw, members["Encoding"])
        message = notification(
            step.receipt("SNSAction", members), mail_object(step.mail, raw), content=content
        )
        self._tell(step, members["TopicArn"], message)
        return Flow.CONTINUE

    def _invoke(self, step: Step, members: Mapping[str, str]) -> Flow:
        answer = self.calls.invoke(
            step.mail.region,
            function=members["FunctionArn"],
            event=lambda_event(step.receipt("LambdaAction", members), mail_object(step.mail, step.raw)),
            wait=members.get("InvocationType") == "RequestResponse",
        )
        said = answer.get("disposition") if isinstance(answer, dict) else None
        return Flow(said) if said in {flow.value for flow in Flow} else Flow.CONTINUE

    def _bounce(self, step: Step, members: Mapping[str, str]) -> Flow:
        if step.mail.source:  # a bounce is never bounced (RFC 5321 4.5.5)
            self.calls.send_raw(
                step.mail.region,
                sender=members["Sender"],
                recipients=[step.mail.source],
                message=bounce_message(step.mail, step.recipients, members),
            )
        return Flow.CONTINUE

    def _tell(self, step: Step, topic: str, message: Mapping[str, Any]) -> None:
        self.calls.publish(step.mail.region, topic=topic, subject=SUBJECT, message=message)


class OversizeError(Exception):
    """A message is too large for a notification; SES bounces it."""


def _outcome(rule: Rule, kind: str, problem: str) -> Json:
    return {"Rule": rule["Name"], "Type": kind, "Problem": problem}
