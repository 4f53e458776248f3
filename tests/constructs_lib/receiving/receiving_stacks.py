"""Stacks that receive mail, for several test files."""

from typing import Any

import aws_cdk as cdk

from constructs_lib.receiving.mail_store import MailStore
from constructs_lib.receiving.receipt_actions import ReceiptAction, StoreInS3
from constructs_lib.receiving.receipt_rule_set import ReceiptRuleSet
from constructs_lib.receiving.receipt_rules import ReceiptRule
from tests.synthesis import ACCOUNT, REGION, new_stack, resources, template_of

SET = "inbound"
SET_ARN = f"arn:aws:ses:{REGION}:{ACCOUNT}:receipt-rule-set/{SET}"
PREFIX = "support/"
STORE = StoreInS3(prefix=PREFIX)
FUNCTION = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:tickets"


def rule(name: str = "support", *actions: ReceiptAction, **overrides: Any) -> ReceiptRule:  # noqa: ANN401
    """A rule; without actions it stores."""
    options: dict[str, Any] = {"recipients": ("support@example.com",)}
    if overrides.get("catch_all"):
        options = {}
    return ReceiptRule(name=name, actions=actions or (STORE,), **(options | overrides))


def store(stack: cdk.Stack, **overrides: Any) -> MailStore:  # noqa: ANN401 - any option
    options: dict[str, Any] = {"rule_set_name": SET, "prefixes": [PREFIX]}
    return MailStore(stack, "Mail", **(options | overrides))


def build(stack: cdk.Stack, **overrides: Any) -> ReceiptRuleSet:  # noqa: ANN401 - any option
    options: dict[str, Any] = {"rule_set_name": SET, "rules": [rule()]} | overrides
    if "store" not in options:
        options["store"] = store(stack)
    return ReceiptRuleSet(stack, "Receiving", **options)


def synth(**overrides: Any) -> dict[str, Any]:  # noqa: ANN401 - any option
    stack = new_stack()
    build(stack, **overrides)
    return template_of(stack)


def functions(template: dict[str, Any]) -> dict[str, str]:
    """Logical ids of the functions by their runtime."""
    return {
        found["Properties"]["Handler"].split(".")[1]: key
        for key, found in resources(template, "AWS::Lambda::Function").items()
    }


def role_of(template: dict[str, Any], runtime: str) -> dict[str, Any]:
    """Properties of the role of a function."""
    function = template["Resources"][functions(template)[runtime]]
    role: dict[str, Any] = template["Resources"][function["Properties"]["Role"]["Fn::GetAtt"][0]][
        "Properties"
    ]
    return role


def rules_by_name(template: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The receipt rules by their names, each with its ``LogicalId``."""
    return {
        found["Properties"]["Rule"]["Name"]: found | {"LogicalId": key}
        for key, found in resources(template, "AWS::SES::ReceiptRule").items()
    }
