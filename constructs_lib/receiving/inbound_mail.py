"""A function for incoming mail: the built-in processor or your own, behind a queue that loses nothing.

A user gets an encrypted topic that SES announces stored mail to, a queue and a dead-letter queue, a function
that reads the queue, and two alarms: on mail that nobody could process and on mail that waits. The built-in
function keeps a summary and the attachments beside each raw message and forwards it (`mail_processor`). Key
and queues stay when the stack is deleted; topic, function, log and alarms go; the bucket is not touched.

What a person must still do: let a receipt rule store mail under the prefix and announce it to `topic`, make
that rule depend on `listening`, and look into the dead-letter queue when its alarm says so.

Example::

    InboundMail(
        stack, "Inbound", name="inbound", bucket=bucket, encryption_key=key, prefix="inbound/",
        rule_set_name="mail", processor=MailProcessor(),
    )
"""

import re
from collections.abc import Sequence
from typing import Final

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3 as s3
from constructs import Construct, DependencyGroup

from constructs_lib.acknowledgments import COMPLIANCE, acknowledge, acknowledge_wildcards
from constructs_lib.domain_name import is_token
from constructs_lib.errors import ConfigurationError
from constructs_lib.events.feedback import require_key_arn
from constructs_lib.receiving.client_side_encryption import ClientSideEncryption
from constructs_lib.receiving.inbound_queue import InboundQueue
from constructs_lib.receiving.mail_processor import MailProcessor
from constructs_lib.runtime_function import RuntimeFunction
from constructs_lib.runtimes.inbound_mail.keys import WRITTEN
from constructs_lib.runtimes.inbound_mail.settings import SETTINGS, Settings
from constructs_lib.runtimes.inbound_mail.verdicts import Check

_NAME: Final = re.compile(r"[A-Za-z0-9_-]{1,76}")
_RULE_SET: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")
_PREFIX: Final = re.compile(r"[A-Za-z0-9!_.'()/=@+-]{0,200}")
_TIMES_TIMEOUT: Final = 6
"""Lambda Developer Guide, configuring a queue to use with Lambda."""

_LEAST_CONCURRENCY, _MOST_CONCURRENCY = 2, 1_000
_MOST_RECEIVES: Final = 1_000
LEAST_MEMORY_TO_DECRYPT_MB: Final = 512
"""Room for a message of 40 MB: while it is decrypted it is in memory four times (measured: 221 MB in all)."""

_LAMBDA_TIMEOUT_SECONDS: Final = 3
"""Of a function that names none."""

_BELOW_PREFIX: Final = "Keys below the prefix of this rule's mail; ids of messages are known when they come."

_REASONS: Final = {
    "LambdaConcurrency": "The event source has a limit; a reservation is the processor's option.",
    "LambdaDLQ": "A queue calls it, tries again and has a dead-letter queue with an alarm.",
    "LambdaTracing": "Each message is one line of its log, with its id, outcome and duration.",
}


