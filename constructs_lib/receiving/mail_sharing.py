"""Lets a role of another account read stored mail: the owner's side. Part of `mail_store`.

Adds to the policies of bucket and keys, and prints, as an output, what the other account must give its role.
"""

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from constructs_lib.encryption_key import let_use
from constructs_lib.owner_statements import print_owner_statement
from constructs_lib.receiving.client_side_encryption import ClientSideEncryption, client_side_statement
from constructs_lib.receiving.mail_reader import MailReader
from constructs_lib.receiving.mail_writer import s3_of
from constructs_lib.receiving.reader_statements import (
    Statement,
    bucket_statements,
    key_statement,
    reader_policy,
)


def share_mail(
    scope: Construct,
    reader: MailReader,
    *,
    bucket: s3.IBucket,
    key: kms.IKey,
    client_side: ClientSideEncryption | None,
    print_key_statement: bool,
    print_bucket_statements: bool,
) -> None:
    """Let one reader.

    Args:
        scope: Where the outputs are made.
        reader: The role, and what it reads.
        bucket: The store's bucket.
        key: The store's key.
        client_side: What SES may have encrypted mail of the reader's prefixes with; None for nothing.
        print_key_statement: Whether the key is another owner's, who is told what its policy must allow.
        print_bucket_statements: Whether the bucket is.
    """
    stack = cdk.Stack.of(scope)
    through = s3_of(scope)

    def of_reader(statement: Statement) -> iam.PolicyStatement:
        return iam.PolicyStatement.from_json(reader.owner_statement(statement, partition=stack.partition))

    for statement in bucket_statements(bucket.bucket_arn, reader.prefixes):
        theirs = of_reader(statement)
        if print_bucket_statements:
            print_owner_statement(
                scope, f"BucketPolicy{theirs.sid}", policy_of=bucket.bucket_arn, statement=theirs
            )
        else:
            bucket.add_to_resource_policy(theirs)
    if print_key_statement:
        theirs = of_reader(key_statement("*", bucket.bucket_arn, reader.prefixes, through))
        print_owner_statement(scope, f"KeyPolicy{reader.label}", policy_of=key.key_arn, statement=theirs)
    else:
        # Without the bucket, which refers to the key: the key encrypts nothing else.
        key.add_to_resource_policy(of_reader(key_statement("*", None, reader.prefixes, through)))
    if client_side is not None:
        let_use(scope, client_side.key, of_reader(client_side_statement("*", owner=stack.account)))
    settings = {
        "Region": stack.region,
        "Bucket": bucket.bucket_name,
        "Prefixes": list(reader.prefixes),
        "KeyArn": key.key_arn,
        "IamPolicy": reader_policy(
            bucket_arn=bucket.bucket_arn,
            key_arn=key.key_arn,
            prefixes=reader.prefixes,
            through=through,
            client_side=None
            if client_side is None
            else client_side_statement(client_side.key.key_arn, owner=stack.account),
        ),
    }
    cdk.CfnOutput(
        scope,
        f"Reader{reader.label}",
        value=stack.to_json_string(settings),
        description=f"For account {reader.account}: what {reader.role} needs to read stored mail",
    )
