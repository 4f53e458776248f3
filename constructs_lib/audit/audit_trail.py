"""Who called what of Amazon SES: a CloudTrail trail, kept where only CloudTrail may write.

A user gets one trail (`AWS::CloudTrail::Trail`) for every Region of the account, with management events that
write and the data events of SES, which are its sends; log files are validated by digests that CloudTrail
signs. A bucket of its own keeps them, versioned, private, over TLS only, with a second bucket for its access
log; a KMS key that is rotated every year encrypts them, and CloudTrail may use it for this trail alone. Old
files expire. Buckets and key stay when the stack is deleted, because they are evidence; the trail goes.

One trail for all Regions, because abuse likes a Region that nobody looks at, and because two trails that
record the same management events cost: the first copy in each Region is free. What a person must still do:
nothing; in an account with a trail, extend that one (`python -m ops trail`) and save the second copy.

Example::

    AuditTrail(stack, "Trail", trail_name="prod-mail", data_events=DataEvents(identities=("example.com",)))
"""

from collections.abc import Sequence
from typing import Any, Final

import aws_cdk as cdk
from aws_cdk import aws_cloudtrail as cloudtrail
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from constructs_lib.acknowledgments import COMPLIANCE, acknowledge
from constructs_lib.audit.data_events import DataEvents, Selector, management_selector
from constructs_lib.audit.known_principals import require_principals
from constructs_lib.audit.trail_settings import TrailSettings, require_senders, require_trail_name
from constructs_lib.encryption_key import encryption_key, let_account_use_through, let_use
from constructs_lib.events.feedback import require_key_arn
from constructs_lib.private_bucket import access_log_bucket, log_access, private_bucket

CLOUDTRAIL: Final = "cloudtrail.amazonaws.com"

_OPTIONS: Final = {
    "Field": "field",
    "Equals": "equal_to",
    "EndsWith": "ends_with",
    "NotEquals": "not_equals",
    "NotStartsWith": "not_starts_with",
}
"""What the CDK calls the parts of a field."""

_BUCKET: Final = {
    "S3BucketDefaultLockEnabled": "A lock cannot be undone. Digests tell of a changed or missing file, and "
    "former versions are kept.",
    "S3BucketReplicationEnabled": "The Region of a trail is its home; event history has a copy for 90 days.",
    "S3DefaultEncryptionKMS": "CloudTrail encrypts each log file by the key; digests hold no events.",
}
_TRAIL: Final = {
    "CloudTrailCloudWatchLogsEnabled": "EventBridge rules alert on its events (abuse_alerts); a second copy "
    "in CloudWatch would cost more than the trail."
}


