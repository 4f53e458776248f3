import json
from typing import Any

import pytest

from constructs_lib.policy_size import (
    GROUP_INLINE,
    MANAGED_POLICY,
    USER_INLINE,
    policy_size,
    require_policy_size,
)
from tests.support import TOKEN, refuses


def statement(*, recipients: int = 0, resources: int = 1) -> dict[str, Any]:
    return {
        "Effect": "Allow",
        "Action": ["ses:SendEmail"],
        "Resource": [
            f"arn:aws:ses:eu-west-1:111111111111:identity/{n:04}.example.com" for n in range(resources)
        ],
        "Condition": {
            "ForAllValues:StringLike": {"ses:Recipients": [f"{n:04}@example.org" for n in range(recipients)]}
        },
    }


def test_the_limits_are_those_of_iam() -> None:
    assert (MANAGED_POLICY, GROUP_INLINE, USER_INLINE) == (6144, 5120, 2048)


def test_size_is_the_document_without_white_space() -> None:
    one = statement(recipients=2)
    text = json.dumps({"Version": "2012-10-17", "Statement": [one]}, separators=(",", ":"))
    assert policy_size([one]) == len(text)
    spaced = {"Condition": {"StringEquals": {"ses:FromDisplayName": ["Example Billing é"]}}}
    assert policy_size([spaced]) == policy_size(
        [{"Condition": {"StringEquals": {"ses:FromDisplayName": ["ExampleBillingé"]}}}]
    )


def test_a_token_counts_as_an_account_id() -> None:
    assert policy_size([{"Resource": f"arn:{TOKEN}:ses"}]) == policy_size(
        [{"Resource": "arn:111111111111:ses"}]
    )


def test_the_last_character_counts() -> None:
    fits = [statement(recipients=20)]
    size = policy_size(fits)
    require_policy_size(fits, limit=size, option="permissions", fix="split it")
    with refuses("recipients-too-many", f"20 recipients in {size} characters"):
        require_policy_size(fits, limit=size - 1, option="permissions", fix="split it")


@pytest.mark.parametrize(
    "statements, code, fragment",
    [
        ([statement(recipients=350)], "recipients-too-many", "350 recipients"),
        ([statement(recipients=200), statement(recipients=200)], "recipients-too-many", "400 recipients"),
        ([statement(resources=110)], "policy-too-large", "split it"),
        ([statement(resources=110, recipients=50)], "policy-too-large", "permissions: IAM takes 6144"),
    ],
)
def test_what_is_too_much_is_named(statements: list[dict[str, Any]], code: str, fragment: str) -> None:
    with refuses(code, fragment):
        require_policy_size(statements, limit=MANAGED_POLICY, option="permissions", fix="split it")
