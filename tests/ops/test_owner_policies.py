"""Whether a policy has what its owner was asked to merge."""

from typing import Any

import pytest

from ops.errors import PermissionDeniedError
from ops.owner_policies import Answer, Asked, Merged, judge, read_answers
from ops.policy_statements import Statement, covers

ACCOUNT = "111111111111"
OTHER = "333333333333"
TOPIC = f"arn:aws:sns:eu-west-1:{ACCOUNT}:bounces"
KEY = f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/1"
BUCKET = "arn:aws:s3:::mail"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/Writer"
WANTED: dict[str, Any] = {
    "Sid": "SesPublishesEvents",
    "Effect": "Allow",
    "Principal": {"Service": "ses.amazonaws.com"},
    "Action": "sns:Publish",
    "Resource": TOPIC,
    "Condition": {"StringEquals": {"aws:SourceAccount": ACCOUNT, "aws:SourceArn": "arn:set"}},
}
BY_ROLE: dict[str, Any] = {
    "Effect": "Allow",
    "Principal": {"AWS": ROLE},
    "Action": ["kms:Decrypt", "kms:GenerateDataKey"],
    "Resource": "*",
}
TLS = {
    "Effect": "Deny",
    "Principal": "*",
    "Action": "s3:*",
    "Resource": "*",
    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
}


@pytest.mark.parametrize(
    "change, there",
    [
        ({}, True),
        ({"Sid": "Theirs"}, True),
        ({"Action": ["SNS:Publish", "sns:Subscribe"]}, True),
        ({"Action": "sns:*"}, True),
        ({"Resource": "*"}, True),
        ({"Principal": "*"}, True),
        ({"Principal": {"AWS": "*"}}, True),
        ({"Principal": {"AWS": ["*"]}}, True),
        ({"Principal": {"Service": ["sns.amazonaws.com", "ses.amazonaws.com"]}}, True),
        ({"Condition": {"stringequals": {"AWS:SourceAccount": [ACCOUNT]}}}, True),
        ({"Condition": {"StringEquals": {"aws:SourceAccount": [ACCOUNT, "222222222222"]}}}, True),
        ({"Condition": None}, True),
        ({"Effect": "Deny"}, False),
        ({"Action": "sns:Subscribe"}, False),
        ({"Action": None, "NotAction": "sns:Subscribe"}, False),
        ({"Resource": f"{TOPIC}-2"}, False),
        ({"Resource": f"{TOPIC[:-1]}[s]"}, False),
        ({"Principal": {"Service": "sns.amazonaws.com"}}, False),
        ({"Principal": {"AWS": ACCOUNT}}, False),
        ({"Condition": {"StringEquals": {"aws:SourceAccount": "222222222222"}}}, False),
        ({"Condition": {"StringEquals": {"aws:SourceAccount": []}}}, False),
        ({"Condition": WANTED["Condition"] | {"Bool": {"aws:SecureTransport": "true"}}}, False),
    ],
)
def test_a_statement_that_allows_as_much(change: dict[str, Any], there: bool) -> None:  # noqa: FBT001 - of the table
    statement = {key: value for key, value in (WANTED | change).items() if value is not None}
    assert covers(statement, WANTED) is there
    assert judge(TOPIC, WANTED, [{"Effect": "Deny"}, statement], account=ACCOUNT) is (
        Merged.THERE if there else Merged.MISSING
    )


def of_account(**change: Any) -> Statement:  # noqa: ANN401 - of a statement
    root = {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}
    return {"Effect": "Allow", "Principal": root, "Action": "kms:*", "Resource": "*"} | change


