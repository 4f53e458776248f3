"""A receipt rule set: for whom Amazon SES receives mail, in which order its rules apply, and no spam.

A user gets an `AWS::SES::ReceiptRuleSet`, an `AWS::SES::ReceiptRule` for each rule in the given order, the
permissions that let SES call functions for exactly these rules, and an `AWS::SES::ReceiptFilter` for each
address range. Before all other rules one drops spam and viruses by a small function (`spam_filter`); a second
function keeps the order (`receipt_rule_order`). All of it goes with the stack: these are settings, not data.

What a person must still do: make the set the active one (`RuleSetActivation`), and point the domain's MX
record at this Region (`InboundMx`). Until then SES rejects mail as before.

Example::

    ReceiptRuleSet(
        stack, "Receiving", rule_set_name="inbound", store=MailStore(...),
        rules=[ReceiptRule(name="all", recipients=("example.com",), actions=(StoreInS3(prefix="mail/"),))],
    )
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import aws_cdk as cdk
from aws_cdk import aws_ses as ses
from aws_cdk import aws_sns as sns
from constructs import Construct

from constructs_lib.errors import ConfigurationError
from constructs_lib.existing import require_beside_existing
from constructs_lib.receiving.ip_filters import IpFilter, require_filters
from constructs_lib.receiving.mail_store import MailStore
from constructs_lib.receiving.receipt_actions import InvokeFunction, ReceiptAction, StoreInS3
from constructs_lib.receiving.receipt_rule_order import ReceiptRuleOrder
from constructs_lib.receiving.receipt_rule_resource import ReceiptRuleResource
from constructs_lib.receiving.receipt_rules import ReceiptRule, require_rule_set_name, require_rules
from constructs_lib.receiving.spam_filter import SpamFilter, protecting
from constructs_lib.regions import require_receiving_region


class ReceiptRuleSet(Construct):
    """A rule set with its rules and filters.

    Args:
        scope: Parent construct.
        construct_id: Id below the parent.
        rule_set_name: 1 to 64 letters, digits, ``_`` and ``-``. Another name is another rule set.
        existing_rule_set: Whether the set is there already, made by somebody else: only rules are added to
            it, and theirs keep their order. Default: it is made.
        after_rule: With `existing_rule_set`, the rule of theirs that ours come right after. Default: ours
            come first.
        rules: 1 to 200, in order, with those that drop spam.
        store: Where S3 actions without a bucket of their own put mail; they use its prefixes.
        topics: By prefix, what S3 actions without a topic of their own announce to. Default: nothing.
        filters: Up to 100 address ranges, for all mail of the account and Region. Default: none.
        drop_spam: Whether spam and viruses end before the rules, which then are scanned for. Default: yes.

    Attributes:
        rule_set_name: The name.
        rules: All rules in order, those that drop spam first.
        rule_arns: The ARN of each rule by its name: what SES passes as ``aws:SourceArn``.

    Raises:
        ConfigurationError: ``existing-resource-invalid``, ``receipt-rule-set-invalid``,
            ``receipt-rules-invalid``, ``ip-filter-invalid``, ``client-side-encryption-missing``,
            ``region-without-receiving``; before anything is built.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        rule_set_name: str,
        rules: Sequence[ReceiptRule],
        existing_rule_set: bool = False,
        after_rule: str | None = None,
        store: MailStore | None = None,
        topics: Mapping[str, sns.ITopic] | None = None,
        filters: Sequence[IpFilter] = (),
        drop_spam: bool = True,
    ) -> None:
        stack = cdk.Stack.of(scope)
        require_receiving_region(stack.region, option="env.region")
        self.rule_set_name = require_rule_set_name(rule_set_name)
        require_beside_existing(
            "existing_rule_set", there=existing_rule_set, option="after_rule", value=after_rule
        )
        require_filters(filters)
        _require_free_names(rules, drop_spam=drop_spam)
        topics = topics or {}
        _require_used(topics, rules)
        placed = [
            replace(rule, actions=tuple(_placed(action, rule, store, topics) for action in rule.actions))
            for rule in rules
        ]
        for rule in rules:
            _require_functions_here(rule, stack)

        super().__init__(scope, construct_id)
        rule_set = (
            None if existing_rule_set else ses.CfnReceiptRuleSet(self, "RuleSet", rule_set_name=rule_set_name)
        )
        if drop_spam and any(rule.enabled for rule in rules):
            placed = [*SpamFilter(self, "SpamFilter", rules=rules).rules, *placed]
        self.rules = tuple(placed)
        self.rule_arns: dict[str, str] = {}
        parent = Construct(self, "Rules")
        previous: ReceiptRuleResource | None = None
        for rule in self.rules:
            previous = ReceiptRuleResource(
                parent,
                rule=rule,
                rule_set_name=rule_set_name,
                rule_set=rule_set,
                previous=previous,
                after_rule=after_rule,
                client_side=None if store is None else store.client_side,
            )
            self.rule_arns[rule.name] = previous.rule_arn
        ReceiptRuleOrder(
            self,
            "Order",
            rule_set_name=rule_set_name,
            rule_names=[rule.name for rule in self.rules],
            after_rule=after_rule,
            after=[] if previous is None else [previous.resource],
        )
        for each in filters:
            ses.CfnReceiptFilter(
                self,
                f"Filter.{each.cidr.replace('/', '|')}",
                # Without a name: any change replaces a filter, and the former one would hold the name.
                filter=ses.CfnReceiptFilter.FilterProperty(
                    ip_filter=ses.CfnReceiptFilter.IpFilterProperty(cidr=each.cidr, policy=each.policy)
                ),
            )


