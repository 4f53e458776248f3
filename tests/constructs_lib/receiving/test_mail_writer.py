"""Who may become the writer of mail, and what it may do: decided by an independent evaluator."""

import pytest

from tests.constructs_lib.receiving.mail_policies import (
    BUCKET,
    KEY,
    LOG_BUCKET,
    OTHER,
    RULE,
    SES,
    THROUGH_S3,
    TOPIC,
    TOPIC_KEY,
    WRITER,
    bucket_policy,
    by,
    key_policy,
    trust,
)
from tests.constructs_lib.receiving.receiving_stacks import PREFIX, SET_ARN
from tests.iam import Policy, Request, evaluate
from tests.synthesis import ACCOUNT, REGION


def assume(account: str, source: str, *, service: str = SES, policy: Policy | None = None) -> Request:
    return Request(
        principal=service,
        action="sts:AssumeRole",
        resources=[WRITER],
        context={"aws:SourceAccount": account, "aws:SourceArn": source},
        resource_policy=policy or trust(),
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
