"""For whom mail is received, and what happens to it. Plain values for environment files.

Example::

    ReceiptRule(name="support", recipients=("support@example.com",), actions=(StoreInS3(prefix="support/"),))
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from constructs_lib.domain_name import is_token, is_within, normalize_domain
from constructs_lib.email_address import normalize_address
from constructs_lib.errors import ConfigurationError
from constructs_lib.receiving.receipt_actions import (
    Bounce,
    InvokeFunction,
    ReceiptAction,
    Stop,
    require_actions,
)

MAX_RECIPIENTS: Final = 100
MAX_RULES: Final = 200
"""Recipients of a rule, rules of a set (SES Developer Guide, service quotas)."""

_NAME: Final = re.compile(r"[A-Za-z0-9]([A-Za-z0-9_.-]{0,62}[A-Za-z0-9])?")
_RULE_SET_NAME: Final = re.compile(r"[A-Za-z0-9]([A-Za-z0-9_-]{0,62}[A-Za-z0-9])?")


@dataclass(frozen=True, kw_only=True)
class ReceiptRule:
    """What happens to the mail of some recipients.

    Attributes:
        name: 1 to 64 letters, digits, ``_``, ``-`` and ``.``, a letter or digit first and last. Another name
            is another rule.
        actions: 1 to 10, in order.
        recipients: Up to 100. ``user@example.com`` also takes ``user+label@example.com``, ``example.com`` all
            of the domain but not of its subdomains, ``.example.com`` all subdomains but not the domain
            (SES Developer Guide, creating receipt rules).
        catch_all: Whether it is for every recipient of every verified domain of the account and Region.
            Default: no, and `recipients` says for whom.
        tls_required: Default: SES bounces what does not come over TLS.
        scan: Default: SES scans for spam and viruses; the verdicts decide nothing by themselves.
        enabled: Default: yes.

    Raises:
        ConfigurationError: ``receipt-rule-invalid``, ``receipt-action-invalid``, the codes of
            `normalize_address` and `normalize_domain`.
    """

    name: str
    actions: tuple[ReceiptAction, ...]
    recipients: tuple[str, ...] = ()
    catch_all: bool = False
    tls_required: bool = True
    scan: bool = True
    enabled: bool = True

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise _invalid(
                "name",
                "1 to 64 ASCII letters, digits, _, - and ., a letter or digit first and last, no token (SES"
                " API, ReceiptRule).",
                self.name,
                "choose such a name and keep it",
            )
        option = f"{self.name}: recipients"
        object.__setattr__(
            self, "recipients", tuple(_recipient(value, option=option) for value in self.recipients)
        )
        if self.catch_all == bool(self.recipients):
            raise _invalid(
                option,
                "some recipients, or catch_all=True and none: SES takes an empty list for all recipients of"
                " all verified domains.",
                self.recipients,
                'name them, such as ("support@example.com",), or drop one of the two',
            )
        if len(self.recipients) > MAX_RECIPIENTS:
            raise _invalid(
                option,
                f"at most {MAX_RECIPIENTS} (SES Developer Guide, service quotas).",
                f"{len(self.recipients)} recipients",
                "name their domain, or write a second rule",
            )
        _require_once(option, self.recipients, "drop the repeated one, whatever its spelling")
        require_actions(self.actions, option=f"{self.name}: actions")

    @property
    def ends_the_rule_set(self) -> bool:
        """Whether no later rule ever gets a message that this one applies to.

        A function that SES waits for may end the rule before its Stop.
        """
        return (
            self.enabled
            and isinstance(self.actions[-1], Stop)
            and not any(isinstance(action, InvokeFunction) and action.synchronous for action in self.actions)
        )


def require_rule_set_name(name: str, *, option: str = "rule_set_name") -> str:
    """Refuse a name that SES would refuse (SES API, CreateReceiptRuleSet); tokens pass.

    Raises:
        ConfigurationError: ``receipt-rule-set-invalid``.
    """
    if is_token(name) or _RULE_SET_NAME.fullmatch(name):
        return name
    raise ConfigurationError(
        "receipt-rule-set-invalid",
        option=option,
        rule="1 to 64 ASCII letters, digits, _ and -, a letter or digit first and last (SES API,"
        " CreateReceiptRuleSet).",
        got=name,
        fix="choose such a name and keep it",
    )


def require_rules(rules: Sequence[ReceiptRule], *, reserved: int = 0) -> None:
    """Refuse rules that do not make a rule set, or of which some could never apply.

    Args:
        rules: In order.
        reserved: How many rules the rule set has besides.

    Raises:
        ConfigurationError: ``receipt-rules-invalid``.
    """
    most = MAX_RULES - reserved
    if not 1 <= len(rules) <= most:
        raise ConfigurationError(
            "receipt-rules-invalid",
            option="rules",
            rule=f"1 to {most} rules (SES Developer Guide, service quotas).",
            got=f"{len(rules)} rules",
            fix="give several recipients to one rule",
        )
    twice = [name for name, count in Counter(rule.name for rule in rules).items() if count > 1]
    if twice:
        raise ConfigurationError(
            "receipt-rules-invalid",
            option="rules",
            rule="each name once.",
            got=twice,
            fix="rename one",
        )
    for number, last in enumerate(rules):
        never = [rule.name for rule in rules[number + 1 :] if _covers(last, rule)]
        if never:
            raise ConfigurationError(
                "receipt-rules-invalid",
                option=last.name,
                rule="nothing comes after a catch-all rule that stops the rule set.",
                got=never,
                fix=f"put {never[0]} before {last.name}",
            )


def require_own_domains(rules: Sequence[ReceiptRule], domains: Sequence[str], *, option: str) -> None:
    """Refuse recipients and senders of bounces that no verified domain covers.

    SES rejects mail for other domains before any rule, and sends no bounce from them.

    Args:
        rules: The rules.
        domains: The normalized domains that are verified in the Region; each covers its subdomains.
        option: The option's name, for the error.

    Raises:
        ConfigurationError: ``receipt-domain-unknown``.
    """
    for rule in rules:
        senders = [action.sender for action in rule.actions if isinstance(action, Bounce)]
        for address in (*rule.recipients, *senders):
            name = address.rpartition("@")[2].removeprefix(".")
            if not any(is_within(name, domain) for domain in domains):
                raise ConfigurationError(
                    "receipt-domain-unknown",
                    option=f"{option}: {rule.name}",
                    rule=f"recipients and senders of bounces are of {', '.join(domains)}: SES rejects the"
                    " mail of other domains.",
                    got=address,
                    fix="correct it, or declare its domain for this Region",
                )


def _recipient(value: str, *, option: str) -> str:
    if is_token(value):
        return value
    if "@" in value:
        return normalize_address(value, option=option)
    dot = "." if value.startswith(".") else ""
    return dot + normalize_domain(value.removeprefix("."), option=option)


def _covers(last: ReceiptRule, rule: ReceiptRule) -> bool:
    # Mail without TLS, which `last` refuses, may be for a later rule: SES does not say.
    same_mail = not last.tls_required or rule.tls_required
    return last.catch_all and last.ends_the_rule_set and same_mail


def _require_once(option: str, values: Sequence[str], fix: str) -> None:
    twice = [value for value, count in Counter(values).items() if count > 1]
    if twice:
        raise _invalid(option, "each once.", twice, fix)


def _invalid(option: str, rule: str, got: object, fix: str) -> ConfigurationError:
    return ConfigurationError("receipt-rule-invalid", option=option, rule=rule, got=got, fix=fix)
