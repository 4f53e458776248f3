"""Alerts on the calls that abuse of an Amazon SES account looks like, one rule for each kind.

A user gets EventBridge rules on the default bus of one Region that publish who called what, from where, when
and about what to an encrypted topic; people and queues get it from there. A dead-letter queue keeps what
could not be published or delivered, and an alarm tells of it. Key and queues stay when the stack is deleted;
rules, topic, role and subscriptions go. `abuse_patterns` says which calls, and who is not told about.

EventBridge publishes by a role, because it passes no source to a topic's policy or a key's (EventBridge User
Guide, resource-based policies; SNS Developer Guide, key management). Events come only where a trail records
the calls (`audit_trail`). What a person must still do: confirm each e-mail subscription within three days.

Example::

    AbuseAlerts(
        stack, "Alerts", name="prod-abuse", from_domains=["example.com"],
        receivers=AlertReceivers(subscribers=(EmailSubscriber(address="security@example.net"),)),
    )
"""

from collections.abc import Sequence

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from constructs import Construct

from constructs_lib.acknowledgments import COMPLIANCE, acknowledge
from constructs_lib.audit.abuse_message import input_paths, input_template
from constructs_lib.audit.abuse_patterns import WATCHED, Abuse, Known
from constructs_lib.audit.alert_receivers import AlertReceivers, require_alert_name
from constructs_lib.audit.alert_topic import AlertTopic
from constructs_lib.audit.audit_trail import trail_arn
from constructs_lib.audit.known_principals import caller_patterns, require_principals
from constructs_lib.events.feedback import require_key_arn
from constructs_lib.events.undelivered_events import EVENTS, UndeliveredEvents


