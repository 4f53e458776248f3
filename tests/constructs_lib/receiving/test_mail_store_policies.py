"""Who may read stored mail and its log: decided by an independent evaluator."""

import pytest

from tests.constructs_lib.receiving.mail_policies import (
    BUCKET,
    KEY,
    LOG_BUCKET,
    OTHER,
    RULE,
    SES,
    THROUGH_S3,
    TLS,
    bucket_policy,
    by,
    key_policy,
)
from tests.constructs_lib.receiving.receiving_stacks import PREFIX
from tests.iam import Request, evaluate
from tests.synthesis import ACCOUNT


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
