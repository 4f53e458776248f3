"""What SES knows about receiving, by account and Region."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from local import emulator
from local.receipt_filters import Filters
from local.receipt_rule_sets import RuleSets


@dataclass(kw_only=True)
class Receipts:
    """Receiving in one account and Region.

    Attributes:
        rule_sets: The rule sets.
        filters: The IP address filters.
        received: What became of each message that was accepted, in order.
    """

    rule_sets: RuleSets = field(default_factory=RuleSets)
    filters: Filters = field(default_factory=Filters)
    received: list[Mapping[str, Any]] = field(default_factory=list)


@dataclass(kw_only=True)
class ReceiptState:
    """Receiving in every account and Region; each request sees its own."""

    _by_owner: dict[tuple[str, str], Receipts] = field(default_factory=lambda: defaultdict(Receipts))

    def own(self) -> Receipts:
        """What the request's account has in its Region."""
        return self._by_owner[emulator.account_id(), emulator.region()]

    def received(self) -> list[Mapping[str, Any]]:
        """What the request's account received in every Region."""
        account = emulator.account_id()
        return [
            message
            for (owner, _), receipts in self._by_owner.items()
            if owner == account
            for message in receipts.received
        ]
