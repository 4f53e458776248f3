import json
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns

from constructs_lib.owner_statements import OUTPUT
from constructs_lib.receiving.mail_retention import MailRetention
from constructs_lib.receiving.receipt_actions import StoreInS3
from tests.constructs_lib.receiving.receiving_stacks import PREFIX, SET, build, rule, rules_by_name, store
from tests.lint_templates import findings as lint
from tests.support import refuses
from tests.synthesis import ACCOUNT, REGION, new_stack, only, outputs, resources, template_of
from tests.test_nag import PACKS, findings

KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab"


def synth(**overrides: Any) -> dict[str, Any]:  # noqa: ANN401 - any option
    stack = new_stack()
    store(stack, **overrides)
    return template_of(stack)


def buckets(template: dict[str, Any]) -> tuple[tuple[str, dict[str, Any]], tuple[str, dict[str, Any]]]:
    """Logical id and definition of the bucket and of the bucket of its access log."""
    found = resources(template, "AWS::S3::Bucket")
    (mail,) = ((key, each) for key, each in found.items() if "LoggingConfiguration" in each["Properties"])
    (log,) = ((key, each) for key, each in found.items() if key != mail[0])
    return mail, log


def test_the_bucket_is_encrypted_versioned_private_and_logged() -> None:
    template = synth()
    key, found = only(template, "AWS::KMS::Key")
    (_, mail), (log_id, log) = buckets(template)
    assert found["Properties"]["EnableKeyRotation"] is True
    assert mail["Properties"]["BucketEncryption"] == {
        "ServerSideEncryptionConfiguration": [
            {
                "BucketKeyEnabled": True,
                "ServerSideEncryptionByDefault": {
                    "SSEAlgorithm": "aws:kms",
                    "KMSMasterKeyID": {"Fn::GetAtt": [key, "Arn"]},
                },
            }
        ]
    }
    assert mail["Properties"]["VersioningConfiguration"] == {"Status": "Enabled"}
    assert mail["Properties"]["LoggingConfiguration"] == {"DestinationBucketName": {"Ref": log_id}}
    assert "ObjectLockEnabled" not in mail["Properties"]
    assert "BucketName" not in mail["Properties"]
    for bucket in (mail, log):
        assert set(bucket["Properties"]["PublicAccessBlockConfiguration"].values()) == {True}
        (ownership,) = bucket["Properties"]["OwnershipControls"]["Rules"]
        assert ownership == {"ObjectOwnership": "BucketOwnerEnforced"}


def test_buckets_and_key_hold_mail_and_stay_and_a_failed_creation_goes() -> None:
    template = synth()
    kept = resources(template, "AWS::S3::Bucket") | resources(template, "AWS::KMS::Key")
    assert len(kept) == 3
    assert {each["DeletionPolicy"] for each in kept.values()} == {"RetainExceptOnCreate"}
    assert {each["UpdateReplacePolicy"] for each in kept.values()} == {"Retain"}
    gone = synth(removal_policy=cdk.RemovalPolicy.DESTROY)
    for each in (resources(gone, "AWS::S3::Bucket") | resources(gone, "AWS::KMS::Key")).values():
        assert each["DeletionPolicy"] == "Delete"


def test_mail_is_kept_unless_somebody_says_how_long() -> None:
    (_, mail), (_, log) = buckets(synth())
    assert mail["Properties"]["LifecycleConfiguration"]["Rules"] == [
        {
            "Id": "Mail",
            "Status": "Enabled",
            "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7},
            "ExpiredObjectDeleteMarker": True,
            "NoncurrentVersionExpiration": {"NoncurrentDays": 30},
        }
    ]
    (rule_of_log,) = log["Properties"]["LifecycleConfiguration"]["Rules"]
    assert rule_of_log["ExpirationInDays"] == 365


def test_each_option_of_the_lifecycle() -> None:
    retention = MailRetention(
        archive_after_days=30,
        expire_after_days=400,
        noncurrent_days=5,
        incomplete_upload_days=2,
        access_log_days=90,
    )
    (_, mail), (_, log) = buckets(synth(retention=retention))
    (found,) = mail["Properties"]["LifecycleConfiguration"]["Rules"]
    assert found == {
        "Id": "Mail",
        "Status": "Enabled",
        "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 2},
        "ExpirationInDays": 400,
        "NoncurrentVersionExpiration": {"NoncurrentDays": 5},
        "Transitions": [{"StorageClass": "GLACIER_IR", "TransitionInDays": 30}],
    }
    assert log["Properties"]["LifecycleConfiguration"]["Rules"][0]["ExpirationInDays"] == 90


def test_a_rule_stores_by_the_writer_and_waits_for_its_policy() -> None:
    stack = new_stack()
    key = kms.Key(stack, "TopicKey")
    topic = sns.Topic(stack, "Topic", master_key=key, enforce_ssl=True)
    build(stack, topics={PREFIX: topic})
    template = template_of(stack)
    (bucket, _), _ = buckets(template)
    (policy,) = resources(template, "AWS::IAM::Policy")
    (topic_id,) = resources(template, "AWS::SNS::Topic")
    (topic_policy,) = resources(template, "AWS::SNS::TopicPolicy")
    (writer,) = (key for key in resources(template, "AWS::IAM::Role") if "Writer" in key)
    found = rules_by_name(template)["support"]
    (action,) = found["Properties"]["Rule"]["Actions"]
    assert action["S3Action"] == {
        "BucketName": {"Ref": bucket},
        "ObjectKeyPrefix": PREFIX,
        "IamRoleArn": {"Fn::GetAtt": [writer, "Arn"]},
        "TopicArn": {"Ref": topic_id},
    }
    assert {policy, topic_policy} <= set(found["DependsOn"])


