"""Where received mail is kept: one encrypted bucket that SES may write to, and nothing else may.

A user gets a bucket (`AWS::S3::Bucket`) that is versioned, private, reached over TLS only and encrypted by a
KMS key that is rotated every year; a second bucket with its access log; and the role by which SES writes
(``IamRoleArn`` of an S3 action). SES assumes it for the rules of one rule set in this account and Region, and
it may put objects under the given prefixes and announce them. Buckets and key stay when the stack is deleted,
because they hold mail; the role goes; what a failed first deployment made is cleaned up.

What a person must still do: with a key of their own, add the output statements to its policy; for a reader
of another account, hand the output over.

Example::

    store = MailStore(stack, "Mail", rule_set_name="inbound", prefixes=["support/"])
    store.grant_read(application_role, "support/")
"""

from collections.abc import Sequence
from itertools import permutations
from typing import Final

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from constructs import Construct

from constructs_lib.acknowledgments import COMPLIANCE, acknowledge
from constructs_lib.encryption_key import encryption_key, let_account_use_through
from constructs_lib.errors import ConfigurationError
from constructs_lib.events.feedback import require_key_arn
from constructs_lib.existing import (
    refuse_beside_existing,
    require_beside_existing,
    require_existing_bucket,
)
from constructs_lib.private_bucket import access_log_bucket, log_access, private_bucket
from constructs_lib.receiving.client_side_encryption import ClientSideEncryption
from constructs_lib.receiving.mail_reader import MailReader, require_readers
from constructs_lib.receiving.mail_retention import MailRetention
from constructs_lib.receiving.mail_sharing import share_mail
from constructs_lib.receiving.mail_writer import MailWriter, through_s3
from constructs_lib.receiving.receipt_actions import require_prefix
from constructs_lib.receiving.receipt_rules import require_rule_set_name

_BUCKET: Final = {
    "S3BucketDefaultLockEnabled": "SES cannot write to a bucket with a default retention; it is versioned.",
    "S3BucketReplicationEnabled": "Mail stays in the Region that received it.",
}


