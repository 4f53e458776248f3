"""A topic that a rule of another account publishes to: the consumer's side, in the consumer's account.

A user gets an encrypted topic and its key. Only the role of one `EventForwarding` of one other account may
publish to the topic, over TLS, and use the key for it. Subscribers are this account's affair. The key stays
when the stack is deleted; the topic goes.

The role need not exist yet: the policies name its account and, as a condition, its ARN, so that this side
deploys first.

What a person must still do: give the sender the ARNs of topic and key (outputs).

Example::

    ForwardedTopic(
        stack, "MailEvents", name="mail-events", sender_account="111111111111",
        role_name="transactional-support-eu-west-1",
    )
"""

import re
from typing import Final

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sns as sns
from constructs import Construct

from constructs_lib.account_id import require_account_id
from constructs_lib.encryption_key import rotated_key
from constructs_lib.events.event_forward import require_known_name
from constructs_lib.events.topic_queues import deny_without_tls

_NAME: Final = re.compile(r"[A-Za-z0-9_-]{1,256}")
"""SNS API, CreateTopic."""

_ROLE_NAME: Final = re.compile(r"[\w+=,.@-]{1,64}", re.ASCII)
"""IAM API, CreateRole."""


class ForwardedTopic(Construct):
    """A topic for one role of another account.

    Args:
        scope: Parent construct.
        construct_id: Id below the parent.
        name: Of the topic: 1 to 256 letters, digits, hyphens and underscores.
        sender_account: The account whose mail it is: 12 digits, as text.
        role_name: The role of its rule, ``<configuration set>-<name of the forward>-<Region>``.
        removal_policy: Of the key. Default: it is kept; a failed creation is cleaned up.

    Attributes:
        topic: The topic.
        key: Its key.

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
        role_name: str,
        removal_policy: cdk.RemovalPolicy = cdk.RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    ) -> None:
        require_known_name(name, _NAME, option="name")
        require_known_name(role_name, _ROLE_NAME, option="role_name")
        require_account_id(sender_account, option="sender_account")

        super().__init__(scope, construct_id)
        stack = cdk.Stack.of(self)
        role_arn = stack.format_arn(
            service="iam", region="", account=sender_account, resource="role", resource_name=role_name
        )
        sender = iam.AccountPrincipal(sender_account)
        by_role = {"ArnEquals": {"aws:PrincipalArn": role_arn}}
        self.key = rotated_key(
            self,
            "Key",
            description=f"Amazon SES: events of another account, {name}",
            removal_policy=removal_policy,
        )
        # By name: the topic itself refers to the key.
        topic_arn = stack.format_arn(service="sns", resource=name)
        self.key.add_to_resource_policy(
            iam.PolicyStatement(
                sid="OnlyThisRolePublishes",
                principals=[sender],
                actions=["kms:Decrypt", "kms:GenerateDataKey"],
                resources=["*"],
                conditions=by_role
                | {
                    "StringEquals": {
                        "kms:ViaService": f"sns.{stack.region}.{stack.url_suffix}",
                        "kms:EncryptionContext:aws:sns:topicArn": topic_arn,
                    }
                },
            )
        )
        self.topic = sns.Topic(self, "Topic", topic_name=name, master_key=self.key)
        self.topic.add_to_resource_policy(
            iam.PolicyStatement(
                sid="OnlyThisRolePublishes",
                principals=[sender],
                actions=["sns:Publish"],
                resources=[self.topic.topic_arn],
                conditions=by_role,
            )
        )
        deny_without_tls(self.topic)
        # Without the account, which may be a token: a description is a literal.
        for what, arn in (("TopicArn", self.topic.topic_arn), ("KeyArn", self.key.key_arn)):
            cdk.CfnOutput(self, what, value=arn, description=f"For the sender of {name}: {what}")