def test_an_action_may_name_its_topic_itself() -> None:
    stack = new_stack()
    own, common = sns.Topic(stack, "Own"), sns.Topic(stack, "Common")
    rules = [rule("a", StoreInS3(prefix=PREFIX, topic=own)), rule("b")]
    build(stack, rules=rules, topics={PREFIX: common})
    template = template_of(stack)
    found = rules_by_name(template)
    named = [
        found[name]["Properties"]["Rule"]["Actions"][0]["S3Action"]["TopicArn"]["Ref"] for name in ("a", "b")
    ]
    assert [name[:3] for name in named] == ["Own", "Com"]


def test_nothing_is_announced_where_no_topic_is_named() -> None:
    stack = new_stack()
    build(stack)
    template = template_of(stack)
    assert (
        "TopicArn" not in rules_by_name(template)["support"]["Properties"]["Rule"]["Actions"][0]["S3Action"]
    )
    assert not resources(template, "AWS::IAM::Policy")


def test_a_key_of_ones_own_gets_no_policy_but_an_output() -> None:
    template = synth(existing_key_arn=KEY)
    assert not resources(template, "AWS::KMS::Key")
    (mail, _) = buckets(template)
    (rule_of,) = mail[1]["Properties"]["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert rule_of["ServerSideEncryptionByDefault"]["KMSMasterKeyID"] == KEY
    (description,) = outputs(template)
    assert description == f"{OUTPUT}AccountThroughS3, unless it leaves permissions to IAM of this account"
    text = json.dumps(outputs(template)[description])
    assert "kms:GenerateDataKey" in text
    assert not outputs(synth())


def test_a_bucket_that_exists_gets_a_writer_and_no_policy() -> None:
    template = synth(existing_key_arn=KEY, existing_bucket_name="their-mail")
    types = {each["Type"] for each in template["Resources"].values()}
    assert types == {"AWS::IAM::Role"}
    told = outputs(template)
    assert sorted(told) == [
        f"{OUTPUT}AccountThroughS3, unless it leaves permissions to IAM of this account",
        f"{OUTPUT}SesStoresMail, which IAM allows anyway where no statement of it denies",
    ]
    bucket = json.dumps(
        told[f"{OUTPUT}SesStoresMail, which IAM allows anyway where no statement of it denies"]
    )
    assert ":s3:::their-mail/support/*" in bucket
    assert "s3:PutObject" in bucket
    role = json.dumps(only(template, "AWS::IAM::Role")[1])
    assert ":s3:::their-mail/support/*" in role


@pytest.mark.parametrize(
    "options, code, fragment",
    [
        ({"existing_bucket_name": "their-mail"}, "existing-resource-invalid", "existing_key_arn"),
        (
            {"existing_key_arn": KEY, "existing_bucket_name": "arn:aws:s3:::their-mail"},
            "existing-resource-invalid",
            "existing_bucket_name: ",
        ),
        (
            {
                "existing_key_arn": KEY,
                "existing_bucket_name": "their-mail",
                "retention": MailRetention(expire_after_days=9),
            },
            "existing-resource-invalid",
            "retention: ",
        ),
        ({"rule_set_name": "a/b"}, "receipt-rule-set-invalid", "rule_set_name: "),
        ({"prefixes": []}, "mail-prefix-invalid", "prefixes: "),
        ({"prefixes": ["support"]}, "mail-prefix-invalid", "'support'"),
        ({"prefixes": ["a/", "a/"]}, "mail-prefix-invalid", "beside each other"),
        ({"prefixes": ["a/b/", "a/"]}, "mail-prefix-invalid", "['a/b/']"),
        ({"existing_key_arn": "alias/aws/s3"}, "encryption-key-unusable", "existing_key_arn: "),
        ({"existing_key_arn": KEY.replace(REGION, "us-east-1")}, "encryption-key-unusable", REGION),
    ],
)
def test_refuses_before_anything_is_built(options: dict[str, Any], code: str, fragment: str) -> None:
    stack = new_stack()
    with refuses(code, fragment):
        store(stack, **options)
    assert stack.node.try_find_child("Mail") is None


def test_prefixes_that_begin_alike_and_tokens_pass() -> None:
    stack = new_stack()
    assert store(stack, prefixes=["a/", "ab/", "b/a/"]).prefixes == ("a/", "ab/", "b/a/")
    named = new_stack()
    build(named, rule_set_name=cdk.CfnParameter(named, "Name").value_as_string)
    assert rules_by_name(template_of(named))["support"]["Properties"]["RuleSetName"] == {"Ref": "Name"}


def test_only_prefixes_of_the_store_can_be_read() -> None:
    stack = new_stack()
    reader = iam.Role(stack, "Reader", assumed_by=iam.AccountRootPrincipal())
    with refuses("mail-prefix-invalid", "'sales/'"):
        store(stack).grant_read(reader, "sales/")


def test_the_rule_packs_and_cfn_lint_are_clean(tmp_path: Path) -> None:
    stack = new_stack()
    key = kms.Key(stack, "TopicKey", enable_key_rotation=True)
    topic = sns.Topic(stack, "Topic", master_key=key, enforce_ssl=True)
    build(stack, topics={PREFIX: topic}, store=store(stack, rule_set_name=SET))
    for pack in PACKS:
        assert findings(pack, stack) == set()
    path = tmp_path / "template.json"
    path.write_text(json.dumps(template_of(stack)), encoding="utf-8")
    assert lint("Stack", REGION, path) == []
