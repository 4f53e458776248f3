"""Spam and viruses end before any other receipt rule sees them.

Part of `receipt_rule_set`. One function (`AWS::Lambda::Function`, its role and its log, all go
with the stack) that SES calls and waits for, and the rules that call it: usually one, ``drop-spam``.

These rules are for the recipients of the other rules and nobody else. A rule without recipients would make
SES accept mail for every address of every verified domain, where it now rejects what no rule is for (SES
Developer Guide, email receiving process).
"""

from collections.abc import Sequence
from typing import Final

import aws_cdk as cdk
from constructs import Construct

from constructs_lib.receiving.receipt_actions import InvokeFunction
from constructs_lib.receiving.receipt_rules import MAX_RECIPIENTS, ReceiptRule
from constructs_lib.runtime_function import RuntimeFunction

NAME: Final = "drop-spam"

_REASONS: Final = {
    "LambdaConcurrency": "A reservation would drop the answers above it: SES waits 30 seconds at most.",
    "LambdaDLQ": "SES calls it and waits for its answer, without which the mail goes on.",
    "LambdaTracing": "It calls nothing; its log says which messages it dropped.",
}


class SpamFilter(Construct):
    """The function that drops spam, and the rules that call it.

    Args:
        scope: Parent construct.
        construct_id: Id below the parent.
        rules: The rules that it protects.

    Attributes:
        function: The function.
        rules: What comes first in the rule set.
    """

    def __init__(self, scope: Construct, construct_id: str, *, rules: Sequence[ReceiptRule]) -> None:
        super().__init__(scope, construct_id)
        self.function = RuntimeFunction(
            self,
            "Function",
            runtime="drop_spam",
            description="Ends the receipt rule set of Amazon SES for spam and viruses",
            statements=[],
            # SES waits 30 seconds.
            timeout=cdk.Duration.seconds(10),
            reasons=_REASONS,
        ).function
        call = InvokeFunction(function_arn=self.function.function_arn, synchronous=True)
        protected = [rule for rule in rules if rule.enabled]
        tls_required = all(rule.tls_required for rule in protected)
        self.rules = tuple(
            ReceiptRule(
                name=name,
                recipients=recipients,
                catch_all=not recipients,
                actions=(call,),
                tls_required=tls_required,
            )
            for name, recipients in protecting(rules).items()
        )


def protecting(rules: Sequence[ReceiptRule]) -> dict[str, tuple[str, ...]]:
    """Return the recipients of each rule that drops spam by its name: all that the rules are for, no others.

    An address is left out beside its domain. None at all stand for every recipient. Rules that are switched
    off are for nobody; without any other there is nothing to protect.
    """
    enabled = [rule for rule in rules if rule.enabled]
    if any(rule.catch_all for rule in enabled):
        return {NAME: ()}
    named = {recipient for rule in enabled for recipient in rule.recipients}
    wanted = sorted(recipient for recipient in named if not _is_covered(recipient, named))
    chunks = [tuple(wanted[i : i + MAX_RECIPIENTS]) for i in range(0, len(wanted), MAX_RECIPIENTS)]
    return {NAME if number == 0 else f"{NAME}-{number + 1}": chunk for number, chunk in enumerate(chunks)}


def _is_covered(recipient: str, named: set[str]) -> bool:
    local, at, domain = recipient.rpartition("@")
    parents = domain.split(".")
    wider = {"." + ".".join(parents[number:]) for number in range(1, len(parents))}
    if at:
        wider.add(domain)
        wider.add(f"{local.partition('+')[0]}@{domain}")
    return not wider.isdisjoint(named - {recipient})
