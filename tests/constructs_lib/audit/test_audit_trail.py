from typing import Any

import aws_cdk as cdk
import pytest

from constructs_lib.audit.audit_trail import AuditTrail
from constructs_lib.audit.data_events import TYPES, DataEvents
from constructs_lib.audit.trail_settings import TrailSettings
from tests.iam import Policy, evaluate, from_service, resolve
from tests.support import refuses
from tests.synthesis import ACCOUNT, REGION, new_stack, only, resources, template_of
from tests.test_nag import PACKS, findings

NAME = "prod-mail"
TRAIL = f"arn:aws:cloudtrail:{REGION}:{ACCOUNT}:trail/{NAME}"
OTHER = TRAIL.replace(ACCOUNT, "222222222222")
BUCKET = "arn:aws:s3:::audit"
KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab"
TLS = {"s3:TlsVersion": "1.3"}
FULL_CONTROL = {"s3:x-amz-acl": "bucket-owner-full-control"}
KIND = "AWS::CloudTrail::Trail"


def build(stack: cdk.Stack, **options: Any) -> AuditTrail:  # noqa: ANN401 - any option
    return AuditTrail(stack, "Trail", **{"trail_name": NAME, **options})


def synth(**options: Any) -> dict[str, Any]:  # noqa: ANN401 - any option
    stack = new_stack()
    build(stack, **options)
    return template_of(stack)


