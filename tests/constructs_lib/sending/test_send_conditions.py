from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from constructs_lib.errors import ConfigurationError
from constructs_lib.sending.send_conditions import KEYS_OF_ACTION, SendConditions
from tests.iam import Request, evaluate
from tests.support import TOKEN, refuses
from tests.synthesis import ACCOUNT, REGION

IDENTITY = f"arn:aws:ses:{REGION}:{ACCOUNT}:identity/example.com"
MESSAGE: dict[str, str | list[str]] = {
    "ses:FromAddress": "billing@example.com",
    "ses:FromDisplayName": "Example Billing",
    "ses:FeedbackAddress": "bounces@example.com",
    "ses:Recipients": ["ann@example.org", "bob@example.org"],
    "ses:ApiVersion": "2",
    "ses:TenantName": "acme",
    "ses:MultiRegionEndpointId": "abcdef12.g3h",
    "aws:SourceIp": "203.0.113.7",
    "aws:SecureTransport": "true",
}


def allowed(
    cases: list[tuple[SendConditions, dict[str, Any]]], *, action: str = "ses:SendEmail"
) -> list[bool]:
    """Whether each message is allowed, under conditions of its own; None takes a key out of the message."""
    requests = [
        Request(
            principal=f"arn:aws:iam::{ACCOUNT}:role/sender",
            action=action,
            resources=[IDENTITY],
            context={key: value for key, value in (MESSAGE | changes).items() if value is not None},
            identity_policies=[
                {
                    "Version": "2012-10-17",
                    "Statement": {
                        "Effect": "Allow",
                        "Action": action,
                        "Resource": IDENTITY,
                        "Condition": conditions.block(),
                    },
                }
            ],
        )
        for conditions, changes in cases
    ]
    return [decision.allowed for decision in evaluate(requests)]


def test_nothing_is_restricted_by_default() -> None:
    assert SendConditions().block() == {}


def test_each_option_is_its_documented_key() -> None:
    conditions = SendConditions(
        from_addresses=["Billing@Example.COM", "billing-*@example.com"],
        recipients=["*@bücher.example", "*@*.Example.ORG"],
        display_names=["Example Billing"],
        feedback_addresses=["bounces@example.com"],
        other={"ses:TenantName": ["acme"], "aws:SourceIp": ["203.0.113.0/24"]},
    )
    assert conditions.block() == {
        "StringLike": {
            "ses:FromAddress": ["Billing@example.com", "billing-*@example.com"],
            "ses:FeedbackAddress": ["bounces@example.com"],
        },
        "StringEquals": {"ses:FromDisplayName": ["Example Billing"], "ses:TenantName": ["acme"]},
        "ForAllValues:StringLike": {"ses:Recipients": ["*@xn--bcher-kva.example", "*@*.example.org"]},
        "Null": {"ses:Recipients": ["false"]},
        "IpAddress": {"aws:SourceIp": ["203.0.113.0/24"]},
    }


NEAR_MISSES: list[tuple[dict[str, Any], str, list[Any]]] = [
    (
        {"from_addresses": ["billing@example.com", "billing-*@example.com"]},
        "ses:FromAddress",
        ["ceo@example.com", "Billing@example.com", "billing@evilexample.com", "xbilling@example.com", None],
    ),
    (
        {"recipients": ["*@example.org", "*@*.a.test"]},
        "ses:Recipients",
        [
            ["eve@example.net"],
            ["x@a.test"],
            ["x@b.xa.test"],
            ["ann@example.org", "eve@example.net"],
            ["ann@a.example.org"],
            None,
        ],
    ),
    ({"display_names": ["Example Billing"]}, "ses:FromDisplayName", ["example billing", "CEO", None]),
    ({"feedback_addresses": ["bounces@example.com"]}, "ses:FeedbackAddress", ["bounces@example.org", None]),
    ({"other": {"ses:ApiVersion": ["2"]}}, "ses:ApiVersion", ["1", None]),
    ({"other": {"ses:TenantName": ["acme"]}}, "ses:TenantName", ["other", None]),
    ({"other": {"ses:MultiRegionEndpointId": ["abcdef12.g3h"]}}, "ses:MultiRegionEndpointId", ["x", None]),
    ({"other": {"aws:SourceIp": ["203.0.113.0/24"]}}, "aws:SourceIp", ["203.0.114.7"]),
    ({"other": {"aws:SecureTransport": ["true"]}}, "aws:SecureTransport", ["false"]),
]


def test_a_condition_denies_every_other_value_and_its_absence() -> None:
    rows = [
        (SendConditions(**options), {key: value})
        for options, key, near_misses in NEAR_MISSES
        for value in (MESSAGE[key], *near_misses)
    ]
    results = zip(rows, allowed(rows), strict=True)
    assert [change for (_, change), result in results if result] == [
        {key: MESSAGE[key]} for _, key, _ in NEAR_MISSES
    ]


def test_all_conditions_hold_together() -> None:
    conditions = SendConditions(from_addresses=["billing@example.com"], recipients=["*@example.org"])
    other_sender, other_recipient = {"ses:FromAddress": "x@example.com"}, {"ses:Recipients": ["x@a.test"]}
    cases = [(conditions, change) for change in ({}, other_sender, other_recipient)]
    assert allowed(cases) == [True, False, False]


