"""Buckets that nobody reaches without TLS or from outside, and the log of who reached them. Part of others.

Sources: S3 User Guide, security best practices; logging requests with server access logging.
"""

from typing import Any, Final

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from constructs import Construct

from constructs_lib.acknowledgments import COMPLIANCE, acknowledge

_LOG_BUCKET: Final = {
    "S3BucketDefaultLockEnabled": "An access log; S3 alone may write it.",
    "S3BucketLoggingEnabled": "It is the access log itself.",
    "S3BucketReplicationEnabled": "An access log stays in the Region of its bucket.",
    "S3BucketVersioningEnabled": "S3 writes each file of a log once.",
    "S3DefaultEncryptionKMS": "S3 delivers access logs to buckets with SSE-S3 only.",
}


def private_bucket(
    scope: Construct,
    construct_id: str,
    *,
    removal_policy: cdk.RemovalPolicy,
    **options: Any,  # noqa: ANN401 - passed on
) -> s3.Bucket:
    """A bucket, with options of `s3.Bucket`."""
    return s3.Bucket(
        scope,
        construct_id,
        block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
        enforce_ssl=True,
        minimum_tls_version=1.2,
        object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
        removal_policy=removal_policy,
        **options,
    )


def access_log_bucket(
    scope: Construct, construct_id: str, *, days: int, removal_policy: cdk.RemovalPolicy
) -> s3.Bucket:
    """The bucket of an access log, which is kept for some days."""
    bucket = private_bucket(
        scope,
        construct_id,
        removal_policy=removal_policy,
        encryption=s3.BucketEncryption.S3_MANAGED,
        lifecycle_rules=[s3.LifecycleRule(id="Expire", expiration=cdk.Duration.days(days))],
    )
    acknowledge(bucket, _LOG_BUCKET, packs=COMPLIANCE)
    acknowledge(bucket, {"S1": _LOG_BUCKET["S3BucketLoggingEnabled"]}, packs=["AwsSolutions"])
    return bucket


def log_access(bucket: s3.Bucket, log_bucket: s3.Bucket) -> None:
    """Have S3 write who reached a bucket.

    Not by the L2, which needs a feature flag to do it by policy, as a bucket without ACLs wants it.
    """
    resource = bucket.node.default_child
    if not isinstance(resource, s3.CfnBucket):
        raise TypeError(f"{bucket.node.path} has no resource")
    resource.logging_configuration = s3.CfnBucket.LoggingConfigurationProperty(
        destination_bucket_name=log_bucket.bucket_name
    )
    log_bucket.add_to_resource_policy(
        iam.PolicyStatement(
            sid="S3WritesAccessLog",
            principals=[iam.ServicePrincipal("logging.s3.amazonaws.com")],
            actions=["s3:PutObject"],
            resources=[log_bucket.arn_for_objects("*")],
            conditions={
                "StringEquals": {"aws:SourceAccount": cdk.Stack.of(bucket).account},
                "ArnLike": {"aws:SourceArn": bucket.bucket_arn},
            },
        )
    )
