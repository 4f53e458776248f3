"""A KMS key that is made, or one that exists already. Part of others.

What is made is rotated every year and administered by the account through IAM. The policy of a key that
exists is its owner's: each statement that it needs is an output (`owner_statements`).
"""

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from constructs_lib.owner_statements import print_owner_statement


def encryption_key(
    scope: Construct,
    construct_id: str,
    *,
    description: str,
    existing_key_arn: str | None,
    removal_policy: cdk.RemovalPolicy,
) -> kms.IKey:
    """The key of that ARN, or one that is made."""
    if existing_key_arn is not None:
        return kms.Key.from_key_arn(scope, construct_id, existing_key_arn)
    return kms.Key(
        scope, construct_id, description=description, enable_key_rotation=True, removal_policy=removal_policy
    )


def let_use(scope: Construct, key: kms.IKey, statement: iam.PolicyStatement) -> None:
    """Let somebody use a key: in its policy where it is made here, else by an output for its owner.

    Args:
        scope: Parent of the output; a statement of the same ``Sid`` is printed there once.
        key: The key.
        statement: What its policy must allow.
    """
    if isinstance(key, kms.Key):
        key.add_to_resource_policy(statement)
    else:
        print_owner_statement(scope, f"KeyPolicy{statement.sid}", policy_of=key.key_arn, statement=statement)


def let_account_use(scope: Construct, key: kms.IKey, statement: iam.PolicyStatement) -> None:
    """Have the owner of a key that exists leave a permission to IAM; one that is made here does so anyway.

    Args:
        scope: Parent of the output.
        key: The key.
        statement: What IAM may allow, without a principal.
    """
    if not isinstance(key, kms.Key):
        statement.add_account_root_principal()
        print_owner_statement(
            scope,
            f"KeyPolicy{statement.sid}",
            policy_of=key.key_arn,
            statement=statement,
            unless="unless it leaves permissions to IAM",
        )
