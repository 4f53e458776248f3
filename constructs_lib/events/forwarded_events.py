"""Events that a rule of another account sends here: the consumer's side, in the consumer's account.

A user gets an event bus that only one rule of one other account may put events of Amazon SES on, and
behind it an encrypted queue that a rule of this account fills, with the role for that, a key, and a
dead-letter queue with an alarm. Further rules on the bus serve other consumers. Key and queues stay when the
stack is deleted, because they hold events; the bus and its rule go.

What a person must still do: give the sender the ARN of the bus (an output). Deploy before the sender.

Example::

    ForwardedEvents(
        stack, "MailEvents", name="mail-events", sender_account="111111111111",
        rule_name="transactional-analytics",
    )
"""

import re
from collections.abc import Sequence
from typing import Any, Final

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from constructs_lib.account_id import require_account_id
from constructs_lib.encryption_key import rotated_key
from constructs_lib.errors import ConfigurationError
from constructs_lib.events.event_forward import require_known_name
from constructs_lib.events.feedback import FeedbackQueue
from constructs_lib.events.rule_role import rule_role
from constructs_lib.events.topic_queues import DEAD_LETTER_RETENTION_DAYS
from constructs_lib.events.undelivered_events import UndeliveredEvents

_NAME: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")
"""Of a queue (SQS API, CreateQueue), as the bus is named like it."""

_DEFAULT_BUS: Final = "default"
"""Every account has it, and no other bus can be named so (EventBridge API, CreateEventBus)."""

_RULE_NAME: Final = re.compile(r"[A-Za-z0-9._-]{1,64}")
"""EventBridge API, PutRule."""


class ForwardedEvents(Construct):
    """A bus for one rule of another account, and a queue behind it.

    Args:
        scope: Parent construct.
        construct_id: Id below the parent.
        name: Of bus, rule and queue: 1 to 64 letters, digits, hyphens and underscores, not ``default``.
        sender_account: The account whose mail it is: 12 digits, as text.
        rule_name: Its rule, ``<configuration set>-<name of the forward>``, in this Region.
        queue: How the queue is read; with ``raw`` it holds the SES event alone. Default: the whole event of
            EventBridge.
        alarm_actions: What the alarm ``<name>-dead-letters`` does. Default: nothing; CloudWatch shows it.
        removal_policy: Of key and queues. Default: they are kept; a failed creation is cleaned up.

    Attributes:
        bus_arn: The bus, for the sender's `ForeignBus`.
        key: Encrypts the queue.
        queue: The queue.
        undelivered: The dead-letter queue ``<name>-dlq``, and the alarm about it.

    Raises:
        ConfigurationError: ``event-forwarding-invalid``, ``account-invalid``; before anything is built.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        name: str,
        sender_account: str,
        rule_name: str,
        queue: FeedbackQueue = FeedbackQueue(),  # noqa: B008 - frozen, so sharing it is safe
        alarm_actions: Sequence[cloudwatch.IAlarmAction] = (),
        removal_policy: cdk.RemovalPolicy = cdk.RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    ) -> None:
        require_known_name(name, _NAME, option="name")
        if name == _DEFAULT_BUS:
            raise ConfigurationError(
                "event-forwarding-invalid",
                option="name",
                rule="not default, as the account's own bus is named (EventBridge API, CreateEventBus).",
                got=name,
                fix="name the bus after what is on it, such as mail-events",
            )
        require_known_name(rule_name, _RULE_NAME, option="rule_name")
        require_account_id(sender_account, option="sender_account")

        super().__init__(scope, construct_id)
        stack = cdk.Stack.of(self)
        # By name: the policy of the bus names the bus.
        self.bus_arn = stack.format_arn(service="events", resource="event-bus", resource_name=name)
        sender = stack.format_arn(
            service="events", account=sender_account, resource="rule", resource_name=rule_name
        )
        bus = events.CfnEventBus(self, "Bus", name=name, policy=self._only(sender, sender_account))
        # Without the account, which may be a token: a description is a literal.
        cdk.CfnOutput(
            self, "BusArn", value=self.bus_arn, description=f"For the sender of {name}: its rule's target"
        )
        self.key = rotated_key(
            self,
            "Key",
            description=f"Amazon SES: events of another account, {name}",
            removal_policy=removal_policy,
        )
        self.undelivered = UndeliveredEvents(
            self,
            "DeadLetters",
            name=name,
            queue_name=f"{name}-dlq",
            description=f"Events of another account were not read or delivered: look into {name}-dlq.",
            alarm_actions=alarm_actions,
            removal_policy=removal_policy,
        )
        self.queue = sqs.Queue(
            self,
            "Queue",
            queue_name=name,
            encryption=sqs.QueueEncryption.KMS,
            encryption_master_key=self.key,
            enforce_ssl=True,
            visibility_timeout=cdk.Duration.seconds(queue.visibility_timeout_seconds),
            # Events wait here while the consumer is broken: as long as SQS allows.
            retention_period=cdk.Duration.days(DEAD_LETTER_RETENTION_DAYS),
            dead_letter_queue=sqs.DeadLetterQueue(
                queue=self.undelivered.queue, max_receive_count=queue.max_receive_count
            ),
            removal_policy=removal_policy,
        )
        self._fill(bus, name, sender_account, raw=queue.raw)

    def grant_consume(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let somebody in this account read, delete and decrypt what is in the queue."""
        return self.queue.grant_consume_messages(grantee)

    def _only(self, rule_arn: str, account: str) -> dict[str, Any]:
        """The policy of the bus (EventBridge User Guide, send events from specific rules; condition keys)."""
        statement = iam.PolicyStatement(
            sid="OnlyThisRuleSends",
            principals=[iam.AccountPrincipal(account)],
            actions=["events:PutEvents"],
            resources=[self.bus_arn],
            conditions={
                "ArnEquals": {"aws:SourceArn": rule_arn},
                # A key of several values; each event has one (Service Authorization Reference, EventBridge).
                "ForAllValues:StringEquals": {"events:source": "aws.ses"},
            },
        )
        return {"Version": "2012-10-17", "Statement": [statement.to_statement_json()]}

    def _fill(self, bus: events.CfnEventBus, name: str, account: str, *, raw: bool) -> None:
        """By a role: EventBridge passes no source to a key's policy (SNS Developer Guide, key management)."""
        rule_arn = cdk.Stack.of(self).format_arn(
            service="events", resource="rule", resource_name=f"{name}/{name}"
        )
        kept = self.undelivered.allow_rules([rule_arn])
        role = rule_role(
            self,
            "Filler",
            description=f"EventBridge puts events of account {account} into their queue",
            rule_arn=rule_arn,
            statements=[
                iam.PolicyStatement(actions=["sqs:SendMessage"], resources=[self.queue.queue_arn]),
                iam.PolicyStatement(
                    actions=["kms:Decrypt", "kms:GenerateDataKey"], resources=[self.key.key_arn]
                ),
            ],
        )
        rule = events.CfnRule(
            self,
            "Rule",
            name=name,
            event_bus_name=bus.ref,
            description=f"Amazon SES: events of account {account} go to their queue",
            event_pattern={"account": [account], "source": ["aws.ses"]},
            targets=[
                events.CfnRule.TargetProperty(
                    id="Queue",
                    arn=self.queue.queue_arn,
                    role_arn=role.role_arn,
                    input_path="$.detail" if raw else None,
                    dead_letter_config=events.CfnRule.DeadLetterConfigProperty(
                        arn=self.undelivered.queue.queue_arn
                    ),
                )
            ],
        )
        rule.node.add_dependency(*kept)
