"""A stack that stores mail, its policies as concrete text, and requests about them."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns

from tests.constructs_lib.receiving.receiving_stacks import PREFIX, SET_ARN, build, store
from tests.iam import Policy, Request, identity_policies, resolve
from tests.synthesis import ACCOUNT, REGION, new_stack, resources, template_of

OTHER = "222222222222"
SES = "ses.amazonaws.com"
RULE = f"{SET_ARN}:receipt-rule/support"
BUCKET = "arn:aws:s3:::mail"
LOG_BUCKET = "arn:aws:s3:::log"
KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab"
TOPIC_KEY = KEY.replace("1234abcd", "4321abcd")
TOPIC = f"arn:aws:sns:{REGION}:{ACCOUNT}:mail"
WRITER, READER = (f"arn:aws:iam::{ACCOUNT}:role/{name}" for name in ("writer", "reader"))
THROUGH_S3 = {"kms:ViaService": f"s3.{REGION}.amazonaws.com"}
TLS = {"aws:SecureTransport": "true", "s3:TlsVersion": "1.3"}


@cache
def template() -> dict[str, Any]:
    stack = new_stack()
    mail = store(stack, prefixes=[PREFIX, "sales/"])
    topic = sns.Topic(stack, "Topic", master_key=kms.Key(stack, "TopicKey"))
    build(stack, store=mail, topics={PREFIX: topic})
    mail.grant_read(iam.Role(stack, "Reader", assumed_by=iam.AccountRootPrincipal()), PREFIX)
    return template_of(stack)


@cache
def names() -> Mapping[str, str]:
    """What the logical ids become."""
    found = {}
    for key in template()["Resources"]:
        found[key] = f"arn:aws:any:{REGION}:{ACCOUNT}:{key}"
        found[f"{key}.Arn"] = found[key]
    for kind, own in (
        ("AWS::S3::Bucket", {"MailBucket": BUCKET, "MailAccessLog": LOG_BUCKET}),
        ("AWS::KMS::Key", {"MailKey": KEY, "TopicKey": TOPIC_KEY}),
        ("AWS::SNS::Topic", {"Topic": TOPIC}),
    ):
        for key in resources(template(), kind):
            (arn,) = (arn for name, arn in own.items() if key.startswith(name))
            found[key] = found[f"{key}.Arn"] = arn
    return found


def role_id(name: str) -> str:
    (found,) = (key for key in resources(template(), "AWS::IAM::Role") if key.startswith(name))
    return found


def policies(name: str) -> list[Policy]:
    return identity_policies(template(), role_id(name), names())


def bucket_policy(bucket: str = BUCKET) -> Policy:
    found: list[Policy] = [
        resolve(each["Properties"]["PolicyDocument"], names())
        for each in resources(template(), "AWS::S3::BucketPolicy").values()
        if names()[each["Properties"]["Bucket"]["Ref"]] == bucket
    ]
    return found[0]


def key_policy() -> Policy:
    (found,) = (key for key in resources(template(), "AWS::KMS::Key") if key.startswith("MailKey"))
    policy: Policy = resolve(
        resources(template(), "AWS::KMS::Key")[found]["Properties"]["KeyPolicy"], names()
    )
    return policy


def trust() -> Policy:
    policy: Policy = resolve(
        template()["Resources"][role_id("MailWriter")]["Properties"]["AssumeRolePolicyDocument"], names()
    )
    return policy


def by(role: str, action: str, resource: str, policy: Policy | None, **context: str) -> Request:
    return Request(
        principal=WRITER if role == "MailWriter" else READER,
        action=action,
        resources=[resource],
        context=TLS | context,
        identity_policies=policies(role),
        resource_policy=policy,
        resource_account=ACCOUNT,
    )
