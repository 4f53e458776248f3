"""One receipt rule as CloudFormation makes it, after everything that SES tries when it creates a rule.

Part of `receipt_rule_set`. SES refuses a rule whose bucket it cannot write to, whose topic it
cannot publish to or whose function it cannot call, so permissions come first.
"""

import hashlib
import json
from collections.abc import Sequence
from typing import Final

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_ses as ses
from aws_cdk import aws_sns as sns
from constructs import Construct, IDependable

from constructs_lib.receiving.client_side_encryption import ClientSideEncryption
from constructs_lib.receiving.receipt_actions import (
    AddHeader,
    Bounce,
    DeliverToWorkMail,
    InvokeFunction,
    ReceiptAction,
    StoreInS3,
)
from constructs_lib.receiving.receipt_rules import ReceiptRule

SES: Final = "ses.amazonaws.com"
_Property = ses.CfnReceiptRule.ActionProperty


class ReceiptRuleResource(Construct):
    """A rule, its permissions, and what it waits for.

    Args:
        scope: Parent construct; the id of a rule below it is its name, so order and place rename nothing.
        rule: The rule; each of its S3 actions has a bucket and a role.
        rule_set_name: The set.
        rule_set: The resource that makes the set. Default: the set exists already.
        previous: The rule before it. Default: it is the first of the deployment.
        after_rule: Somebody else's rule that the first one comes after. Default: none comes before it.
        client_side: What its S3 actions with ``client_side_encryption`` use. Default: there are none.

    Attributes:
        rule_arn: Its ARN, which SES passes as ``aws:SourceArn``.
        resource: The rule itself.
    """

    def __init__(
        self,
        scope: Construct,
        *,
        rule: ReceiptRule,
        rule_set_name: str,
        rule_set: ses.CfnReceiptRuleSet | None,
        previous: "ReceiptRuleResource | None" = None,
        after_rule: str | None = None,
        client_side: ClientSideEncryption | None = None,
    ) -> None:
        super().__init__(scope, rule.name)
        self.rule_arn = receipt_rule_arn(self, rule_set_name, rule.name)
        before = rule_set if previous is None else previous.resource
        first: list[IDependable] = [] if before is None else [before]
        for action in rule.actions:
            first.extend(self._needs(action))
        self.resource: ses.CfnReceiptRule = ses.CfnReceiptRule(
            self,
            "Rule",
            rule_set_name=rule_set_name,
            # By name: what Ref gives is no part of the resource's schema.
            after=after_rule if previous is None else previous.node.id,
            rule=ses.CfnReceiptRule.RuleProperty(
                name=rule.name,
                actions=[_property(action, client_side) for action in rule.actions],
                enabled=rule.enabled,
                recipients=list(rule.recipients) or None,
                scan_enabled=rule.scan,
                tls_policy="Require" if rule.tls_required else "Optional",
            ),
        )
        # One after the other: SES takes one such call in a second.
        self.resource.node.add_dependency(*first)

    def _needs(self, action: ReceiptAction) -> Sequence[IDependable]:
        """Give SES what it needs for an action; what must be there before the rule."""
        if isinstance(action, InvokeFunction):
            return [self._permission(action.function_arn)]
        if not isinstance(action, StoreInS3) or action.bucket is None or action.writer_role is None:
            return []
        # What the rule refers to comes first anyway; who may do what with it is resources of their own.
        policies: list[IDependable | None] = [action.bucket.policy]
        if action.topic is not None:
            _let_publish(action.writer_role, action.topic)
            policies.append(action.topic.node.try_find_child("Policy"))
        policies.append(action.writer_role.node.try_find_child("DefaultPolicy"))
        return [policy for policy in policies if policy is not None]

    def _permission(self, function_arn: str) -> lambda_.CfnPermission:
        # By the function, not by a position: a further action renames nothing. Once, if it is called twice.
        text = json.dumps(cdk.Stack.of(self).resolve(function_arn), sort_keys=True)
        construct_id = f"Invoke{hashlib.sha256(text.encode()).hexdigest()[:8].upper()}"
        existing = self.node.try_find_child(construct_id)
        if isinstance(existing, lambda_.CfnPermission):
            return existing
        return lambda_.CfnPermission(
            self,
            construct_id,
            action="lambda:InvokeFunction",
            function_name=function_arn,
            principal=SES,
            source_account=cdk.Stack.of(self).account,
            source_arn=self.rule_arn,
        )


def receipt_rule_arn(scope: Construct, rule_set_name: str, rule_name: str) -> str:
    """The ARN of a rule in the stack's account and Region; ``*`` stands for every rule of the set."""
    return cdk.Stack.of(scope).format_arn(
        service="ses", resource="receipt-rule-set", resource_name=f"{rule_set_name}:receipt-rule/{rule_name}"
    )


def _let_publish(role: iam.IRole, topic: sns.ITopic) -> None:
    """SES announces by the writer's role, and by nothing else (SES API, S3Action, IamRoleArn)."""
    iam.Grant.add_to_principal(grantee=role, actions=["sns:Publish"], resource_arns=[topic.topic_arn])
    if topic.master_key is not None:
        iam.Grant.add_to_principal(
            grantee=role,
            actions=["kms:Decrypt", "kms:GenerateDataKey"],
            resource_arns=[topic.master_key.key_arn],
        )


def _property(
    action: ReceiptAction, client_side: ClientSideEncryption | None
) -> ses.CfnReceiptRule.ActionProperty:
    match action:
        case StoreInS3(prefix=prefix, topic=topic, bucket=bucket, writer_role=role):
            if bucket is None or role is None:
                raise TypeError("the rule set gives each S3 action its bucket and role")
            key = client_side.key if client_side is not None and action.client_side_encryption else None
            return _Property(
                s3_action=ses.CfnReceiptRule.S3ActionProperty(
                    bucket_name=bucket.bucket_name,
                    object_key_prefix=prefix,
                    iam_role_arn=role.role_arn,
                    kms_key_arn=None if key is None else key.key_arn,
                    topic_arn=None if topic is None else topic.topic_arn,
                )
            )
        case InvokeFunction(function_arn=arn, synchronous=synchronous):
            return _Property(
                lambda_action=ses.CfnReceiptRule.LambdaActionProperty(
                    function_arn=arn, invocation_type="RequestResponse" if synchronous else "Event"
                )
            )
        case Bounce(reply=reply, sender=sender):
            return _Property(
                bounce_action=ses.CfnReceiptRule.BounceActionProperty(
                    smtp_reply_code=reply.smtp_reply_code,
                    status_code=reply.status_code,
                    message=reply.message,
                    sender=sender,
                )
            )
        case AddHeader(name=name, value=value):
            return _Property(
                add_header_action=ses.CfnReceiptRule.AddHeaderActionProperty(
                    header_name=name, header_value=value
                )
            )
        case DeliverToWorkMail(organization_arn=arn):
            return _Property(workmail_action=ses.CfnReceiptRule.WorkmailActionProperty(organization_arn=arn))
    return _Property(stop_action=ses.CfnReceiptRule.StopActionProperty(scope="RuleSet"))
