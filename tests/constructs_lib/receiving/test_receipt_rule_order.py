from itertools import permutations

from tests.constructs_lib.receiving.receiving_stacks import (
    SET,
    functions,
    role_of,
    rule,
    rules_by_name,
    synth,
)
from tests.synthesis import only


def test_the_order_comes_after_all_rules_and_asks_nobody_when_it_goes() -> None:
    template = synth(rules=[rule("b"), rule("a")])
    _, order = only(template, "Custom::ReceiptRuleOrder")
    assert order["Properties"] == {
        "ServiceToken": {"Fn::GetAtt": [functions(template)["receipt_rule_order"], "Arn"]},
        "ServiceTimeout": "600",
        "RuleSetName": SET,
        "RuleNames": ["drop-spam", "b", "a"],
    }
    assert order["DependsOn"] == [rules_by_name(template)["a"]["LogicalId"]]
    assert order["DeletionPolicy"] == order["UpdateReplacePolicy"] == "Retain"


def test_the_function_may_read_and_order_rules_and_nothing_else() -> None:
    (policy,) = role_of(synth(), "receipt_rule_order")["Policies"]
    _, given = policy["PolicyDocument"]["Statement"]
    assert given["Action"] == ["ses:DescribeReceiptRuleSet", "ses:ReorderReceiptRuleSet"]


def test_cloudformation_alone_would_not_keep_the_order() -> None:
    """It moves only rules whose text changes: that is why there is a function."""
    wrong = [names for names in permutations("abcd") if _update("abcd", names) != list(names)]
    assert wrong == [("c", "d", "a", "b")]


def _update(old: str, new: tuple[str, ...]) -> list[str]:
    before = dict(zip(old, [None, *old], strict=False))
    rules = list(old)
    for name, after in zip(new, [None, *new], strict=False):
        if before[name] != after:
            rules.remove(name)
            rules.insert(0 if after is None else rules.index(after) + 1, name)
    return rules
