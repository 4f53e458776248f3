"""Statements taken apart: order means nothing, and what is covered is no more."""

from typing import Any

import pytest

from ops.review.assembly import Stack
from ops.review.statements import Permission, grouped, more_than, permissions
from ops.review.values import Reader

READER = Reader(Stack(id="s", name="s", region="eu-west-1", template={"Resources": {}}))


def said(**statement: Any) -> list[Permission]:  # noqa: ANN401 - any statement
    whole = {"Effect": "Allow", "Action": "ses:SendEmail", "Resource": "identity/a", **statement}
    return list(permissions({"Statement": whole}, READER))


def sent_as(*addresses: str, operator: str = "StringLike") -> dict[str, Any]:
    return {operator: {"ses:FromAddress": list(addresses)}}


def test_order_and_number_of_statements_mean_nothing() -> None:
    one = said(Action=["ses:SendEmail", "ses:SendRawEmail"], Resource=["identity/a", "identity/b"])
    other = [
        *said(Action="ses:SendRawEmail", Resource=["identity/b", "identity/a"]),
        *said(Action="ses:SendEmail", Resource=["identity/b", "identity/a"]),
    ]
    assert set(one) == set(other)
    (group,) = grouped(one)
    assert group.line == "Allow: ses:SendEmail, ses:SendRawEmail on identity/a, identity/b"


@pytest.mark.parametrize(
    "old, new, more, less",
    [
        ({"Action": "ses:Send*"}, {}, False, True),
        ({}, {"Resource": "identity/*"}, True, False),
        ({"Condition": sent_as("a@example.com")}, {}, True, False),
        ({"Condition": sent_as("a@example.com")}, {"Condition": sent_as("*@example.com")}, True, False),
        (
            {"Condition": sent_as("a@example.com")},
            {"Condition": sent_as("a@example.com", "b@x")},
            True,
            False,
        ),
        ({"Condition": sent_as("a@x")}, {"Condition": sent_as("a@x", operator="StringEquals")}, False, True),
        ({"Condition": sent_as("a@x")}, {"Condition": sent_as("b@x")}, True, True),
        (
            {"Condition": {"StringNotEquals": {"aws:SourceAccount": ["1", "2"]}}},
            {"Condition": {"StringNotEquals": {"aws:SourceAccount": "1"}}},
            True,
            False,
        ),
        ({"Principal": "*"}, {"Principal": {"AWS": "arn:aws:iam::1:root"}}, False, True),
        ({"NotAction": "ses:Send*"}, {"Action": "ses:SendEmail"}, True, True),
        ({"Resource": "identity/A"}, {"Resource": "identity/a"}, True, True),
        ({"Action": "SES:SendEmail"}, {}, False, False),
    ],
)
def test_wider_and_narrower(old: dict[str, Any], new: dict[str, Any], *, more: bool, less: bool) -> None:
    before, after = said(**old), said(**new)
    assert bool(more_than(after, before)) is more
    assert bool(more_than(before, after)) is less


def test_values_of_a_condition() -> None:
    (group,) = grouped(
        said(
            Condition={
                "StringLike": {"ses:FromAddress": "a@x"},
                "Null": {"ses:FromAddress": "false"},
                "StringNotLike": {"ses:FromAddress": "b@x"},
            }
        )
    )
    assert group.values("ses:fromaddress") == ("a@x",)