def _placed(
    action: ReceiptAction, rule: ReceiptRule, store: MailStore | None, topics: Mapping[str, sns.ITopic]
) -> ReceiptAction:
    """An S3 action with its bucket, role and topic."""
    if not isinstance(action, StoreInS3):
        return action
    topic = action.topic or topics.get(action.prefix)
    if action.client_side_encryption:
        _require_client_side(action, rule, store)
    if action.bucket is not None:
        return replace(action, topic=topic)
    if store is None:
        raise _invalid(
            "store",
            f"mail of {rule.name} needs a bucket and a role that writes to it.",
            None,
            "give store=MailStore(...), or StoreInS3 its bucket and writer_role",
        )
    if action.prefix not in store.prefixes:
        raise _invalid(
            f"{rule.name}: prefix",
            f"one of the store's prefixes, {', '.join(store.prefixes)}: SES may write to no other.",
            action.prefix,
            "add it to the store, or use one of these",
        )
    return replace(action, topic=topic, bucket=store.bucket, writer_role=store.writer_role)


def _require_client_side(action: StoreInS3, rule: ReceiptRule, store: MailStore | None) -> None:
    if action.bucket is not None:
        got = "a bucket of its own"
    elif store is None or store.client_side is None:
        got = "a store without"
    elif action.prefix not in store.client_side_prefixes:
        got = f"a store whose readers of {action.prefix} have no use of the key"
    else:
        return
    raise ConfigurationError(
        "client-side-encryption-missing",
        option=f"{rule.name}: client_side_encryption",
        rule="mail that SES encrypts goes to a store that has the key and what reads it.",
        got=got,
        fix="give MailStore client_side=ClientSideEncryption(...) and "
        f'client_side_prefixes=["{action.prefix}"], or drop client_side_encryption',
    )


def _require_free_names(rules: Sequence[ReceiptRule], *, drop_spam: bool) -> None:
    taken = protecting(rules).keys() if drop_spam else ()
    require_rules(rules, reserved=len(taken))
    clash = [rule.name for rule in rules if rule.name in taken]
    if clash:
        raise _invalid(
            "rules", "these names belong to the rules that drop spam.", clash, "rename it, or drop_spam=False"
        )


def _require_used(topics: Mapping[str, sns.ITopic], rules: Sequence[ReceiptRule]) -> None:
    used = {action.prefix for rule in rules for action in rule.actions if isinstance(action, StoreInS3)}
    unused = sorted(topics.keys() - used)
    if unused:
        raise _invalid(
            "topics",
            f"prefixes of S3 actions: {', '.join(sorted(used)) or 'there are none'}.",
            unused,
            "correct the prefix: nothing would be announced there",
        )


def _require_functions_here(rule: ReceiptRule, stack: cdk.Stack) -> None:
    for action in rule.actions:
        if not isinstance(action, InvokeFunction) or cdk.Token.is_unresolved(action.function_arn):
            continue
        _, _, _, region, account, *_ = action.function_arn.split(":")
        here = [(region, stack.region), (account, stack.account)]
        if any(part != own and not cdk.Token.is_unresolved(own) for part, own in here):
            raise _invalid(
                f"{rule.name}: function_arn",
                f"a function in {stack.region}, account {stack.account} (SES guide, Lambda action).",
                action.function_arn,
                "call one there, and let it call the other",
            )


def _invalid(option: str, rule: str, got: object, fix: str) -> ConfigurationError:
    return ConfigurationError("receipt-rule-set-invalid", option=option, rule=rule, got=got, fix=fix)