class MailStore(Construct):
    """A bucket for the mail of one rule set.

    Args:
        scope: Parent construct.
        construct_id: Id below the parent.
        rule_set_name: The rule set, in this account and Region, whose rules may write.
        prefixes: Where they may write: folders, none inside another.
        retention: Of a bucket that is made. Default: mail is kept for ever, deleted versions for 30 days.
        existing_key_arn: A customer managed key in this Region that exists already. Default: one is made.
        existing_bucket_name: A bucket of this account and Region that exists already and encrypts with
            `existing_key_arn`; never one with a default retention of object lock. Its policy, life cycle and
            access log are its owner's, so it does not go with `retention`. Default: one is made.
        client_side: What rules with ``client_side_encryption`` use before SES writes. Default: there are
            none. S3 encrypts all mail in any case.
        readers: Roles of other accounts that read it; an output says what each of them needs there. Default:
            none; `grant_read` is for those of this account.
        removal_policy: Of buckets and key. Default: they are kept; a failed creation is cleaned up.

    Attributes:
        bucket: The bucket.
        key: Its key.
        log_bucket: The bucket of its access log; None where the bucket exists already.
        writer_role: What SES writes by.
        prefixes: Where it may write.
        client_side: As given.

    Raises:
        ConfigurationError: ``encryption-key-unusable``, ``existing-resource-invalid``,
            ``mail-access-invalid``, ``mail-prefix-invalid``, ``mail-retention-invalid``,
            ``receipt-rule-set-invalid``; before anything is built.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        rule_set_name: str,
        prefixes: Sequence[str],
        retention: MailRetention | None = None,
        existing_key_arn: str | None = None,
        existing_bucket_name: str | None = None,
        client_side: ClientSideEncryption | None = None,
        readers: Sequence[MailReader] = (),
        removal_policy: cdk.RemovalPolicy = cdk.RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    ) -> None:
        require_rule_set_name(rule_set_name)
        self.prefixes = _require_prefixes(prefixes)
        require_readers(
            readers, prefixes=self.prefixes, account=cdk.Stack.of(scope).account, option="readers"
        )
        if existing_key_arn is not None:
            require_key_arn(existing_key_arn, region=cdk.Stack.of(scope).region)
        if existing_bucket_name is not None:
            require_existing_bucket(existing_bucket_name, option="existing_bucket_name")
            refuse_beside_existing("existing_bucket_name", {"retention": retention})
        require_beside_existing(
            "existing_key_arn",
            there=existing_key_arn,
            option="existing_bucket_name",
            value=existing_bucket_name,
        )

        super().__init__(scope, construct_id)
        self.client_side = client_side
        self.key = encryption_key(
            self,
            "Key",
            description="Amazon SES: received mail",
            existing_key_arn=existing_key_arn,
            removal_policy=removal_policy,
        )
        let_account_use_through(self, self.key, "s3")
        self.log_bucket: s3.Bucket | None = None
        self.bucket: s3.IBucket
        if existing_bucket_name is None:
            self.bucket, self.log_bucket = self._buckets(retention or MailRetention(), removal_policy)
        else:
            self.bucket = s3.Bucket.from_bucket_name(self, "Bucket", existing_bucket_name)
        self.writer_role = MailWriter(
            self,
            "Writer",
            rule_set_name=rule_set_name,
            bucket=self.bucket,
            key=self.key,
            prefixes=self.prefixes,
            print_bucket_statement=existing_bucket_name is not None,
            client_side=client_side,
        ).role
        for reader in readers:
            share_mail(
                self,
                reader,
                bucket=self.bucket,
                key=self.key,
                client_side=client_side,
                print_key_statement=existing_key_arn is not None,
                print_bucket_statements=existing_bucket_name is not None,
            )

    def grant_read(self, grantee: iam.IGrantable, prefix: str) -> iam.Grant:
        """Let somebody in this account list and read what is stored under a prefix, however it is encrypted.

        Raises:
            ConfigurationError: ``mail-prefix-invalid`` for one that the store does not have.
        """
        if prefix not in self.prefixes:
            raise _bad_prefix(
                "prefix", "one of the store's own.", prefix, f"use {' or '.join(self.prefixes)}"
            )
        reading = iam.Grant.add_to_principal(
            grantee=grantee, actions=["s3:GetObject"], resource_arns=[self._objects(prefix)]
        )
        listing = iam.Grant.add_to_principal(
            grantee=grantee,
            actions=["s3:ListBucket"],
            resource_arns=[self.bucket.bucket_arn],
            conditions={"StringLike": {"s3:prefix": [f"{prefix}*"]}},
        )
        decrypting = iam.Grant.add_to_principal(
            grantee=grantee,
            actions=["kms:Decrypt"],
            resource_arns=[self.key.key_arn],
            conditions=through_s3(self),
        )
        granted = reading.combine(listing).combine(decrypting)
        return granted if self.client_side is None else granted.combine(self.client_side.grant_read(grantee))

    def _buckets(
        self, retention: MailRetention, removal_policy: cdk.RemovalPolicy
    ) -> tuple[s3.Bucket, s3.Bucket]:
        """The bucket, and that of its access log."""
        log_bucket = access_log_bucket(
            self, "AccessLog", days=retention.access_log_days, removal_policy=removal_policy
        )
        bucket = private_bucket(
            self,
            "Bucket",
            removal_policy=removal_policy,
            encryption=s3.BucketEncryption.KMS,
            encryption_key=self.key,
            bucket_key_enabled=True,
            versioned=True,
            lifecycle_rules=_lifecycle(retention),
        )
        log_access(bucket, log_bucket)
        acknowledge(bucket, _BUCKET, packs=COMPLIANCE)
        return bucket, log_bucket

    def _objects(self, prefix: str) -> str:
        return self.bucket.arn_for_objects(f"{prefix}*")


def _lifecycle(retention: MailRetention) -> list[s3.LifecycleRule]:
    def days(number: int | None) -> cdk.Duration | None:
        return None if number is None else cdk.Duration.days(number)

    archive = days(retention.archive_after_days)
    return [
        s3.LifecycleRule(
            id="Mail",
            expiration=days(retention.expire_after_days),
            # With an expiration S3 removes these markers itself, and takes no option for it.
            expired_object_delete_marker=True if retention.expire_after_days is None else None,
            noncurrent_version_expiration=days(retention.noncurrent_days),
            abort_incomplete_multipart_upload_after=days(retention.incomplete_upload_days),
            transitions=[
                s3.Transition(
                    storage_class=s3.StorageClass.GLACIER_INSTANT_RETRIEVAL, transition_after=archive
                )
            ]
            if archive is not None
            else None,
        )
    ]


def _require_prefixes(prefixes: Sequence[str]) -> tuple[str, ...]:
    for prefix in prefixes:
        require_prefix(prefix, option="prefixes")
    inside = [one for one, other in permutations(prefixes, 2) if one.startswith(other)]
    if inside or not prefixes:
        raise _bad_prefix(
            "prefixes",
            "one or more, none the same as another or inside it: who reads one would read both.",
            inside or prefixes,
            'write folders beside each other, such as ["support/", "billing/"]',
        )
    return tuple(prefixes)


def _bad_prefix(option: str, rule: str, got: object, fix: str) -> ConfigurationError:
    return ConfigurationError("mail-prefix-invalid", option=option, rule=rule, got=got, fix=fix)
