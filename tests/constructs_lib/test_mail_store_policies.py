"""Who may write, read and decrypt stored mail: decided by an independent evaluator."""

from collections.abc import Mapping
from functools import cache
from typing import Any

import pytest
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns

from tests.constructs_lib.receiving_stacks import PREFIX, SET_ARN, build, store
from tests.iam import Policy, Request, evaluate, identity_policies, resolve
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


def assume(account: str, source: str, *, service: str = SES, policy: Policy | None = None) -> Request:
    return Request(
        principal=service,
        action="sts:AssumeRole",
        resources=[WRITER],
        context={"aws:SourceAccount": account, "aws:SourceArn": source},
        resource_policy=policy or trust(),
        resource_account=ACCOUNT,
    )


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


STRANGERS = {
    "SES of another account": (OTHER, RULE.replace(ACCOUNT, OTHER), SES),
    "another account that claims our rule": (OTHER, RULE, SES),
    "a rule of another set": (ACCOUNT, RULE.replace("/inbound:", "/outbound:"), SES),
    "a rule of a set whose name begins alike": (ACCOUNT, RULE.replace("/inbound:", "/inbound-2:"), SES),
    "a rule in another Region": (ACCOUNT, RULE.replace(REGION, "us-east-1"), SES),
    "the set itself": (ACCOUNT, SET_ARN, SES),
    "an identity of our account": (ACCOUNT, f"arn:aws:ses:{REGION}:{ACCOUNT}:identity/example.com", SES),
    "another service": (ACCOUNT, RULE, "events.amazonaws.com"),
}


def test_only_ses_for_a_rule_of_this_set_becomes_the_writer() -> None:
    ours, later, *others = evaluate(
        [
            assume(ACCOUNT, RULE),
            assume(ACCOUNT, RULE.replace("support", "later")),
            *(assume(account, source, service=service) for account, source, service in STRANGERS.values()),
        ]
    )
    assert ours.allowed
    assert later.allowed
    assert {who: found.allowed for who, found in zip(STRANGERS, others, strict=True)} == dict.fromkeys(
        STRANGERS, False
    )


@pytest.mark.parametrize(
    "condition, who",
    [
        ("aws:SourceArn", "a rule of another set"),
        ("aws:SourceAccount", "another account that claims our rule"),
    ],
)
def test_a_wider_trust_would_be_noticed(condition: str, who: str) -> None:
    wider = {
        "Version": "2012-10-17",
        "Statement": [
            {
                **statement,
                "Condition": {
                    operator: {key: value for key, value in keys.items() if key != condition}
                    for operator, keys in statement["Condition"].items()
                },
            }
            for statement in trust()["Statement"]
        ],
    }
    account, source, _ = STRANGERS[who]
    (decision,) = evaluate([assume(account, source, policy=wider)])
    assert decision.allowed


def test_the_writer_puts_mail_under_its_prefixes_and_does_nothing_else() -> None:
    raw = f"{BUCKET}/{PREFIX}o3vrnil0e2ic28trm7dfhrc2v0"
    allowed = [
        by("MailWriter", "s3:PutObject", raw, bucket_policy()),
        by("MailWriter", "s3:PutObject", f"{BUCKET}/{PREFIX}AMAZON_SES_SETUP_NOTIFICATION", bucket_policy()),
        by("MailWriter", "s3:PutObject", f"{BUCKET}/sales/x", bucket_policy()),
        by("MailWriter", "kms:GenerateDataKey", KEY, key_policy(), **THROUGH_S3),
        by("MailWriter", "kms:Decrypt", KEY, key_policy(), **THROUGH_S3),
        by("MailWriter", "sns:Publish", TOPIC, None),
        by("MailWriter", "kms:GenerateDataKey", TOPIC_KEY, key_policy()),
    ]
    denied = [
        by("MailWriter", "s3:PutObject", f"{BUCKET}/other/x", bucket_policy()),
        by("MailWriter", "s3:PutObject", f"{BUCKET}/support-2/x", bucket_policy()),
        by("MailWriter", "s3:PutObject", f"{BUCKET}/x", bucket_policy()),
        by("MailWriter", "s3:PutObject", "arn:aws:s3:::mail-2/support/x", None),
        by("MailWriter", "s3:PutObject", f"{LOG_BUCKET}/support/x", bucket_policy(LOG_BUCKET)),
        by("MailWriter", "s3:GetObject", raw, bucket_policy()),
        by("MailWriter", "s3:DeleteObject", raw, bucket_policy()),
        by("MailWriter", "s3:ListBucket", BUCKET, bucket_policy()),
        by("MailWriter", "kms:GenerateDataKey", KEY, key_policy()),
        by(
            "MailWriter",
            "kms:Decrypt",
            KEY,
            key_policy(),
            **{"kms:ViaService": "sns.eu-west-1.amazonaws.com"},
        ),
        by(
            "MailWriter",
            "kms:GenerateDataKey",
            KEY.replace("1234abcd", "9999abcd"),
            key_policy(),
            **THROUGH_S3,
        ),
        by("MailWriter", "kms:PutKeyPolicy", KEY, key_policy(), **THROUGH_S3),
        by("MailWriter", "sns:Publish", f"{TOPIC}-2", None),
        by("MailWriter", "sns:Subscribe", TOPIC, None),
    ]
    decisions = evaluate([*allowed, *denied])
    assert [found.allowed for found in decisions[: len(allowed)]] == [True] * len(allowed)
    assert [found.allowed for found in decisions[len(allowed) :]] == [False] * len(denied)


