"""The receipt rule sets of one account and Region, and which of them is active. Pure.

Source: SES API reference, the calls named in each method; order and refusals as people who called AWS report.
"""

import copy
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from local.receipt_rule import Rule, require_name
from local.ses_errors import Fault, SesError

MAX_RULE_SETS: Final = 40
MAX_RULES: Final = 200


@dataclass(kw_only=True)
class RuleSet:
    """One rule set.

    Attributes:
        name: Its name.
        created: When it was made.
        rules: Its rules in order.
    """

    name: str
    created: datetime
    rules: list[Rule] = field(default_factory=list)

    def find(self, name: str) -> Rule:
        """A rule.

        Raises:
            SesError: there is none of that name.
        """
        for rule in self.rules:
            if rule["Name"] == name:
                return rule
        raise SesError(Fault.NO_RULE, f"Rule does not exist: {name}", {"Name": name})

    def require_place(self, name: str, *, after: str | None) -> None:
        """Refuse what `add` would refuse.

        Raises:
            SesError: the name is taken, there are 200 rules, or the rule to follow does not exist.
        """
        if any(known["Name"] == name for known in self.rules):
            raise SesError(Fault.ALREADY_EXISTS, f"Rule already exists: {name}", {"Name": name})
        if len(self.rules) >= MAX_RULES:
            raise SesError(Fault.LIMIT, "Too many rules")
        self._behind(after)

    def add(self, rule: Rule, *, after: str | None) -> None:
        """CreateReceiptRule: behind the named rule, at the beginning where none is named.

        Raises:
            SesError: as `require_place`.
        """
        self.require_place(rule["Name"], after=after)
        self.rules.insert(self._behind(after), rule)

    def replace(self, rule: Rule) -> None:
        """UpdateReceiptRule: the whole rule, in its place.

        Raises:
            SesError: there is none of that name.
        """
        self.rules[self.rules.index(self.find(rule["Name"]))] = rule

    def move(self, name: str, *, after: str | None) -> None:
        """SetReceiptRulePosition; behind itself it stays where it is.

        Raises:
            SesError: one of the two rules does not exist.
        """
        rule = self.find(name)
        if after == name:
            return
        self._behind(after)  # before anything moves: it may not exist
        self.rules.remove(rule)
        self.rules.insert(self._behind(after), rule)

    def reorder(self, names: Sequence[str]) -> None:
        """ReorderReceiptRuleSet: every rule is named, each once.

        Raises:
            SesError: they are not.
        """
        for name in names:
            if names.count(name) > 1:
                raise SesError(Fault.INVALID_PARAMETER, f"Multiple positions found for rule: {name}")
        missing = [rule["Name"] for rule in self.rules if rule["Name"] not in names]
        if missing:
            message = f"Positions for rules not found: {', '.join(missing)}"
            raise SesError(Fault.INVALID_PARAMETER, message)
        self.rules = [self.find(name) for name in names]

    def remove(self, name: str) -> None:
        """DeleteReceiptRule; one that is gone already is fine."""
        self.rules = [rule for rule in self.rules if rule["Name"] != name]

    def _behind(self, after: str | None) -> int:
        return self.rules.index(self.find(after)) + 1 if after else 0


@dataclass(kw_only=True)
class RuleSets:
    """All of them.

    Attributes:
        by_name: The rule sets.
        active_name: The active one; None when no mail is received.
    """

    by_name: dict[str, RuleSet] = field(default_factory=dict)
    active_name: str | None = None

    @property
    def active(self) -> RuleSet | None:
        """The rule set that is applied to mail."""
        return self.by_name[self.active_name] if self.active_name else None

    def get(self, name: str) -> RuleSet:
        """A rule set.

        Raises:
            SesError: there is none of that name.
        """
        if name not in self.by_name:
            raise SesError(Fault.NO_RULE_SET, f"Rule set does not exist: {name}", {"Name": name})
        return self.by_name[name]

    def create(self, name: str | None, *, now: datetime) -> RuleSet:
        """CreateReceiptRuleSet.

        Raises:
            SesError: the name is not possible or taken, or there are 40 rule sets.
        """
        require_name(name, path="ruleSetName", word="ruleSetName")
        known = str(name)
        if known in self.by_name:
            raise SesError(Fault.ALREADY_EXISTS, f"Rule set already exists: {known}", {"Name": known})
        if len(self.by_name) >= MAX_RULE_SETS:
            raise SesError(Fault.LIMIT, "Too many rule sets")
        self.by_name[known] = RuleSet(name=known, created=now)
        return self.by_name[known]

    def clone(self, name: str | None, original: str, *, now: datetime) -> None:
        """CloneReceiptRuleSet: the rules, not whether it is active.

        Raises:
            SesError: as `create` and `get`.
        """
        if name not in self.by_name:  # a name that is taken is the first thing that SES complains about
            self.get(original)
        clone = self.create(name, now=now)
        clone.rules = copy.deepcopy(self.get(original).rules)

    def activate(self, name: str | None) -> None:
        """SetActiveReceiptRuleSet; no name deactivates.

        Raises:
            SesError: there is no such rule set.
        """
        self.active_name = self.get(name).name if name else None

    def delete(self, name: str) -> None:
        """DeleteReceiptRuleSet, with its rules; one that is gone already is fine.

        Raises:
            SesError: it is active.
        """
        if name == self.active_name:
            raise SesError(Fault.CANNOT_DELETE, f"Cannot delete active rule set: {name}", {"Name": name})
        self.by_name.pop(name, None)