def bucket(template: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """The bucket of the trail, not that of its access log."""
    name = only(template, KIND)[1]["Properties"]["S3BucketName"]["Ref"]
    return name, template["Resources"][name]


def policy_of(template: dict[str, Any], kind: str) -> Policy:
    names = dict.fromkeys(resources(template, "AWS::S3::Bucket"), BUCKET)
    names |= {f"{key}.Arn": BUCKET for key in names}
    if kind == "AWS::KMS::Key":
        found = only(template, kind)[1]["Properties"]["KeyPolicy"]
    else:
        (found,) = (
            each["Properties"]["PolicyDocument"]
            for each in resources(template, kind).values()
            if each["Properties"]["Bucket"]["Ref"] == bucket(template)[0]
        )
    policy: Policy = resolve(found, names)
    return policy


def test_the_trail_records_every_region_validates_and_encrypts() -> None:
    template = synth()
    key, _ = only(template, "AWS::KMS::Key")
    _, trail = only(template, KIND)
    selectors = trail["Properties"].pop("AdvancedEventSelectors")
    assert trail["Properties"] == {
        "TrailName": NAME,
        "S3BucketName": {"Ref": bucket(template)[0]},
        "KMSKeyId": {"Fn::GetAtt": [key, "Arn"]},
        "EnableLogFileValidation": True,
        "IsLogging": True,
        "IsMultiRegionTrail": True,
        "IncludeGlobalServiceEvents": True,
    }
    management, *data = selectors
    assert management["FieldSelectors"] == [
        {"Field": "eventCategory", "Equals": ["Management"]},
        {"Field": "readOnly", "Equals": ["false"]},
    ]
    assert [each["FieldSelectors"][1]["Equals"] for each in data] == [[kind] for kind in TYPES]


def test_cloudtrail_finds_its_bucket_ready() -> None:
    template = synth()
    policies = [
        key
        for key, each in resources(template, "AWS::S3::BucketPolicy").items()
        if each["Properties"]["Bucket"]["Ref"] == bucket(template)[0]
    ]
    assert only(template, KIND)[1]["DependsOn"] == policies


def test_the_bucket() -> None:
    template = synth()
    _, found = bucket(template)
    properties = found["Properties"]
    assert properties["VersioningConfiguration"] == {"Status": "Enabled"}
    assert set(properties["PublicAccessBlockConfiguration"].values()) == {True}
    (log,) = {properties["LoggingConfiguration"]["DestinationBucketName"]["Ref"]}
    assert log in resources(template, "AWS::S3::Bucket")
    (rule,) = properties["LifecycleConfiguration"]["Rules"]
    assert (rule["ExpirationInDays"], rule["NoncurrentVersionExpiration"]["NoncurrentDays"]) == (400, 400)
    (log_rule,) = template["Resources"][log]["Properties"]["LifecycleConfiguration"]["Rules"]
    assert log_rule["ExpirationInDays"] == 365


def test_each_option() -> None:
    template = synth(
        data_events=DataEvents(identities=("example.com",), known_senders=False),
        senders=["role/Billing"],
        settings=TrailSettings(record_reads=True, expire_after_days=30, access_log_days=7),
    )
    management, data = only(template, KIND)[1]["Properties"]["AdvancedEventSelectors"]
    assert management["FieldSelectors"] == [{"Field": "eventCategory", "Equals": ["Management"]}]
    assert data["FieldSelectors"][2:] == [
        {"Field": "resources.ARN", "EndsWith": [":identity/example.com", "@example.com"]},
        {
            "Field": "userIdentity.arn",
            "NotStartsWith": [f"arn:aws:sts::{ACCOUNT}:assumed-role/Billing/"],
        },
    ]
    days = {
        rule["ExpirationInDays"]
        for each in resources(template, "AWS::S3::Bucket").values()
        for rule in each["Properties"]["LifecycleConfiguration"]["Rules"]
    }
    assert days == {30, 7}
    without = only(synth(data_events=None), KIND)[1]["Properties"]["AdvancedEventSelectors"]
    assert len(without) == 1


def test_evidence_stays_and_the_trail_goes() -> None:
    for options, kept in (
        ({}, "RetainExceptOnCreate"),
        ({"removal_policy": cdk.RemovalPolicy.DESTROY}, "Delete"),
    ):
        template = synth(**options)
        for kind in ("AWS::S3::Bucket", "AWS::KMS::Key"):
            assert {each["DeletionPolicy"] for each in resources(template, kind).values()} == {kept}
        assert "DeletionPolicy" not in only(template, KIND)[1]


def test_only_cloudtrail_for_this_trail_writes_and_only_below_this_account() -> None:
    policy = policy_of(synth(), "AWS::S3::BucketPolicy")
    ours = ("cloudtrail.amazonaws.com", ACCOUNT, TRAIL)
    place = f"{BUCKET}/AWSLogs/{ACCOUNT}/CloudTrail/{REGION}/x"
    allowed = [
        from_service("s3:PutObject", place, policy, ours, **TLS, **FULL_CONTROL),
        from_service("s3:GetBucketAcl", BUCKET, policy, ours, **TLS),
    ]
    denied = [
        from_service("s3:PutObject", place, policy, ours, **TLS),
        from_service("s3:PutObject", f"{BUCKET}/x", policy, ours, **TLS, **FULL_CONTROL),
        from_service("s3:GetObject", place, policy, ours, **TLS),
        from_service("s3:DeleteObject", place, policy, ours, **TLS),
        from_service("s3:PutObject", place, policy, ours, **FULL_CONTROL, **{"s3:TlsVersion": "1.1"}),
        *(
            from_service("s3:PutObject", place, policy, (service, ACCOUNT, source), **TLS, **FULL_CONTROL)
            for service, source in (
                ("cloudtrail.amazonaws.com", OTHER),
                ("cloudtrail.amazonaws.com", f"{TRAIL}-2"),
                ("ses.amazonaws.com", TRAIL),
            )
        ),
    ]
    decisions = [found.allowed for found in evaluate([*allowed, *denied])]
    assert decisions == [True] * len(allowed) + [False] * len(denied)


def test_only_cloudtrail_for_this_trail_uses_the_key() -> None:
    policy = policy_of(synth(), "AWS::KMS::Key")
    encrypts, looks = policy["Statement"][1:]
    assert (encrypts["Principal"], encrypts["Action"]) == (looks["Principal"], "kms:GenerateDataKey*")
    # The evaluator does not know this key of a context.
    assert encrypts["Condition"] == {
        "StringEquals": {"aws:SourceArn": TRAIL},
        "StringLike": {"kms:EncryptionContext:aws:cloudtrail:arn": TRAIL.replace(REGION, "*")},
    }
    ours = ("cloudtrail.amazonaws.com", ACCOUNT, TRAIL)
    decisions = evaluate(
        [
            from_service(action, KEY, policy, who)
            for action, who in (
                ("kms:DescribeKey", ours),
                ("kms:DescribeKey", ("cloudtrail.amazonaws.com", ACCOUNT, OTHER)),
                ("kms:DescribeKey", ("ses.amazonaws.com", ACCOUNT, TRAIL)),
                ("kms:GenerateDataKey", ours),
                ("kms:Decrypt", ours),
            )
        ]
    )
    assert [each.allowed for each in decisions] == [True] + [False] * 4


@pytest.mark.parametrize(
    "options, code, fragment",
    [
        ({"trail_name": "a b"}, "audit-trail-invalid", "trail_name"),
        ({"senders": ["Billing"]}, "known-principal-invalid", "senders"),
        ({"data_events": DataEvents(known_senders=False)}, "audit-trail-invalid", "senders"),
    ],
)
def test_bad_input_builds_nothing(options: dict[str, Any], code: str, fragment: str) -> None:
    stack = new_stack()
    with refuses(code, fragment):
        build(stack, **options)
    assert stack.node.children == []


@pytest.mark.parametrize("pack", PACKS)
def test_the_packs_are_clean(pack: Any) -> None:  # noqa: ANN401 - a class of cdk-nag
    stack = new_stack()
    build(stack)
    assert findings(pack, stack) == set()