def test_a_reader_reads_one_prefix() -> None:
    listed = {"s3:prefix": PREFIX}
    allowed = [
        by("Reader", "s3:GetObject", f"{BUCKET}/{PREFIX}x", bucket_policy()),
        by("Reader", "s3:ListBucket", BUCKET, bucket_policy(), **listed),
        by("Reader", "kms:Decrypt", KEY, key_policy(), **THROUGH_S3),
    ]
    denied = [
        by("Reader", "s3:GetObject", f"{BUCKET}/sales/x", bucket_policy()),
        by("Reader", "s3:ListBucket", BUCKET, bucket_policy()),
        by("Reader", "s3:ListBucket", BUCKET, bucket_policy(), **{"s3:prefix": "sales/"}),
        by("Reader", "s3:PutObject", f"{BUCKET}/{PREFIX}x", bucket_policy()),
        by("Reader", "s3:DeleteObject", f"{BUCKET}/{PREFIX}x", bucket_policy()),
        by("Reader", "kms:Decrypt", KEY, key_policy()),
        by("Reader", "kms:GenerateDataKey", KEY, key_policy(), **THROUGH_S3),
    ]
    decisions = evaluate([*allowed, *denied])
    assert [found.allowed for found in decisions] == [True] * len(allowed) + [False] * len(denied)


def test_only_s3_for_this_bucket_writes_the_access_log() -> None:
    ours, *others = evaluate(
        [
            Request(
                principal=service,
                action="s3:PutObject",
                resources=[f"{LOG_BUCKET}/x"],
                context=TLS | {"aws:SourceAccount": account, "aws:SourceArn": source},
                resource_policy=bucket_policy(LOG_BUCKET),
                resource_account=ACCOUNT,
            )
            for service, account, source in (
                ("logging.s3.amazonaws.com", ACCOUNT, BUCKET),
                ("logging.s3.amazonaws.com", OTHER, BUCKET),
                ("logging.s3.amazonaws.com", ACCOUNT, f"{BUCKET}-2"),
                (SES, ACCOUNT, BUCKET),
            )
        ]
    )
    assert ours.allowed
    assert not any(found.allowed for found in others)


@pytest.mark.parametrize("how", [{"aws:SecureTransport": "false"}, {"s3:TlsVersion": "1.1"}])
def test_nothing_goes_over_less_than_tls_1_2(how: dict[str, str]) -> None:
    decisions = evaluate(
        [
            by("MailWriter", "s3:PutObject", f"{BUCKET}/{PREFIX}x", bucket_policy(), **how),
            by("Reader", "s3:GetObject", f"{BUCKET}/{PREFIX}x", bucket_policy(), **how),
        ]
    )
    assert [set(found.results.values()) for found in decisions] == [{"ExplicitlyDenied"}] * 2


def test_ses_itself_and_other_accounts_cannot_touch_the_bucket() -> None:
    decisions = evaluate(
        [
            Request(
                principal=principal,
                action=action,
                resources=[f"{BUCKET}/{PREFIX}x"],
                context=TLS | {"aws:SourceAccount": ACCOUNT, "aws:SourceArn": RULE},
                resource_policy=bucket_policy(),
                resource_account=ACCOUNT,
                identity_policies=[]
                if principal == SES
                else [
                    {
                        "Version": "2012-10-17",
                        "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}],
                    }
                ],
            )
            for principal in (SES, f"arn:aws:iam::{OTHER}:role/any")
            for action in ("s3:PutObject", "s3:GetObject")
        ]
    )
    assert not any(found.allowed for found in decisions)
