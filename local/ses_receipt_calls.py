"""The API v1's calls about receiving: rule sets, rules, IP address filters.

The emulator has some of these; all are answered here, so that one list serves the API, CloudFormation and
the listener.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from local.emulator import Response
from local.query_protocol import members, result, structure
from local.receipt_rule import checked_rule, invalid, require_name
from local.receipt_rule_sets import RuleSet
from local.receipt_state import Receipts, ReceiptState
from local.receipt_targets import RuleTargets
from local.ses_errors import Fault, SesError
from local.ses_message import Json, timestamp

Parameters = Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class ReceiptCalls:
    """The calls.

    Attributes:
        state: The rule sets and filters.
        targets: Tries what a rule names.
    """

    state: ReceiptState
    targets: RuleTargets

    def answer(self, action: str, parameters: Parameters) -> Response | None:
        """The response to one of these calls, None to any other."""
        calls: dict[str, Callable[[Receipts, Parameters], Json | None]] = {
            "CreateReceiptRuleSet": _create_set,
            "CloneReceiptRuleSet": _clone_set,
            "DescribeReceiptRuleSet": _describe_set,
            "DescribeActiveReceiptRuleSet": _describe_active,
            "ListReceiptRuleSets": _list_sets,
            "SetActiveReceiptRuleSet": _set_active,
            "ReorderReceiptRuleSet": _reorder,
            "DeleteReceiptRuleSet": _delete_set,
            "CreateReceiptRule": self._create_rule,
            "UpdateReceiptRule": self._update_rule,
            "DescribeReceiptRule": _describe_rule,
            "SetReceiptRulePosition": _set_position,
            "DeleteReceiptRule": _delete_rule,
            "CreateReceiptFilter": _create_filter,
            "ListReceiptFilters": _list_filters,
            "DeleteReceiptFilter": _delete_filter,
        }
        call = calls.get(action)
        if call is None:
            return None
        try:
            return result(action, call(self.state.own(), parameters) or {})
        except SesError as error:
            return error.v1()

    def _create_rule(self, own: Receipts, parameters: Parameters) -> None:
        rule = checked_rule(_required(parameters, "Rule"))
        rule_set = _rule_set(own, parameters)
        rule_set.require_place(rule["Name"], after=parameters.get("After"))
        self.targets.require(rule)
        rule_set.add(rule, after=parameters.get("After"))

    def _update_rule(self, own: Receipts, parameters: Parameters) -> None:
        rule = checked_rule(_required(parameters, "Rule"))
        rule_set = _rule_set(own, parameters)
        rule_set.find(rule["Name"])
        self.targets.require(rule)
        rule_set.replace(rule)


def _create_set(own: Receipts, parameters: Parameters) -> None:
    own.rule_sets.create(parameters.get("RuleSetName"), now=datetime.now(UTC))


def _clone_set(own: Receipts, parameters: Parameters) -> None:
    original = parameters.get("OriginalRuleSetName", "")
    own.rule_sets.clone(parameters.get("RuleSetName"), original, now=datetime.now(UTC))


def _describe_set(own: Receipts, parameters: Parameters) -> Json:
    return _shown(_rule_set(own, parameters))


def _describe_active(own: Receipts, parameters: Parameters) -> Json:
    del parameters
    active = own.rule_sets.active
    return _shown(active) if active else {}


def _list_sets(own: Receipts, parameters: Parameters) -> Json:
    """In one page, which holds 100: there are 40 at most. So nobody has a token."""
    token = parameters.get("NextToken", "")
    if token:
        raise SesError(Fault.INVALID_PARAMETER, f"Invalid token: {token}")
    return {"RuleSets": [_metadata(rule_set) for _, rule_set in sorted(own.rule_sets.by_name.items())]}


def _set_active(own: Receipts, parameters: Parameters) -> None:
    own.rule_sets.activate(parameters.get("RuleSetName"))


def _reorder(own: Receipts, parameters: Parameters) -> None:
    _rule_set(own, parameters).reorder(members(parameters, "RuleNames"))


def _delete_set(own: Receipts, parameters: Parameters) -> None:
    own.rule_sets.delete(_name(parameters, "RuleSetName"))


def _describe_rule(own: Receipts, parameters: Parameters) -> Json:
    return {"Rule": _rule_set(own, parameters).find(_name(parameters, "RuleName"))}


def _set_position(own: Receipts, parameters: Parameters) -> None:
    name = _name(parameters, "RuleName")
    _rule_set(own, parameters).move(name, after=parameters.get("After"))


def _delete_rule(own: Receipts, parameters: Parameters) -> None:
    _rule_set(own, parameters).remove(_name(parameters, "RuleName"))


def _create_filter(own: Receipts, parameters: Parameters) -> None:
    own.filters.create(structure(parameters, "Filter"))


def _list_filters(own: Receipts, parameters: Parameters) -> Json:
    del parameters
    filters = sorted(own.filters.by_name.items())
    return {"Filters": [{"Name": name, "IpFilter": ip_filter} for name, ip_filter in filters]}


def _delete_filter(own: Receipts, parameters: Parameters) -> None:
    own.filters.delete(_name(parameters, "FilterName", checked=False))


def _rule_set(own: Receipts, parameters: Parameters) -> RuleSet:
    return own.rule_sets.get(_name(parameters, "RuleSetName"))


def _name(parameters: Parameters, key: str, *, checked: bool = True) -> str:
    path = f"{key[0].lower()}{key[1:]}"
    name = parameters.get(key)
    if checked or name is None:
        require_name(name, path=path, word=path)
    return str(name)


def _required(parameters: Parameters, name: str) -> dict[str, Any]:
    found = structure(parameters, name)
    if found is None:
        raise invalid(name.lower(), "Member must not be null")
    return found


def _shown(rule_set: RuleSet) -> Json:
    return {"Metadata": _metadata(rule_set), "Rules": rule_set.rules}


def _metadata(rule_set: RuleSet) -> Json:
    return {"Name": rule_set.name, "CreatedTimestamp": timestamp(rule_set.created)}
