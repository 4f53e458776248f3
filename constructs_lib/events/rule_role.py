"""The role by which one EventBridge rule reaches its target. Part of other constructs."""

from collections.abc import Sequence

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct

from constructs_lib.acknowledgments import COMPLIANCE, acknowledge
from constructs_lib.events.undelivered_events import EVENTS


def rule_role(
    scope: Construct,
    construct_id: str,
    *,
    description: str,
    rule_arn: str,
    statements: Sequence[iam.PolicyStatement],
    role_name: str | None = None,
) -> iam.Role:
    """A role that EventBridge assumes for this rule of this account, and for nothing else.

    Args:
        scope: Parent construct.
        construct_id: Id below the parent.
        description: Of the role.
        rule_arn: The rule, by its name: it refers to the role itself.
        statements: What the role may.
        role_name: A stable name, where another account's policy names the role. Default: CloudFormation
            chooses one.
    """
    role = iam.Role(
        scope,
        construct_id,
        role_name=role_name,
        description=description,
        assumed_by=iam.ServicePrincipal(
            EVENTS,
            conditions={
                "StringEquals": {"aws:SourceAccount": cdk.Stack.of(scope).account},
                "ArnEquals": {"aws:SourceArn": rule_arn},
            },
        ),
        # Inline: it is there as soon as the role is, before the rule.
        inline_policies={"Deliver": iam.PolicyDocument(statements=list(statements))},
    )
    acknowledge(role, {"IAMNoInlinePolicy": "It belongs to this role and goes with it."}, packs=COMPLIANCE)
    return role