class AbuseAlerts(Construct):
    """The alerts of one Region.

    Args:
        scope: Parent construct.
        construct_id: Id below the parent.
        name: Of topic and queue.
        deployers: Roles and users whose changes are ordinary, as ``role/Deploy``; ``*`` may end a name.
            Default: the role by which CloudFormation deploys for the CDK; name it where a stack has a
            synthesizer of its own, which does not tell its qualifier.
        own_roles: Roles of functions that change or send for the deployment, in the same way. Default: none.
        senders: Roles and users that send. Default: it is not told who sends.
        sender_accounts: Other accounts that may send with these identities.
        from_domains: Domains that mail comes from. Default: From addresses are not told.
        from_addresses: Single addresses that mail comes from, besides.
        trail_name: A trail of this Region, whose end or change is told. Default: none.
        receivers: Who gets them, or a topic of your own. Default: a topic with nobody behind it.
        alarm_actions: What the alarm about lost alerts does. Default: nothing; CloudWatch shows its state.
        existing_key_arn: A customer managed key in this Region that exists already, for the topic and queue
            that are made. Default: one is made.
        removal_policy: Of key and queues. Default: they are kept; a failed creation is cleaned up.

    Attributes:
        topic_arn: Where alerts are published.
        topic: The topic that was made, its key and queue; None with a topic of your own.
        dead_letters: The queue of what was not published or delivered, and the alarm about it.
        rules: The rules by kind.

    Raises:
        ConfigurationError: ``abuse-alerts-invalid``, ``known-principal-invalid``, ``event-pattern-too-long``,
            ``encryption-key-unusable``; before anything is built.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        name: str,
        deployers: Sequence[str] = (),
        own_roles: Sequence[str] = (),
        senders: Sequence[str] = (),
        sender_accounts: Sequence[str] = (),
        from_domains: Sequence[str] = (),
        from_addresses: Sequence[str] = (),
        trail_name: str | None = None,
        receivers: AlertReceivers = AlertReceivers(),  # noqa: B008 - frozen, so sharing it is safe
        alarm_actions: Sequence[cloudwatch.IAlarmAction] = (),
        existing_key_arn: str | None = None,
        removal_policy: cdk.RemovalPolicy = cdk.RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    ) -> None:
        stack = cdk.Stack.of(scope)
        require_alert_name(name)
        receivers.require_region(stack.region)
        if existing_key_arn is not None:
            require_key_arn(existing_key_arn, region=stack.region)
        own = require_principals(own_roles, option="own_roles")
        deploying = (require_principals(deployers, option="deployers") or (_cdk_role(stack),)) + own
        sending = require_principals(senders, option="senders")

        def callers(names: Sequence[str]) -> tuple[str, ...]:
            return tuple(caller_patterns(names, partition=stack.partition, account=stack.account))

        known = Known(
            deployers=callers(deploying),
            senders=callers(sending + own) if sending else (),
            sender_accounts=tuple(sender_accounts),
            from_domains=tuple(from_domains),
            from_addresses=tuple(from_addresses),
            trail=(trail_name, trail_arn(scope, trail_name)) if trail_name else (),
        )
        patterns = {kind: known.pattern(kind) for kind in known.kinds}

        super().__init__(scope, construct_id)
        self.dead_letters = UndeliveredEvents(
            self,
            "DeadLetters",
            name=name,
            description="An alert on Amazon SES was not published or delivered: look into the queue.",
            alarm_actions=alarm_actions,
            removal_policy=removal_policy,
        )
        self.topic: AlertTopic | None = None
        if receivers.existing_topic_arn is None:
            self.topic = AlertTopic(
                self,
                "Alerts",
                name=name,
                receivers=receivers,
                dead_letter_queue=self.dead_letters.queue,
                existing_key_arn=existing_key_arn,
                removal_policy=removal_policy,
            )
            self.dead_letters.allow(self.topic.topic)
            self.topic_arn = self.topic.topic.topic_arn
            self._role = self._publisher(self.topic_arn, self.topic.key.key_arn)
        else:
            self.topic_arn = receivers.existing_topic_arn
            self._role = self._publisher(self.topic_arn, receivers.existing_topic_key_arn)
        self.rules = {kind: self._rule(kind, pattern) for kind, pattern in patterns.items()}
        self.dead_letters.allow_rules([rule.attr_arn for rule in self.rules.values()])

    def _rule(self, kind: Abuse, pattern: dict[str, object]) -> events.CfnRule:
        return events.CfnRule(
            self,
            kind,
            description=f"Amazon SES: {WATCHED[kind].title}",
            event_pattern=pattern,
            targets=[
                events.CfnRule.TargetProperty(
                    id="Topic",
                    arn=self.topic_arn,
                    role_arn=self._role.role_arn,
                    input_transformer=events.CfnRule.InputTransformerProperty(
                        input_paths_map=input_paths(kind), input_template=input_template(kind)
                    ),
                    dead_letter_config=events.CfnRule.DeadLetterConfigProperty(
                        arn=self.dead_letters.queue.queue_arn
                    ),
                )
            ],
        )

    def _publisher(self, topic_arn: str, topic_key_arn: str | None) -> iam.Role:
        stack = cdk.Stack.of(self)
        statements = [iam.PolicyStatement(actions=["sns:Publish"], resources=[topic_arn])]
        if topic_key_arn is not None:
            statements.append(
                iam.PolicyStatement(actions=["kms:Decrypt", "kms:GenerateDataKey"], resources=[topic_key_arn])
            )
        role = iam.Role(
            self,
            "Publisher",
            description="EventBridge publishes alerts about Amazon SES",
            assumed_by=iam.ServicePrincipal(
                EVENTS,
                conditions={
                    "StringEquals": {"aws:SourceAccount": stack.account},
                    # By type: the rules themselves refer to the role.
                    "ArnLike": {
                        "aws:SourceArn": stack.format_arn(
                            service="events", resource="rule", resource_name="*"
                        )
                    },
                },
            ),
            inline_policies={"Publish": iam.PolicyDocument(statements=statements)},
        )
        acknowledge(
            role, {"IAMNoInlinePolicy": "It belongs to this role and goes with it."}, packs=COMPLIANCE
        )
        return role


def _cdk_role(stack: cdk.Stack) -> str:
    """The role of the CDK's bootstrap that CloudFormation deploys by."""
    qualifier = stack.synthesizer.bootstrap_qualifier or cdk.DefaultStackSynthesizer.DEFAULT_QUALIFIER
    return f"role/cdk-{qualifier}-cfn-exec-role-{stack.account}-{stack.region}"