class AuditTrail(Construct):
    """A trail of an account's SES calls.

    Args:
        scope: Parent construct. Its stack's Region is the trail's home.
        construct_id: Id below the parent.
        trail_name: 3 to 128 letters, digits, dots, hyphens, underscores; the operator's commands find it.
        data_events: Which sends are recorded. Default: all, in every Region. None: no send.
        senders: Principals that are known to send, for ``DataEvents(known_senders=False)``.
        settings: What it is like. Default: calls that write, kept for 400 days.
        existing_key_arn: A customer managed key in this Region that exists already. Default: one is made.
        removal_policy: Of buckets and key. Default: they are kept; a failed creation is cleaned up.

    Attributes:
        trail: The trail.
        trail_arn: Its ARN.
        bucket: Where its log files are.
        log_bucket: The access log of that.
        key: Encrypts the log files.

    Raises:
        ConfigurationError: ``audit-trail-invalid``, ``known-principal-invalid``,
            ``encryption-key-unusable``; before anything is built.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        trail_name: str,
        data_events: DataEvents | None = DataEvents(),  # noqa: B008 - frozen, so sharing it is safe
        senders: Sequence[str] = (),
        settings: TrailSettings = TrailSettings(),  # noqa: B008 - as above
        existing_key_arn: str | None = None,
        removal_policy: cdk.RemovalPolicy = cdk.RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    ) -> None:
        require_trail_name(trail_name)
        known = require_principals(senders, option="senders")
        require_senders(data_events, known)
        if existing_key_arn is not None:
            require_key_arn(existing_key_arn, region=cdk.Stack.of(scope).region)

        super().__init__(scope, construct_id)
        stack = cdk.Stack.of(self)
        self.trail_arn = trail_arn(self, trail_name)
        self.key = self._key(trail_name, existing_key_arn, removal_policy)
        self.log_bucket = access_log_bucket(
            self, "AccessLog", days=settings.access_log_days, removal_policy=removal_policy
        )
        expiry = cdk.Duration.days(settings.expire_after_days)
        # By default SSE-S3: CloudTrail itself encrypts log files by the key, and digests, which it signs, do
        # not come with the key's encryption context.
        self.bucket = private_bucket(
            self,
            "Bucket",
            removal_policy=removal_policy,
            encryption=s3.BucketEncryption.S3_MANAGED,
            versioned=True,
            lifecycle_rules=[
                s3.LifecycleRule(id="Expire", expiration=expiry, noncurrent_version_expiration=expiry)
            ],
        )
        log_access(self.bucket, self.log_bucket)
        acknowledge(self.bucket, _BUCKET, packs=COMPLIANCE)
        self._let_only_cloudtrail_write()
        selectors: list[Selector] = [management_selector(reads=settings.record_reads)]
        if data_events is not None:
            selectors += data_events.selectors(
                name=f"Amazon SES, {trail_name}",
                senders=known,
                partition=stack.partition,
                account=stack.account,
            )
        self.trail = cloudtrail.CfnTrail(
            self,
            "Trail",
            trail_name=trail_name,
            s3_bucket_name=self.bucket.bucket_name,
            kms_key_id=self.key.key_arn,
            enable_log_file_validation=True,
            is_logging=True,
            is_multi_region_trail=True,
            include_global_service_events=True,
            advanced_event_selectors=[_property(selector) for selector in selectors],
        )
        # CloudTrail tries bucket and key when the trail is made.
        if self.bucket.policy is not None:
            self.trail.node.add_dependency(self.bucket.policy)
        acknowledge(self.trail, _TRAIL, packs=COMPLIANCE)

    def _key(
        self, trail_name: str, existing_key_arn: str | None, removal_policy: cdk.RemovalPolicy
    ) -> kms.IKey:
        """As the CloudTrail User Guide wants a key's policy, held to this trail."""
        key = encryption_key(
            self,
            "Key",
            description=f"Amazon SES: log files of the trail {trail_name}",
            existing_key_arn=existing_key_arn,
            removal_policy=removal_policy,
        )
        # Whoever reads the log files.
        let_account_use_through(self, key, "s3")
        for_this_trail = {"StringEquals": {"aws:SourceArn": self.trail_arn}}
        let_use(
            self,
            key,
            iam.PolicyStatement(
                sid="CloudTrailEncryptsLogFiles",
                principals=[iam.ServicePrincipal(CLOUDTRAIL)],
                actions=["kms:GenerateDataKey*"],
                resources=["*"],
                conditions={
                    **for_this_trail,
                    # In every Region that it records.
                    "StringLike": {
                        "kms:EncryptionContext:aws:cloudtrail:arn": trail_arn(self, trail_name, region="*")
                    },
                },
            ),
        )
        let_use(
            self,
            key,
            iam.PolicyStatement(
                sid="CloudTrailLooksAtTheKey",
                principals=[iam.ServicePrincipal(CLOUDTRAIL)],
                actions=["kms:DescribeKey"],
                resources=["*"],
                conditions=for_this_trail,
            ),
        )
        return key

    def _let_only_cloudtrail_write(self) -> None:
        """CloudTrail User Guide, Amazon S3 bucket policy for CloudTrail."""
        trail = {"aws:SourceArn": self.trail_arn}
        self.bucket.add_to_resource_policy(
            iam.PolicyStatement(
                sid="CloudTrailLooksAtTheBucket",
                principals=[iam.ServicePrincipal(CLOUDTRAIL)],
                actions=["s3:GetBucketAcl"],
                resources=[self.bucket.bucket_arn],
                conditions={"StringEquals": trail},
            )
        )
        self.bucket.add_to_resource_policy(
            iam.PolicyStatement(
                sid="CloudTrailWrites",
                principals=[iam.ServicePrincipal(CLOUDTRAIL)],
                actions=["s3:PutObject"],
                resources=[self.bucket.arn_for_objects(f"AWSLogs/{cdk.Stack.of(self).account}/*")],
                conditions={"StringEquals": {**trail, "s3:x-amz-acl": "bucket-owner-full-control"}},
            )
        )


def trail_arn(scope: Construct, name: str, *, region: str | None = None) -> str:
    """The ARN of a trail of the stack's account. Default Region: the stack's."""
    return cdk.Stack.of(scope).format_arn(
        service="cloudtrail", region=region, resource="trail", resource_name=name
    )


def _property(selector: Selector) -> cloudtrail.CfnTrail.AdvancedEventSelectorProperty:
    return cloudtrail.CfnTrail.AdvancedEventSelectorProperty(
        name=selector["Name"],
        field_selectors=[_field(field) for field in selector["FieldSelectors"]],
    )


def _field(field: Selector) -> cloudtrail.CfnTrail.AdvancedFieldSelectorProperty:
    options: dict[str, Any] = {_OPTIONS[key]: value for key, value in field.items()}
    return cloudtrail.CfnTrail.AdvancedFieldSelectorProperty(**options)