class InboundMail(Construct):
    """A function that processes the mail under one prefix.

    Args:
        scope: Parent construct.
        construct_id: Id below the parent.
        name: Of topic and queue; the dead-letter queue is ``<name>-dlq``. 1 to 76 letters, digits, ``-_``.
        bucket: Where SES puts raw mail.
        encryption_key: The key of the bucket.
        prefix: The ``ObjectKeyPrefix`` of the rule's S3 action. Letters, digits and ``!_.'()/=@+-``.
        rule_set_name: The rule set whose rules may announce mail.
        processor: The built-in function. Default: one that forwards nothing, unless there is `function`.
        function: Your own function instead. It gets SES's notification in an SQS event, may read the raw
            mail, and answers with ``batchItemFailures``.
        client_side: What rules encrypt mail of this prefix with (``client_side_encryption``). The built-in
            function gets the layer that reads it, yours the permission. Default: they do not.
        function_timeout: Its timeout. Default: as the CDK knows it, for functions of this app.
        batch_size: Messages that your function gets at once, 1 to 10. Default: 1, as the built-in one.
        max_concurrency: Messages at the same moment, 2 to 1,000. Default: 5.
        max_receive_count: Attempts before a message is dead, 2 to 1,000. Default: 5.
        max_age: Mail that waits as long raises an alarm. Default: one hour.
        alarm_actions: What the alarms do. Default: nothing; CloudWatch shows their state.
        existing_key_arn: A customer managed key in this Region that exists already, for topic and queues.
            Default: one is made.
        removal_policy: Of the queues and their key. Default: they are kept; a failed creation is cleaned up.

    Attributes:
        topic: What the S3 action names.
        queue: What the function reads.
        dead_letter_queue: What could not be processed, for 14 days.
        queue_key: The key of these.
        function: The function.
        dead_letter_alarm: See `InboundQueue`.
        age_alarm: See `InboundQueue`.
        listening: What must be there before a rule announces mail, which else nobody hears of.

    Raises:
        ConfigurationError: ``inbound-mail-invalid``, ``encryption-key-unusable``.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        name: str,
        bucket: s3.IBucket,
        encryption_key: kms.IKey,
        prefix: str,
        rule_set_name: str,
        processor: MailProcessor | None = None,
        function: lambda_.IFunction | None = None,
        client_side: ClientSideEncryption | None = None,
        function_timeout: cdk.Duration | None = None,
        batch_size: int = 1,
        max_concurrency: int = 5,
        max_receive_count: int = 5,
        max_age: cdk.Duration | None = None,
        alarm_actions: Sequence[cloudwatch.IAlarmAction] = (),
        existing_key_arn: str | None = None,
        removal_policy: cdk.RemovalPolicy = cdk.RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    ) -> None:
        _require(name, "name", _NAME, "1 to 76 ASCII letters, digits, hyphens and underscores (SQS API).")
        _require(
            rule_set_name,
            "rule_set_name",
            _RULE_SET,
            "the name of a rule set (SES API, CreateReceiptRuleSet).",
        )
        _require(prefix, "prefix", _PREFIX, "up to 200 letters, digits and !_.'()/=@+-: no wildcard of IAM.")
        _require_between("max_concurrency", _LEAST_CONCURRENCY, max_concurrency, _MOST_CONCURRENCY)
        _require_between("max_receive_count", 2, max_receive_count, _MOST_RECEIVES)
        _require_between("batch_size", 1, batch_size, 10)
        if function is not None and processor is not None:
            raise _invalid(
                "function", "either the built-in processor or a function of yours.", function, "drop one"
            )
        if function is None:
            processor = processor or MailProcessor()
            if batch_size != 1:
                raise _invalid("batch_size", "the built-in function gets one.", batch_size, "leave it out")
            if client_side is not None and processor.memory_mb < LEAST_MEMORY_TO_DECRYPT_MB:
                raise _invalid(
                    "processor: memory_mb",
                    f"{LEAST_MEMORY_TO_DECRYPT_MB} or more to decrypt a message of 40 MB.",
                    processor.memory_mb,
                    f"write memory_mb={LEAST_MEMORY_TO_DECRYPT_MB}, or leave it out",
                )
        timeout = _timeout(processor, function, function_timeout)
        if existing_key_arn is not None:
            require_key_arn(existing_key_arn, region=cdk.Stack.of(scope).region)

        super().__init__(scope, construct_id)
        self._bucket, self._encryption_key, self._prefix = bucket, encryption_key, prefix
        self._client_side = client_side
        self._raw_mail = bucket.arn_for_objects(f"{prefix}*")
        announcements = InboundQueue(
            self,
            "Announcements",
            name=name,
            rule_set_name=rule_set_name,
            visibility_timeout=cdk.Duration.seconds(_TIMES_TIMEOUT * int(timeout.to_seconds())),
            max_receive_count=max_receive_count,
            max_age=max_age or cdk.Duration.hours(1),
            alarm_actions=alarm_actions,
            existing_key_arn=existing_key_arn,
            removal_policy=removal_policy,
        )
        self.topic = announcements.topic
        self.queue = announcements.queue
        self.dead_letter_queue = announcements.dead_letter_queue
        self.queue_key = announcements.key
        self.dead_letter_alarm = announcements.dead_letter_alarm
        self.age_alarm = announcements.age_alarm
        self.function, permission = (
            self._your_function(function) if processor is None else self._built_in(processor)
        )
        source = lambda_.EventSourceMapping(
            self,
            "Source",
            target=self.function,
            event_source_arn=self.queue.queue_arn,
            batch_size=batch_size,
            max_concurrency=max_concurrency,
            report_batch_item_failures=True,
        )
        acknowledge(
            source,
            {"LambdaEventSourceMappingDestination": "The queue's dead-letter queue gets what fails."},
            packs=["Serverless"],
        )
        self.listening = DependencyGroup(announcements.listening, source)
        if permission is not None:
            # Lambda tries the queue when the mapping is made.
            source.node.add_dependency(permission)

    def _built_in(self, processor: MailProcessor) -> tuple[lambda_.IFunction, None]:
        stack = cdk.Stack.of(self)
        policy, forwarding = processor.policy, processor.forwarding
        settings = Settings(
            bucket=self._bucket.bucket_name,
            prefix=self._prefix,
            key_arn=self._encryption_key.key_arn,
            stops={check: policy.of(check) for check in Check},
            dmarc_policies=policy.dmarc_policies,
            attachments=processor.attachments,
            forward=None if forwarding is None else forwarding.settings(),
            client_side_key_arn=None if self._client_side is None else self._client_side.key.key_arn,
        )
        written = [self._bucket.arn_for_objects(f"{self._prefix}*{what}") for what in WRITTEN]
        runtime = RuntimeFunction(
            self,
            "Function",
            runtime="inbound_mail",
            description="Keeps a summary and the attachments of incoming mail, and forwards it",
            timeout=cdk.Duration.seconds(processor.timeout_seconds),
            memory_mb=processor.memory_mb,
            reserved_concurrency=processor.reserved_concurrency,
            layers=() if self._client_side is None else [self._client_side.layer],
            environment={SETTINGS: stack.to_json_string(settings.to_dict())},
            reasons=_REASONS,
            statements=[
                *self._read_statements(),
                iam.PolicyStatement(actions=["s3:PutObject"], resources=written),
                iam.PolicyStatement(
                    actions=["kms:GenerateDataKey"],
                    resources=[self._encryption_key.key_arn],
                    conditions=self._through_s3(),
                ),
                *(() if forwarding is None else forwarding.permission().statements(self)),
            ],
        )
        acknowledge_wildcards(runtime.role, [self._raw_mail, *written], reason=_BELOW_PREFIX)
        # Its role holds its permissions from the start.
        return runtime.function, None

    def _your_function(self, function: lambda_.IFunction | None) -> tuple[lambda_.IFunction, Construct]:
        if function is None or function.role is None:
            raise _invalid(
                "function",
                "a function whose role is known, since it must read the queue and the mail.",
                function,
                "import it with Function.from_function_attributes(..., role=...)",
            )
        policy = iam.Policy(self, "ReadMail", statements=self._read_statements(), roles=[function.role])
        acknowledge_wildcards(policy, [self._raw_mail], reason=_BELOW_PREFIX)
        acknowledge(
            policy, {"IAMNoInlinePolicy": "It belongs to this queue and goes with it."}, packs=COMPLIANCE
        )
        return function, policy

    def _read_statements(self) -> list[iam.PolicyStatement]:
        return [
            iam.PolicyStatement(
                actions=["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"],
                resources=[self.queue.queue_arn],
            ),
            iam.PolicyStatement(actions=["kms:Decrypt"], resources=[self.queue_key.key_arn]),
            iam.PolicyStatement(actions=["s3:GetObject"], resources=[self._raw_mail]),
            iam.PolicyStatement(
                actions=["kms:Decrypt"],
                resources=[self._encryption_key.key_arn],
                conditions=self._through_s3(),
            ),
            *(() if self._client_side is None else (self._client_side.read_statement(),)),
        ]

    def _through_s3(self) -> dict[str, dict[str, str]]:
        stack = cdk.Stack.of(self)
        return {"StringEquals": {"kms:ViaService": f"s3.{stack.region}.{stack.url_suffix}"}}


def _timeout(
    processor: MailProcessor | None, function: lambda_.IFunction | None, given: cdk.Duration | None
) -> cdk.Duration:
    if processor is not None:
        if given is not None:
            raise _invalid(
                "function_timeout", "of your own function.", given, "use MailProcessor(timeout_seconds=...)"
            )
        return cdk.Duration.seconds(processor.timeout_seconds)
    known = isinstance(function, lambda_.Function)
    if given is None and not known:
        raise _invalid(
            "function_timeout",
            "the queue waits six times the function's timeout, which an imported function does not tell.",
            None,
            "write the function's timeout: function_timeout=cdk.Duration.minutes(1)",
        )
    own = function.timeout if isinstance(function, lambda_.Function) else None
    return given or own or cdk.Duration.seconds(_LAMBDA_TIMEOUT_SECONDS)


def _require(value: str, option: str, pattern: re.Pattern[str], rule: str) -> None:
    if not is_token(value) and not pattern.fullmatch(value):
        raise _invalid(option, rule, value, "choose such a value")


def _require_between(option: str, least: int, value: int, most: int) -> None:
    if not least <= value <= most:
        raise _invalid(option, f"{least} to {most} (SQS and Lambda API).", value, "choose a value within")


def _invalid(option: str, rule: str, got: object, fix: str) -> ConfigurationError:
    return ConfigurationError("inbound-mail-invalid", option=option, rule=rule, got=got, fix=fix)
