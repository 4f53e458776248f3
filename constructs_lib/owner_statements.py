"""What the owner of a thing that exists already must add to its policy. Part of others.

A policy of a key, a topic or a bucket is one document: whoever writes it writes all of it, and a statement of
another team that is not in it is lost (`AWS::SNS::TopicPolicy`, `AWS::S3::BucketPolicy`; KMS API,
PutKeyPolicy). So nothing here writes one. Each statement is a stack output, and ``python -m ops existing``
tells whether its owner has added it.
"""

import json
from typing import Final

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct

POLICY_OF: Final = "PolicyOf"
STATEMENT: Final = "Statement"
"""The keys of an output's value, which is JSON."""

OUTPUT: Final = "For the owner, to add to the policy that it names: "
"""How the description of such an output begins. A description is a literal, and an ARN may be a token."""


def print_owner_statement(
    scope: Construct, construct_id: str, *, policy_of: str, statement: iam.PolicyStatement, unless: str = ""
) -> None:
    """Output a statement for whoever owns a thing.

    Args:
        scope: Parent construct.
        construct_id: Id of the output below the parent.
        policy_of: ARN of the thing.
        statement: What its policy must allow; it has a ``Sid``.
        unless: When it needs no such statement, as it is to be read after the ``Sid``.
    """
    cdk.CfnOutput(
        scope,
        construct_id,
        value=cdk.Stack.of(scope).to_json_string(
            {POLICY_OF: policy_of, STATEMENT: statement.to_statement_json()}
        ),
        description=f"{OUTPUT}{statement.sid}{unless and f', {unless}'}",
    )


def owner_statement(description: str, value: str) -> tuple[str, dict[str, object]] | None:
    """Read such an output: whose policy, and the statement; None for any other output."""
    if not description.startswith(OUTPUT):
        return None
    told = json.loads(value)
    return told[POLICY_OF], told[STATEMENT]
