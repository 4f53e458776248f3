"""The table of prices, ``ops/data/prices.json``: each price with its source and the source's date."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

DATA: Final = Path(__file__).parent / "data" / "prices.json"
_ZERO: Final = Decimal(0)


@dataclass(frozen=True, kw_only=True)
class Source:
    """Where a price was read.

    Attributes:
        title: What was read.
        url: Its address.
        date: The day that it names, or None for a page without one.
    """

    title: str
    url: str
    date: str | None


@dataclass(frozen=True, kw_only=True)
class Tier:
    """The price of what lies above a quantity in a month, up to the next tier."""

    above: Decimal
    price: Decimal


@dataclass(frozen=True, kw_only=True)
class Price:
    """What one thing costs.

    Attributes:
        what: The thing, in words.
        unit: What is counted.
        per: How many units the price is for, such as 1000.
        free: Units of each month that cost nothing, whoever in the account uses them.
        tiers: Ascending; the first one is above 0.
        source: Where it was read.
        free_source: Where the free units were read.
    """

    what: str
    unit: str
    per: Decimal
    free: Decimal
    tiers: tuple[Tier, ...]
    source: Source
    free_source: Source

    def monthly(self, quantity: Decimal, *, free_units: bool = False) -> Decimal:
        """The price of a month's quantity, not rounded; with `free_units` less those that cost nothing."""
        left = max(quantity - self.free, _ZERO) if free_units else quantity
        ends = [tier.above for tier in self.tiers[1:]] + [left]
        parts = (
            max(min(left, end) - tier.above, _ZERO) * tier.price
            for tier, end in zip(self.tiers, ends, strict=True)
        )
        return sum(parts, _ZERO) / self.per


@dataclass(frozen=True, kw_only=True)
class Plan:
    """A pricing plan of SES.

    Attributes:
        monthly: Key of what it costs in each Region a month. None: nothing.
        outbound: Key of what a message costs.
    """

    monthly: str | None
    outbound: str


@dataclass(frozen=True, kw_only=True)
class PriceTable:
    """All prices.

    Attributes:
        currency: Of every price.
        region: The Region that the prices were read for.
        date: The day that the table was put together.
        prices: By key.
        plans: By the name that ``--plan`` takes.
        missing: What no source was found for, in sentences.
    """

    currency: str
    region: str
    date: str
    prices: Mapping[str, Price]
    plans: Mapping[str, Plan]
    missing: tuple[str, ...]


def read_prices(path: Path = DATA) -> PriceTable:
    """Read the table; numbers are decimal, as they are written."""
    data = json.loads(path.read_text(encoding="utf-8"))
    sources = {key: Source(**value) for key, value in data["sources"].items()}
    return PriceTable(
        currency=data["currency"],
        region=data["region"],
        date=data["date"],
        prices={key: _price(value, sources) for key, value in data["prices"].items()},
        plans={key: Plan(**value) for key, value in data["plans"].items()},
        missing=tuple(data["missing"]),
    )


def _price(value: Mapping[str, Any], sources: Mapping[str, Source]) -> Price:
    return Price(
        what=value["what"],
        unit=value["unit"],
        per=Decimal(value["per"]),
        free=Decimal(value["free"]),
        tiers=tuple(
            Tier(above=Decimal(tier["above"]), price=Decimal(tier["price"])) for tier in value["tiers"]
        ),
        source=sources[value["source"]],
        free_source=sources[value["free_source"]],
    )
