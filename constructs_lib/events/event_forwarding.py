"""Events of one configuration set, sent on to a bus or a topic of another account: the sender's side.

A user gets a rule on this account's default bus that matches the events of this configuration set and of no
other, the role that EventBridge sends by, which may put events on that bus or publish to that topic and do
nothing else, and a dead-letter queue for what could not be delivered, with an alarm. A target in another
account needs such a role (EventBridge User Guide, "Sending and receiving events between AWS accounts"). The
queue stays when the stack is deleted, because it holds events; the rest goes.

What a person must still do: have the configuration set publish to EventBridge (`EventBridgeDestination`), and
the other account deploy first: EventBridge takes no target whose policy does not let it. `ForwardedEvents`
and `ForwardedTopic` are that account's side.

Example::

    EventForwarding(
        stack, "ToAnalytics", configuration_set=profile,
        forward=EventForward(
            name="analytics", to=ForeignBus(arn=bus_arn)
        ),
    )
"""

from collections.abc import Sequence

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from constructs import Construct

from constructs_lib.events.event_forward import EventForward, ForeignTopic
from constructs_lib.events.rule_role import rule_role
from constructs_lib.events.undelivered_events import UndeliveredEvents
from constructs_lib.sending.configuration_set_name import require_configuration_set_name
from constructs_lib.sending.sending_profile import SendingProfile


class EventForwarding(Construct):
    """One rule that sends the events of a configuration set on.

    Args:
        scope: Parent construct.
        construct_id: Id below the parent.
        configuration_set: The sending profile whose events are sent on, or the name of a configuration set.
        forward: Where to, in the Region of the stack.
        alarm_actions: What the alarm ``<rule>-dead-letters`` does. Default: nothing; CloudWatch shows it.
        removal_policy: Of the queue. Default: it is kept; a failed creation is cleaned up.

    Attributes:
        rule: The rule.
        role: What EventBridge sends by.
        undelivered: The queue ``<rule>-dlq`` of what could not be delivered, and the alarm about it.

    Raises:
        ConfigurationError: ``event-forwarding-invalid``, ``configuration-set-name-invalid``; before anything
            is built.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        configuration_set: SendingProfile | str,
        forward: EventForward,
        alarm_actions: Sequence[cloudwatch.IAlarmAction] = (),
        removal_policy: cdk.RemovalPolicy = cdk.RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    ) -> None:
        stack = cdk.Stack.of(scope)
        if isinstance(configuration_set, SendingProfile):
            set_name = configuration_set.configuration_set_name
        else:
            set_name = require_configuration_set_name(configuration_set, option="configuration_set")
        name = forward.rule_name(set_name)
        forward.require_source(account=stack.account, region=stack.region)

        super().__init__(scope, construct_id)
        rule_arn = stack.format_arn(service="events", resource="rule", resource_name=name)
        self.undelivered = UndeliveredEvents(
            self,
            "DeadLetters",
            name=name,
            queue_name=f"{name}-dlq",
            description=f"Events of {set_name} did not reach {forward.to.arn}: look into {name}-dlq.",
            alarm_actions=alarm_actions,
            removal_policy=removal_policy,
        )
        kept = self.undelivered.allow_rules([rule_arn])
        self.role = self._sender(forward, role_name=forward.role_name(set_name), rule_arn=rule_arn)
        self.rule = events.CfnRule(
            self,
            "Rule",
            name=name,
            description=f"Amazon SES: events of {set_name} go to {forward.to.arn}",
            event_pattern={
                # Of this account: what another one forwards to this bus is not sent round in circles.
                "account": [stack.account],
                "source": ["aws.ses"],
                "detail": {"mail": {"tags": {"ses:configuration-set": [set_name]}}},
            },
            targets=[
                events.CfnRule.TargetProperty(
                    id="Receiver",
                    arn=forward.to.arn,
                    role_arn=self.role.role_arn,
                    input_path="$.detail" if isinstance(forward.to, ForeignTopic) else None,
                    dead_letter_config=events.CfnRule.DeadLetterConfigProperty(
                        arn=self.undelivered.queue.queue_arn
                    ),
                )
            ],
        )
        self.rule.node.add_dependency(*kept)

    def _sender(self, forward: EventForward, *, role_name: str, rule_arn: str) -> iam.Role:
        to = forward.to
        statements = [iam.PolicyStatement(actions=[to.action], resources=[to.arn])]
        if isinstance(to, ForeignTopic) and to.key_arn is not None:
            stack = cdk.Stack.of(self)
            statements.append(
                iam.PolicyStatement(
                    actions=["kms:Decrypt", "kms:GenerateDataKey"],
                    resources=[to.key_arn],
                    conditions={
                        "StringEquals": {"kms:ViaService": f"sns.{to.region}.{stack.url_suffix}"},
                    },
                )
            )
        return rule_role(
            self,
            "Sender",
            role_name=role_name,
            description=f"EventBridge sends events of Amazon SES to account {to.account}",
            rule_arn=rule_arn,
            statements=statements,
        )
