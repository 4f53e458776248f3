"""What a role needs to read mail that another account stores: the reader's side, in the reader's account.

A user gets one `AWS::IAM::ManagedPolicy` that permits listing and reading under the given prefixes of the
other account's bucket and decrypting what is there, through S3 and for this bucket's mail only. The owner
lets the role by `MailStore(readers=...)` and gives bucket name and key ARN (an output). The policy goes with
its stack.

Example::

    StoredMailAccess(
        stack, "SupportMail", roles=[support], bucket_name=bucket_name, key_arn=key_arn,
        prefixes=["support/"],
    )
"""

import re
from collections.abc import Sequence
from typing import Final

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct

from constructs_lib.acknowledgments import acknowledge_wildcards
from constructs_lib.arns import KEY_ARN
from constructs_lib.policy_size import MANAGED_POLICY, require_policy_size
from constructs_lib.receiving.client_side_encryption import client_side_statement
from constructs_lib.receiving.mail_reader import access_invalid, require_read_prefixes
from constructs_lib.receiving.reader_statements import reader_policy

_BUCKET: Final = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")


class StoredMailAccess(Construct):
    """A managed policy that permits reading another account's stored mail.

    Args:
        scope: Parent construct.
        construct_id: Id below the parent.
        bucket_name: The store's bucket.
        key_arn: Its key, in the bucket's Region.
        prefixes: What may be read, as the owner lets the role.
        client_side_key_arn: The key of mail that SES encrypts before it comes to S3, if the owner says so.
            Default: there is no such mail.
        roles: Roles that get it, imported ones too. Default: none yet.
        managed_policy_name: A stable name, for roles that other stacks or teams own: they attach it by name.
            Default: CloudFormation chooses one.

    Attributes:
        policy: The managed policy.

    Raises:
        ConfigurationError: ``mail-access-invalid``, ``mail-prefix-invalid``, ``policy-too-large``.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        bucket_name: str,
        key_arn: str,
        prefixes: Sequence[str],
        client_side_key_arn: str | None = None,
        roles: Sequence[iam.IRole] = (),
        managed_policy_name: str | None = None,
    ) -> None:
        if not _BUCKET.fullmatch(bucket_name):
            raise access_invalid(
                "bucket_name",
                "the name of a bucket (S3 User Guide, bucket naming rules), known now.",
                bucket_name,
                "copy it from the owner's output, no ARN",
            )
        region, _ = _region_and_owner("key_arn", key_arn)
        client_side = None
        if client_side_key_arn is not None:
            _, owner = _region_and_owner("client_side_key_arn", client_side_key_arn)
            client_side = client_side_statement(client_side_key_arn, owner=owner)
        read = require_read_prefixes(prefixes, option="prefixes")
        stack = cdk.Stack.of(scope)
        bucket_arn = f"arn:{stack.partition}:s3:::{bucket_name}"
        document = reader_policy(
            bucket_arn=bucket_arn,
            key_arn=key_arn,
            prefixes=read,
            through=f"s3.{region}.{stack.url_suffix}",
            client_side=client_side,
        )
        require_policy_size(
            document["Statement"],
            limit=MANAGED_POLICY,
            option="prefixes",
            fix="make a policy for some of them",
        )

        super().__init__(scope, construct_id)
        self.policy = iam.ManagedPolicy(
            self,
            "Policy",
            description=f"Amazon SES: reads mail of {bucket_name}",
            managed_policy_name=managed_policy_name,
            document=iam.PolicyDocument.from_json(document),
            roles=list(roles),
        )
        acknowledge_wildcards(
            self.policy,
            [f"{bucket_arn}/{prefix}*" for prefix in read],
            reason="Keys under the prefixes that the owner lets this account read.",
        )


def _region_and_owner(option: str, key_arn: str) -> tuple[str, str]:
    found = KEY_ARN.fullmatch(key_arn)
    if found is None:
        raise access_invalid(
            option,
            "the ARN of a KMS key, known now: it tells the Region of the bucket and its owner.",
            key_arn,
            "copy it from the owner's output, no alias: an alias is looked for in one's own account",
        )
    return found["region"], found["account"]