def test_the_keys_of_each_action_are_those_that_the_evaluator_knows() -> None:
    decisions = evaluate(
        [
            Request(
                principal=f"arn:aws:iam::{ACCOUNT}:role/r",
                action=action,
                resources=[IDENTITY],
                context=MESSAGE,
            )
            for action in KEYS_OF_ACTION
        ]
    )
    keys = {key for key in MESSAGE if key.startswith("ses:")}
    assert [keys - decision.ignored for decision in decisions] == list(KEYS_OF_ACTION.values())


def test_an_action_that_lacks_a_key_is_named() -> None:
    of_address = SendConditions(from_addresses=["billing@example.com"])
    of_tenant = SendConditions(other={"ses:TenantName": ["acme"]})
    by_address = {"SendEmail", "SendRawEmail", "SendTemplatedEmail", "SendBulkTemplatedEmail"}
    assert {name for name in KEYS_OF_ACTION if of_address.applies_to(name)} == {
        f"ses:{x}" for x in by_address
    }
    assert {name for name in KEYS_OF_ACTION if of_tenant.applies_to(name)} == {
        "ses:SendEmail",
        "ses:SendBulkEmail",
    }
    assert SendConditions(other={"aws:SourceIp": ["203.0.113.7"]}).applies_to("ses:SendRawEmail")
    assert allowed([(of_address, {})], action="ses:SendBulkEmail") == [False]


@pytest.mark.parametrize(
    "option, value, code, fragment",
    [
        ("from_addresses", ["*"], "condition-value-invalid", "put * before the @"),
        ("from_addresses", ["*@*"], "condition-value-invalid", "put * before the @"),
        ("from_addresses", ["a@*example.com"], "condition-value-invalid", "put * before the @"),
        ("from_addresses", ["a@*.*.example.com"], "condition-value-invalid", "put * before the @"),
        ("from_addresses", ["*@*.com"], "domain-single-label", "from_addresses"),
        ("from_addresses", ["*@*."], "domain-malformed", "from_addresses"),
        ("from_addresses", ["bill?ng@example.com"], "condition-value-invalid", "no ? at all"),
        ("from_addresses", ["${aws:username}@example.com"], "condition-value-invalid", "policy variable"),
        ("from_addresses", "a@example.com", "condition-value-invalid", "from_addresses=('a@example.com',)"),
        ("from_addresses", ["Billing <billing@example.com>"], "email-address-invalid", "bare address"),
        ("recipients", ["example.org"], "email-address-invalid", "recipients"),
        ("recipients", ["ann@example..org"], "domain-malformed", "recipients"),
        ("recipients", ["ann@localhost"], "domain-single-label", "recipients"),
        ("feedback_addresses", ["bounces@"], "domain-malformed", "feedback_addresses"),
        ("display_names", ["*"], "condition-value-invalid", "without *"),
        ("display_names", [" "], "condition-value-invalid", "display_names"),
        ("display_names", ["A\nB"], "condition-value-invalid", "control characters"),
        ("display_names", ["Ελλάδα"], "condition-value-invalid", "display_names"),
        ("display_names", ["${aws:username}"], "condition-value-invalid", "policy variable"),
        ("other", {"ses:ConfigurationSetName": ["x"]}, "condition-key-unknown", "restricted by its ARN"),
        ("other", {"ses:FromAddress": ["a@example.com"]}, "condition-key-unknown", "options of their own"),
        ("other", {"SES:TenantName": ["x"]}, "condition-key-unknown", "ses:TenantName"),
        ("other", {"aws:SourceVpc": ["vpc-1"]}, "condition-key-unknown", "aws:SourceIp"),
        ("other", {"ses:TenantName": ["*"]}, "condition-value-invalid", "leave the key out"),
        ("other", {"ses:TenantName": [""]}, "condition-value-invalid", "other['ses:TenantName']"),
        ("other", {"ses:TenantName": ["${aws:username}"]}, "condition-value-invalid", "policy variable"),
        ("other", {"ses:TenantName": "acme"}, "condition-value-invalid", "a sequence"),
        ("other", {"ses:TenantName": []}, "condition-value-invalid", "leave the key out"),
    ],
)
def test_rejected(option: str, value: Any, code: str, fragment: str) -> None:  # noqa: ANN401 - wrong types too
    with refuses(code, fragment):
        SendConditions(**{option: value})


def test_tokens_pass() -> None:
    conditions = SendConditions(
        from_addresses=[TOKEN, f"billing@{TOKEN}"], display_names=[TOKEN], other={"ses:TenantName": [TOKEN]}
    )
    assert conditions.from_addresses == (TOKEN, f"billing@{TOKEN}")


@given(st.one_of(st.text(max_size=20), st.from_regex(r"[a-z*?.${}@]{1,12}@[a-z.*]{1,12}", fullmatch=True)))
@example("*@example.com")
@example("a@example.com\n")
def test_a_pattern_is_refused_or_keeps_its_domain_whole(text: str) -> None:
    try:
        (pattern,) = SendConditions(from_addresses=[text]).from_addresses
    except ConfigurationError:
        return
    local, _, domain = pattern.rpartition("@")
    assert local
    assert "." in domain.removeprefix("*.")
    assert not set("*?${") & set(domain.removeprefix("*."))
    assert "?" not in local
    assert "${" not in local
