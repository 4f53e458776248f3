"""When a statement allows as much as another one; whole tables are in `test_owner_policies`."""

import pytest

from ops.policy_statements import Statement, covers
from tests.ops.test_owner_policies import ACCOUNT, BY_ROLE, OTHER, WANTED


@pytest.mark.parametrize(
    "operator, there, wanted, covered",
    [
        ("ArnEquals", ["b", "a"], "a", True),
        ("ArnLike", ["b", "a"], ["a"], True),
        ("StringLike", ["c", "b", "a"], ["a", "b"], True),
        ("StringEquals", "a", ["a", "b"], False),
        # The more values these name, the less they allow.
        ("StringNotEquals", ["a", "b"], "a", False),
        ("ArnNotLike", ["a", "b"], "a", False),
    ],
)
def test_one_of_several_values_meets_a_condition(
    operator: str,
    there: object,
    wanted: object,
    covered: bool,  # noqa: FBT001 - of the table
) -> None:
    def statement(values: object) -> Statement:
        return WANTED | {"Condition": {operator: {"aws:SourceArn": values}}}

    assert covers(statement(there), statement(wanted)) is covered


@pytest.mark.parametrize(
    "there, covered",
    [
        (ACCOUNT, True),
        ([OTHER, ACCOUNT], True),
        (f"arn:aws:iam::{ACCOUNT}:root", True),
        (OTHER, False),
        (f"arn:aws:iam::{ACCOUNT}:role/root", False),
    ],
)
def test_an_account_by_its_id_or_its_root(there: object, covered: bool) -> None:  # noqa: FBT001 - of the table
    root = {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}
    assert covers(BY_ROLE | {"Principal": {"AWS": there}}, BY_ROLE | {"Principal": root}) is covered
    assert (
        covers(BY_ROLE | {"Principal": {"AWS": there}}, BY_ROLE | {"Principal": {"AWS": ACCOUNT}}) is covered
    )
