"""The role by which SES puts mail into a bucket (``IamRoleArn`` of an S3 action), and nobody else.

Part of `mail_store`. SES assumes it for the rules of one rule set in this account and Region.
It may put objects under some prefixes and use one key through S3; `ReceiptRuleSet` adds the topics that SES
announces to by it. Sources: SES Developer Guide, permissions for email receiving; SES API, S3Action.
"""

from collections.abc import Sequence
from typing import Final

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from constructs_lib.acknowledgments import COMPLIANCE, acknowledge, acknowledge_wildcards
from constructs_lib.owner_statements import print_owner_statement
from constructs_lib.receiving.client_side_encryption import ClientSideEncryption
from constructs_lib.receiving.receipt_rule_resource import SES, receipt_rule_arn

_WRITE: Final = ("kms:Decrypt", "kms:GenerateDataKey")
"""For server-side encryption. Without ``s3:GetObject`` the first one reads nothing: S3 needs it to join the
parts of a large message."""


class MailWriter(Construct):
    """What SES writes by.

    Args:
        scope: Parent construct.
        construct_id: Id below the parent.
        rule_set_name: Whose rules may use it.
        bucket: Where it writes.
        key: The key of the bucket.
        prefixes: Where in the bucket.
        client_side: What SES may encrypt with before it writes. Default: nothing.
        print_bucket_statement: Whether the bucket's owner is told, by an output, what its policy must allow.

    Attributes:
        role: The role.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        rule_set_name: str,
        bucket: s3.IBucket,
        key: kms.IKey,
        prefixes: Sequence[str],
        print_bucket_statement: bool,
        client_side: ClientSideEncryption | None = None,
    ) -> None:
        super().__init__(scope, construct_id)
        objects = [bucket.arn_for_objects(f"{prefix}*") for prefix in prefixes]
        self.role = iam.Role(
            self,
            "Role",
            description=f"Amazon SES puts the mail of receipt rule set {rule_set_name} into its bucket",
            assumed_by=iam.ServicePrincipal(
                SES,
                conditions={
                    "StringEquals": {"aws:SourceAccount": cdk.Stack.of(self).account},
                    # Any rule of the set: a new one changes nothing here. No name of a set holds a colon.
                    "ArnLike": {"aws:SourceArn": receipt_rule_arn(self, rule_set_name, "*")},
                },
            ),
            # Inline: it is there as soon as the role is, and SES tries when a rule is made.
            inline_policies={
                "Write": iam.PolicyDocument(
                    statements=[
                        iam.PolicyStatement(actions=["s3:PutObject"], resources=objects),
                        iam.PolicyStatement(
                            actions=list(_WRITE), resources=[key.key_arn], conditions=through_s3(self)
                        ),
                        *(() if client_side is None else (client_side.write_statement(),)),
                    ]
                )
            },
        )
        acknowledge_wildcards(
            self.role,
            objects,
            reason="Keys under the store's prefixes; SES chooses the id of a message when it comes.",
        )
        acknowledge(
            self.role, {"IAMNoInlinePolicy": "It belongs to this role and goes with it."}, packs=COMPLIANCE
        )
        if print_bucket_statement:
            writing = iam.PolicyStatement(sid="SesStoresMail", actions=["s3:PutObject"], resources=objects)
            writing.add_arn_principal(self.role.role_arn)
            print_owner_statement(
                self,
                "BucketPolicy",
                policy_of=bucket.bucket_arn,
                statement=writing,
                unless="which IAM allows anyway where no statement of it denies",
            )


def through_s3(scope: Construct) -> dict[str, dict[str, str]]:
    """A condition: the KMS key is used through S3 of the stack's Region only."""
    return {"StringEquals": {"kms:ViaService": s3_of(scope)}}


def s3_of(scope: Construct) -> str:
    """The name by which S3 of the stack's Region uses KMS keys."""
    stack = cdk.Stack.of(scope)
    return f"s3.{stack.region}.{stack.url_suffix}"
