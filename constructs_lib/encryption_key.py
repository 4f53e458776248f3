"""A KMS key that is made, or one that exists already. Part of others.

What is made is rotated every year and administered by the account through IAM. The policy of a key that
exists is its owner's, maybe in another account: each statement that it needs is an output
(`owner_statements`). A role may use a key by IAM alone only where the key's policy leaves that to the role's
account (KMS Developer Guide, default key policy; letting other accounts use a key).
"""

import hashlib
import json
from typing import Final

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import region_info
from constructs import Construct

from constructs_lib.domain_name import is_token
from constructs_lib.owner_statements import print_owner_statement

TOPICS_AND_QUEUES: Final = ("sns", "sqs")
"""The services of whoever publishes to topics and reads queues: one statement for all of them."""

_UNLESS: Final = "unless it leaves permissions to IAM of this account"


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
    return rotated_key(scope, construct_id, description=description, removal_policy=removal_policy)


def rotated_key(
    scope: Construct, construct_id: str, *, description: str, removal_policy: cdk.RemovalPolicy
) -> kms.Key:
    """A key that is made, and rotated every year."""
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
            unless=_UNLESS,
        )


def let_account_use_through(scope: Construct, key: kms.IKey, *services: str) -> None:
    """Have the owner of a key that exists let this account's roles use it through services.

    It is asked for once in a stack. IAM says which roles may: those that get a grant, and our own.

    Args:
        scope: Any construct of the stack.
        key: The key; nothing is asked for where it is made here.
        services: As KMS names them, such as ``s3`` (KMS Developer Guide, kms:ViaService).
    """
    if isinstance(key, kms.Key):
        return
    stack = cdk.Stack.of(scope)
    statement = iam.PolicyStatement(
        sid=f"AccountThrough{'And'.join(service.capitalize() for service in services)}",
        principals=[iam.AccountRootPrincipal()],
        actions=["kms:Decrypt", "kms:GenerateDataKey"],
        resources=["*"],
        conditions={"StringEquals": {"kms:ViaService": [_in_region(stack, service) for service in services]}},
    )
    # By the key, which may be known at deployment only.
    text = json.dumps(stack.resolve(key.key_arn), sort_keys=True)
    construct_id = f"KeyPolicy{statement.sid}{hashlib.sha256(text.encode()).hexdigest()[:8].upper()}"
    if stack.node.try_find_child(construct_id) is None:
        print_owner_statement(stack, construct_id, policy_of=key.key_arn, statement=statement, unless=_UNLESS)


def _in_region(stack: cdk.Stack, service: str) -> str:
    """The service as KMS sees it: known before the deploy where the Region is."""
    suffix = None if is_token(stack.region) else region_info.RegionInfo.get(stack.region).domain_suffix
    return f"{service}.{stack.region}.{suffix or stack.url_suffix}"
