from typing import Any

import pytest

from constructs_lib.receiving.spam_filter import protecting
from tests.constructs_lib.receiving.receiving_stacks import (
    SET_ARN,
    functions,
    role_of,
    rule,
    rules_by_name,
    synth,
)
from tests.support import refuses
from tests.synthesis import ACCOUNT, only


def dropping(**overrides: Any) -> dict[str, Any]:  # noqa: ANN401 - any option of the rule set
    """The rule that drops spam."""
    found: dict[str, Any] = rules_by_name(synth(**overrides))["drop-spam"]["Properties"]["Rule"]
    return found


def test_spam_is_dropped_first_by_a_function_that_ses_waits_for() -> None:
    template = synth()
    function = functions(template)["drop_spam"]
    assert dropping() == {
        "Name": "drop-spam",
        "Recipients": ["support@example.com"],
        "Actions": [
            {
                "LambdaAction": {
                    "FunctionArn": {"Fn::GetAtt": [function, "Arn"]},
                    "InvocationType": "RequestResponse",
                }
            }
        ],
        "Enabled": True,
        "ScanEnabled": True,
        "TlsPolicy": "Require",
    }
    assert "After" not in rules_by_name(template)["drop-spam"]["Properties"]
    # SES waits thirty seconds.
    assert template["Resources"][function]["Properties"]["Timeout"] == 10


def test_only_ses_for_this_rule_may_call_the_function_and_it_may_only_write_its_log() -> None:
    template = synth()
    function = functions(template)["drop_spam"]
    permission, found = only(template, "AWS::Lambda::Permission")
    assert found["Properties"] == {
        "Action": "lambda:InvokeFunction",
        "FunctionName": {"Fn::GetAtt": [function, "Arn"]},
        "Principal": "ses.amazonaws.com",
        "SourceAccount": ACCOUNT,
        "SourceArn": f"{SET_ARN}:receipt-rule/drop-spam",
    }
    assert permission in rules_by_name(template)["drop-spam"]["DependsOn"]
    (policy,) = role_of(template, "drop_spam")["Policies"]
    (statement,) = policy["PolicyDocument"]["Statement"]
    assert statement["Action"] == ["logs:CreateLogStream", "logs:PutLogEvents"]


def test_it_opens_the_door_for_nobody_else() -> None:
    """Without recipients SES would accept mail for every address of every verified domain."""
    rules = [rule("a", recipients=("b@example.com", "a@example.com")), rule("b", recipients=("example.org",))]
    assert dropping(rules=rules)["Recipients"] == ["a@example.com", "b@example.com", "example.org"]


def test_a_catch_all_rule_is_protected_for_everybody() -> None:
    assert "Recipients" not in dropping(rules=[rule("a"), rule("all", catch_all=True)])


def test_mail_without_tls_is_left_to_the_rules_that_take_it() -> None:
    assert dropping(rules=[rule("a"), rule("b", tls_required=False)])["TlsPolicy"] == "Optional"
    assert dropping(rules=[rule("a"), rule("b", tls_required=False, enabled=False)])["TlsPolicy"] == "Require"


@pytest.mark.parametrize(
    "recipients, expected",
    [
        (["example.com", "a@example.com"], ["example.com"]),
        ([".example.com", "a@mail.example.com", "mail.example.com"], [".example.com"]),
        ([".example.com", ".mail.example.com"], [".example.com"]),
        ([".example.com", "a@example.com"], [".example.com", "a@example.com"]),
        ([".example.com", "a@evilexample.com"], [".example.com", "a@evilexample.com"]),
        (["example.com", "a@mail.example.com"], ["a@mail.example.com", "example.com"]),
        (["a@example.com", "a+b@example.com"], ["a@example.com"]),
        (["a+b@example.com", "a+c@example.com"], ["a+b@example.com", "a+c@example.com"]),
    ],
)
def test_who_is_covered_already_is_left_out(recipients: list[str], expected: list[str]) -> None:
    rules = [rule(f"r{n}", recipients=(recipient,)) for n, recipient in enumerate(recipients)]
    assert protecting(rules) == {"drop-spam": tuple(expected)}


def test_more_than_a_hundred_recipients_need_further_rules() -> None:
    rules = [rule(f"r{n}", recipients=tuple(f"a{n}-{m}@example.com" for m in range(100))) for n in range(2)]
    found = protecting([*rules, rule("c")])
    assert {name: len(each) for name, each in found.items()} == {
        "drop-spam": 100,
        "drop-spam-2": 100,
        "drop-spam-3": 1,
    }
    names = list(rules_by_name(synth(rules=[*rules, rule("c")])))
    assert names == ["drop-spam", "drop-spam-2", "drop-spam-3", "r0", "r1", "c"]


def test_rules_that_are_off_are_for_nobody() -> None:
    off = rule("off", recipients=("off@example.com",), enabled=False)
    assert dropping(rules=[rule("a"), off])["Recipients"] == ["support@example.com"]
    template = synth(rules=[off])
    assert list(rules_by_name(template)) == ["off"]
    assert "drop_spam" not in functions(template)


def test_a_catch_all_that_is_off_does_not_widen_it() -> None:
    off = rule("off", catch_all=True, enabled=False)
    assert dropping(rules=[rule("a"), off])["Recipients"] == ["support@example.com"]


def test_it_can_be_left_out() -> None:
    template = synth(drop_spam=False)
    assert list(rules_by_name(template)) == ["support"]
    assert "drop_spam" not in functions(template)
    assert "After" not in rules_by_name(template)["support"]["Properties"]


@pytest.mark.parametrize("name", ["drop-spam", "drop-spam-2"])
def test_its_names_are_taken(name: str) -> None:
    many = [rule(f"r{n}", recipients=tuple(f"a{n}-{m}@example.com" for m in range(60))) for n in range(2)]
    rules = [*many, rule(name)]
    with refuses("receipt-rule-set-invalid", name):
        synth(rules=rules)
    assert name in rules_by_name(synth(rules=rules, drop_spam=False))
