"""The resource types of receiving: ``AWS::SES::ReceiptRuleSet``, ``ReceiptRule``, ``ReceiptFilter``.

Template reference and resource schemas: Ref is the name; a name and the rule set of a rule replace, and so
does every property of a filter; the rest of a rule updates in place. A name that a template leaves out is
made of the stack's name and the logical id.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from local.receipt_rule import Rule, checked_rule
from local.receipt_state import ReceiptState
from local.receipt_targets import RuleTargets

RULE_SET: Final = "AWS::SES::ReceiptRuleSet"
RULE: Final = "AWS::SES::ReceiptRule"
FILTER: Final = "AWS::SES::ReceiptFilter"
REPLACING: Final = {RULE_SET: ("RuleSetName",), FILTER: ("Filter",)}
"""Properties whose change makes a new resource. The name of a rule is inside one: its handler sees to it."""

Properties = Mapping[str, Any]
Created = tuple[str, dict[str, str]]

_NAME_LENGTH: Final = 64
_SUFFIX_LENGTH: Final = 12


@dataclass(frozen=True, kw_only=True)
class ReceiptRuleSetType:
    """The handlers of rule sets; parameter names and order are the emulator's.

    Attributes:
        state: The rule sets.
    """

    state: ReceiptState

    def create(self, logical_id: str, props: Properties, stack_name: str) -> Created:
        """Create an empty rule set.

        Raises:
            SesError: SES refuses it; the stack then fails with SES's words.
        """
        name = props.get("RuleSetName") or _generated(stack_name, logical_id)
        self.state.own().rule_sets.create(name, now=datetime.now(UTC))
        return name, {}

    def update(
        self, physical_id: str, old_props: Properties, new_props: Properties, stack_name: str
    ) -> Created:
        """Nothing but the name can change, and that replaces."""
        del old_props, new_props, stack_name
        return physical_id, {}

    def delete(self, physical_id: str, props: Properties) -> None:
        """Delete the rule set; one that is gone already is fine.

        Raises:
            SesError: it is active.
        """
        del props
        self.state.own().rule_sets.delete(physical_id)


@dataclass(frozen=True, kw_only=True)
class ReceiptRuleType:
    """The handlers of rules; parameter names and order are the emulator's.

    Attributes:
        state: The rule sets.
        targets: Tries what a rule names.
    """

    state: ReceiptState
    targets: RuleTargets

    def create(self, logical_id: str, props: Properties, stack_name: str) -> Created:
        """Create the rule in its place.

        Raises:
            SesError: SES refuses it; the stack then fails with SES's words.
        """
        generated = _generated(stack_name, logical_id)
        return self._add(checked_rule({"Name": generated, **props["Rule"]}), props)

    def update(
        self, physical_id: str, old_props: Properties, new_props: Properties, stack_name: str
    ) -> Created:
        """Change the rule in place and move it behind another; a new name makes a new rule.

        Raises:
            SesError: SES refuses it.
        """
        del stack_name
        rule = checked_rule({"Name": physical_id, **new_props["Rule"]})
        if new_props["RuleSetName"] != old_props["RuleSetName"]:
            # The emulator tells a replacement by its new name, which may be the old one here.
            self._add(rule, new_props)
            self.delete(physical_id, old_props)
            return rule["Name"], {}
        if rule["Name"] != physical_id:
            return self._add(rule, new_props)
        rule_set = self.state.own().rule_sets.get(new_props["RuleSetName"])
        rule_set.find(physical_id)
        self.targets.require(rule)
        rule_set.replace(rule)
        if new_props.get("After") != old_props.get("After"):
            rule_set.move(physical_id, after=new_props.get("After"))
        return physical_id, {}

    def delete(self, physical_id: str, props: Properties) -> None:
        """Delete the rule; one that is gone already, alone or with its set, is fine."""
        rule_set = self.state.own().rule_sets.by_name.get(props["RuleSetName"])
        if rule_set is not None:
            rule_set.remove(physical_id)

    def _add(self, rule: Rule, props: Properties) -> Created:
        rule_set, after = self.state.own().rule_sets.get(props["RuleSetName"]), props.get("After")
        rule_set.require_place(rule["Name"], after=after)
        self.targets.require(rule)
        rule_set.add(rule, after=after)
        return rule["Name"], {}


@dataclass(frozen=True, kw_only=True)
class ReceiptFilterType:
    """The handlers of IP address filters; parameter names and order are the emulator's.

    Attributes:
        state: The filters.
    """

    state: ReceiptState

    def create(self, logical_id: str, props: Properties, stack_name: str) -> Created:
        """Create the filter.

        Raises:
            SesError: SES refuses it; the stack then fails with SES's words.
        """
        generated = _generated(stack_name, logical_id)
        return self.state.own().filters.create({"Name": generated, **props["Filter"]}), {}

    def update(
        self, physical_id: str, old_props: Properties, new_props: Properties, stack_name: str
    ) -> Created:
        """Nothing can change without a replacement."""
        del old_props, new_props, stack_name
        return physical_id, {}

    def delete(self, physical_id: str, props: Properties) -> None:
        """Delete the filter; one that is gone already is fine."""
        del props
        self.state.own().filters.delete(physical_id)


def _generated(stack_name: str, logical_id: str) -> str:
    """A name that SES takes, always the same for one resource of a stack."""
    whole = f"{stack_name}-{logical_id}"
    suffix = hashlib.sha256(whole.encode()).hexdigest()[:_SUFFIX_LENGTH].upper()
    readable = re.sub(r"[^a-zA-Z0-9-]", "", whole)[: _NAME_LENGTH - _SUFFIX_LENGTH - 1]
    return f"{readable}-{suffix}"