@pytest.mark.parametrize(
    "wanted, there, expected",
    [
        (BY_ROLE, of_account(), Merged.LEFT_TO_IAM),
        (BY_ROLE, of_account(Principal={"AWS": ACCOUNT}), Merged.LEFT_TO_IAM),
        (BY_ROLE | {"Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}}, of_account(), Merged.THERE),
        (BY_ROLE, of_account(Action="kms:Describe*"), Merged.MISSING),
        (BY_ROLE, of_account(Principal={"AWS": "arn:aws:iam::222222222222:root"}), Merged.MISSING),
        (BY_ROLE, of_account(Condition={"Bool": {"aws:MultiFactorAuthPresent": "true"}}), Merged.MISSING),
        # A service has no policy in IAM.
        (WANTED | {"Resource": "*", "Action": "kms:Decrypt"}, of_account(), Merged.MISSING),
    ],
)
def test_a_key_whose_policy_leaves_permissions_to_iam(
    wanted: Statement, there: Statement, expected: Merged
) -> None:
    assert judge(KEY, wanted, [there], account=ACCOUNT) is expected


@pytest.mark.parametrize(
    "policy, expected",
    [
        ([], Merged.NOT_NEEDED),
        ([TLS], Merged.NOT_NEEDED),
        ([TLS, TLS | {"Condition": {"StringNotEquals": {"aws:PrincipalArn": "x"}}}], Merged.MISSING),
        ([TLS | {"Condition": {}}], Merged.MISSING),
    ],
)
def test_a_bucket_of_the_account_needs_nothing_unless_it_denies(
    policy: list[Statement], expected: Merged
) -> None:
    wanted = BY_ROLE | {"Action": "s3:PutObject", "Resource": f"{BUCKET}/in/*"}
    assert judge(BUCKET, wanted, policy, account=ACCOUNT) is expected


@pytest.mark.parametrize("policy", [[], [TLS], [BY_ROLE | {"Action": "s3:PutObject"}]])
@pytest.mark.parametrize(
    "principal",
    [
        {"AWS": f"arn:aws:iam::{OTHER}:role/Support"},
        {"AWS": f"arn:aws:iam::{OTHER}:root"},
        {"Service": "ses.amazonaws.com"},
    ],
)
def test_a_bucket_has_to_let_whoever_is_not_of_its_account(
    policy: list[Statement], principal: dict[str, str]
) -> None:
    wanted = BY_ROLE | {"Action": "s3:GetObject", "Resource": f"{BUCKET}/in/*", "Principal": principal}
    assert judge(BUCKET, wanted, policy, account=ACCOUNT) is Merged.MISSING
    assert judge(BUCKET, wanted, [*policy, wanted], account=ACCOUNT) is Merged.THERE


def asked(policy_of: str, statement: Statement | None = WANTED, *, unread: str = "") -> Asked:
    return Asked(
        stack="dev/Sending",
        region="eu-west-1",
        policy_of=policy_of,
        sid="A",
        statement=statement,
        unread=unread,
    )


def test_each_policy_is_read_once_and_what_cannot_be_read_ends_nothing() -> None:
    class Policies:
        def __init__(self) -> None:
            self.asked: list[str] = []

        def policy(self, arn: str, *, region: str) -> list[Statement] | None:
            assert region == "eu-west-1"
            self.asked.append(arn)
            if arn == KEY:
                raise PermissionDeniedError("The credentials may not.", fix="allow it")
            return [WANTED] if arn == TOPIC else None

    policies = Policies()
    all_asked = [asked(TOPIC), asked(KEY), asked(TOPIC), asked(KEY), asked(BUCKET), asked("", None)]
    answers = list(read_answers(all_asked, policies, account=ACCOUNT))
    assert [answer.merged for answer in answers] == [
        Merged.THERE,
        Merged.NOT_KNOWN,
        Merged.THERE,
        Merged.NOT_KNOWN,
        Merged.NOTHING_THERE,
        Merged.AFTER_DEPLOY,
    ]
    assert answers[1] == Answer(asked=asked(KEY), merged=Merged.NOT_KNOWN, why=answers[1].why)
    assert "may not" in answers[1].why
    assert policies.asked == [TOPIC, KEY, BUCKET]


class Nobody:
    def policy(self, arn: str, *, region: str) -> list[Statement] | None:
        raise AssertionError(f"{arn} in {region} cannot be read from here")


def test_the_key_of_another_account_is_not_asked_for_its_policy() -> None:
    """KMS API, GetKeyPolicy: no cross-account use. What it answers would say that the key is not there."""
    (answer,) = read_answers([asked(KEY.replace(ACCOUNT, OTHER))], Nobody(), account=ACCOUNT)
    assert answer.merged is Merged.NOT_KNOWN
    assert answer.why.startswith("its owner reads it")


def test_what_a_stack_that_cannot_be_read_asks_is_not_known() -> None:
    (answer,) = read_answers([asked("", None, unread="No.")], Nobody(), account=ACCOUNT)
    assert (answer.merged, answer.why) == (Merged.NOT_KNOWN, "No.")
