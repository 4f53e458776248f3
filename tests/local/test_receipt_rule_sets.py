from datetime import UTC, datetime

import pytest

from local.receipt_rule import checked_rule
from local.receipt_rule_sets import MAX_RULE_SETS, MAX_RULES, RuleSet, RuleSets
from local.ses_errors import Fault, SesError

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def a_set(*names: str) -> RuleSet:
    return RuleSet(name="set", created=NOW, rules=[checked_rule({"Name": name}) for name in names])


def names(rule_set: RuleSet) -> str:
    return "".join(rule["Name"] for rule in rule_set.rules)


@pytest.mark.parametrize(
    "after,order", [(None, "xabc"), ("", "xabc"), ("a", "axbc"), ("b", "abxc"), ("c", "abcx")]
)
def test_a_new_rule_comes_first_or_behind_another(after: str | None, order: str) -> None:
    rule_set = a_set("a", "b", "c")
    rule_set.add(checked_rule({"Name": "x"}), after=after)
    assert names(rule_set) == order


@pytest.mark.parametrize(
    "name,after,order",
    [
        ("c", None, "cabd"),
        ("a", None, "abcd"),
        ("a", "a", "abcd"),
        ("a", "d", "bcda"),
        ("d", "a", "adbc"),
        ("b", "c", "acbd"),
        ("c", "b", "abcd"),
    ],
)
def test_a_rule_moves(name: str, after: str | None, order: str) -> None:
    rule_set = a_set("a", "b", "c", "d")
    rule_set.move(name, after=after)
    assert names(rule_set) == order


def test_a_changed_rule_stays_where_it_is() -> None:
    rule_set = a_set("a", "b", "c")
    rule_set.replace(checked_rule({"Name": "b", "Enabled": True}))
    assert names(rule_set) == "abc"
    assert rule_set.find("b")["Enabled"]


def test_a_new_order_and_a_removed_rule() -> None:
    rule_set = a_set("a", "b", "c")
    rule_set.reorder(["c", "a", "b"])
    assert names(rule_set) == "cab"
    rule_set.remove("a")
    rule_set.remove("a")
    assert names(rule_set) == "cb"


def refused(fault: Fault, message: str) -> pytest.RaisesExc[SesError]:
    return pytest.RaisesExc(SesError, check=lambda error: (error.fault, error.message) == (fault, message))


def test_what_cannot_be_done_changes_nothing() -> None:
    rule_set = a_set("a", "b")
    rule = checked_rule({"Name": "x"})
    with refused(Fault.ALREADY_EXISTS, "Rule already exists: a"):
        rule_set.add(checked_rule({"Name": "a"}), after=None)
    with refused(Fault.NO_RULE, "Rule does not exist: z"):
        rule_set.add(rule, after="z")
    with refused(Fault.NO_RULE, "Rule does not exist: x"):
        rule_set.replace(rule)
    with refused(Fault.NO_RULE, "Rule does not exist: z"):
        rule_set.move("a", after="z")
    with refused(Fault.INVALID_PARAMETER, "Positions for rules not found: b"):
        rule_set.reorder(["a"])
    with refused(Fault.INVALID_PARAMETER, "Multiple positions found for rule: a"):
        rule_set.reorder(["a", "b", "a"])
    with refused(Fault.NO_RULE, "Rule does not exist: z"):
        rule_set.reorder(["z", "a", "b"])
    assert names(rule_set) == "ab"


def test_limits() -> None:
    rule_set = a_set(*(str(number) for number in range(MAX_RULES)))
    with refused(Fault.LIMIT, "Too many rules"):
        rule_set.add(checked_rule({"Name": "x"}), after=None)
    sets = RuleSets()
    for number in range(MAX_RULE_SETS):
        sets.create(str(number), now=NOW)
    with refused(Fault.LIMIT, "Too many rule sets"):
        sets.create("x", now=NOW)


def test_the_active_set() -> None:
    sets = RuleSets()
    assert sets.active is None
    for name in ("a", "b"):
        sets.create(name, now=NOW)
    sets.activate("a")
    sets.activate("b")
    assert sets.active is sets.get("b")
    with refused(Fault.NO_RULE_SET, "Rule set does not exist: c"):
        sets.activate("c")
    with refused(Fault.CANNOT_DELETE, "Cannot delete active rule set: b"):
        sets.delete("b")
    assert sets.active is sets.get("b")
    sets.delete("a")
    sets.delete("a")
    sets.activate("")
    assert sets.active is None
    sets.delete("b")
    assert sets.by_name == {}


def test_a_clone_is_independent_and_not_active() -> None:
    sets = RuleSets()
    sets.create("a", now=NOW).add(checked_rule({"Name": "x", "Recipients": ["example.com"]}), after=None)
    sets.activate("a")
    sets.clone("b", "a", now=NOW)
    sets.get("b").rules[0]["Recipients"].append("example.org")
    assert sets.get("a").rules[0]["Recipients"] == ["example.com"]
    assert sets.active_name == "a"
    with refused(Fault.ALREADY_EXISTS, "Rule set already exists: b"):
        sets.clone("b", "missing", now=NOW)
    with refused(Fault.NO_RULE_SET, "Rule set does not exist: missing"):
        sets.clone("c", "missing", now=NOW)
    assert "c" not in sets.by_name
