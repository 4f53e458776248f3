from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_lib.errors import ConfigurationError
from constructs_lib.receiving.bounce_reply import MAILBOX_FULL
from constructs_lib.receiving.receipt_actions import Bounce, InvokeFunction, Stop
from constructs_lib.receiving.receipt_rules import (
    ReceiptRule,
    require_own_domains,
    require_rule_set_name,
    require_rules,
)
from tests.constructs_lib.receiving.receiving_stacks import FUNCTION, STORE, rule
from tests.support import TOKEN, refuses


def test_defaults_are_secure() -> None:
    found = rule()
    assert (found.tls_required, found.scan, found.enabled, found.catch_all) == (True, True, True, False)


@pytest.mark.parametrize(
    "recipient, expected",
    [
        ("Support@EXAMPLE.com.", "Support@example.com"),
        ("support+vip@example.com", "support+vip@example.com"),
        ("Example.COM", "example.com"),
        (".Example.com", ".example.com"),
        ("bücher.example", "xn--bcher-kva.example"),
        (".bücher.example", ".xn--bcher-kva.example"),
        (TOKEN, TOKEN),
    ],
)
def test_recipients_are_addresses_domains_or_subdomains(recipient: str, expected: str) -> None:
    assert rule(recipients=(recipient,)).recipients == (expected,)


@pytest.mark.parametrize(
    "options, code, fragment",
    [
        ({"name": ""}, "receipt-rule-invalid", "name: "),
        ({"name": "-support"}, "receipt-rule-invalid", "name: "),
        ({"name": "support."}, "receipt-rule-invalid", "name: "),
        ({"name": "a b"}, "receipt-rule-invalid", "name: "),
        ({"name": "süd"}, "receipt-rule-invalid", "name: "),
        ({"name": "a" * 65}, "receipt-rule-invalid", "name: "),
        ({"name": TOKEN}, "receipt-rule-invalid", "no token"),
        ({"recipients": ()}, "receipt-rule-invalid", "catch_all=True"),
        ({"recipients": ("example.com",), "catch_all": True}, "receipt-rule-invalid", "catch_all=True"),
        ({"recipients": ("a@example.com", "a@EXAMPLE.com")}, "receipt-rule-invalid", "each once"),
        ({"recipients": (".example.com", ".example.com.")}, "receipt-rule-invalid", "each once"),
        ({"recipients": tuple(f"a{n}@example.com" for n in range(101))}, "receipt-rule-invalid", "101"),
        ({"recipients": ("..example.com",)}, "domain-malformed", "support: recipients"),
        ({"recipients": ("*.example.com",)}, "domain-malformed", "without a wildcard"),
        ({"recipients": ("@example.com",)}, "email-address-invalid", "support: recipients"),
        ({"recipients": ("example",)}, "domain-single-label", "support: recipients"),
        ({"actions": ()}, "receipt-action-invalid", "support: actions"),
    ],
)
def test_refuses_what_ses_would_refuse(options: dict[str, Any], code: str, fragment: str) -> None:
    with refuses(code, fragment):
        ReceiptRule(
            **({"name": "support", "recipients": ("support@example.com",), "actions": (STORE,)} | options)
        )


@pytest.mark.parametrize("name", ["a", "a.b_c-d", "A1", "a" * 64])
def test_names_that_ses_takes(name: str) -> None:
    assert rule(name).name == name


def test_a_hundred_recipients_are_fine() -> None:
    assert len(rule(recipients=tuple(f"a{n}@example.com" for n in range(100))).recipients) == 100


@given(st.text(max_size=30))
def test_a_recipient_is_refused_or_stays_what_it_became(text: str) -> None:
    try:
        (recipient,) = rule(recipients=(text,)).recipients
    except ConfigurationError:
        return
    assert recipient.isascii()
    assert rule(recipients=(recipient,)).recipients == (recipient,)


@pytest.mark.parametrize(
    "rules, fragment",
    [
        ([], "0 rules"),
        ([rule(f"r{n}") for n in range(201)], "201 rules"),
        ([rule("a"), rule("b"), rule("a")], "['a']"),
        ([rule("all", Stop(), catch_all=True), rule("a")], "put a before all"),
        ([rule("all", Stop(), catch_all=True, tls_required=False), rule("a", tls_required=False)], "['a']"),
        ([rule("a"), rule("all", STORE, Stop(), catch_all=True), rule("b"), rule("c")], "['b', 'c']"),
    ],
)
def test_refuses_rules_that_are_no_set(rules: list[ReceiptRule], fragment: str) -> None:
    with refuses("receipt-rules-invalid", fragment):
        require_rules(rules)


@pytest.mark.parametrize(
    "first",
    [
        rule("all", catch_all=True),
        rule("domain", Stop(), recipients=("example.com",)),
        rule("off", Stop(), catch_all=True, enabled=False),
        rule("asks", InvokeFunction(function_arn=FUNCTION, synchronous=True), Stop(), catch_all=True),
    ],
)
def test_a_rule_that_may_apply_is_not_refused(first: ReceiptRule) -> None:
    require_rules([first, rule("b")])


def test_mail_without_tls_may_pass_a_catch_all_that_requires_it() -> None:
    require_rules([rule("all", Stop(), catch_all=True), rule("plain", tls_required=False)])


def test_rules_that_the_set_has_besides_count() -> None:
    require_rules([rule(f"r{n}") for n in range(200)])
    with refuses("receipt-rules-invalid", "1 to 199"):
        require_rules([rule(f"r{n}") for n in range(200)], reserved=1)


@pytest.mark.parametrize("name", ["inbound", "A-1_b", "a" * 64, TOKEN])
def test_rule_set_names_that_ses_takes(name: str) -> None:
    assert require_rule_set_name(name) == name


@pytest.mark.parametrize("name", ["", "a.b", "-a", "a_", "a" * 65, "arn:aws:ses:x"])
def test_refuses_rule_set_names(name: str) -> None:
    with refuses("receipt-rule-set-invalid", repr(name)):
        require_rule_set_name(name)


@pytest.mark.parametrize("recipient", ["a@example.com", "a@mail.example.com", ".example.com", TOKEN])
def test_recipients_are_of_own_domains(recipient: str) -> None:
    require_own_domains([rule(recipients=(recipient,))], ["example.com"], option="rules")


@pytest.mark.parametrize("recipient", ["a@evilexample.com", "example.org", ".com.example", "a@com.example"])
def test_refuses_recipients_that_ses_never_accepts(recipient: str) -> None:
    with refuses("receipt-domain-unknown", "rules: support"):
        require_own_domains([rule(recipients=(recipient,))], ["example.com"], option="rules")


def test_bounces_come_from_own_domains() -> None:
    bounce = Bounce(reply=MAILBOX_FULL, sender="a@example.org")
    with refuses("receipt-domain-unknown", "a@example.org"):
        require_own_domains([rule("b", bounce)], ["example.com"], option="rules")
