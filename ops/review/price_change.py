"""What the change costs a month, as far as it costs by being there: keys, secrets, zones, alarms."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from ops.cost import Usage, estimate
from ops.prices import PriceTable
from ops.resource_times import times
from ops.review.assembly import Stacks


@dataclass(frozen=True, kw_only=True)
class PriceLine:
    """One kind of thing.

    Attributes:
        what: In words.
        before: How many.
        after: How many.
        monthly: What the difference costs a month.
    """

    what: str
    before: Decimal
    after: Decimal
    monthly: Decimal


@dataclass(frozen=True, kw_only=True)
class PriceChange:
    """The difference of a month.

    Attributes:
        lines: What differs in number.
        before: The whole monthly price of what is there, whether it is used or not.
        after: The same afterwards.
        currency: Of both.
        prices_of: The Region of the prices.
    """

    lines: tuple[PriceLine, ...]
    before: Decimal
    after: Decimal
    currency: str
    prices_of: str


def price_change(before: Stacks, after: Stacks, table: PriceTable) -> PriceChange | None:
    """The difference; None where there is none.

    Stacks that are declared no more are counted as gone.
    """
    totals = [
        estimate(table, Usage(messages=0), resources=_count(side), regions=()) for side in (before, after)
    ]
    old, new = ({item.key: item for item in total.items} for total in totals)

    def lines() -> Iterator[PriceLine]:
        for key in {**old, **new}:
            quantities = [side[key].quantity if key in side else Decimal(0) for side in (old, new)]
            costs = [side[key].monthly if key in side else Decimal(0) for side in (old, new)]
            if quantities[0] != quantities[1]:
                yield PriceLine(
                    what=table.prices[key].what,
                    before=quantities[0],
                    after=quantities[1],
                    monthly=costs[1] - costs[0],
                )

    found = tuple(lines())
    if not found:
        return None
    return PriceChange(
        lines=found,
        before=totals[0].total,
        after=totals[1].total,
        currency=table.currency,
        prices_of=table.region,
    )


def _count(stacks: Stacks) -> Mapping[str, int]:
    counts: Counter[str] = Counter()
    for stack in stacks.values():
        for resource in stack.resources.values():
            counts[resource["Type"]] += times(resource)
    return counts
