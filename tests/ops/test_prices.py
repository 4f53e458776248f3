"""The table of prices: its shape, and that every price has a source."""

import json
import re
from decimal import Decimal
from typing import Any

import pytest

from ops.prices import DATA, Price, Source, Tier, read_prices

RAW: dict[str, Any] = json.loads(DATA.read_text(encoding="utf-8"))
DAY = re.compile(r"20\d\d-\d\d-\d\d")
SOURCE = Source(title="A page", url="https://example.com/", date=None)


def test_the_table_says_what_it_is() -> None:
    assert set(RAW) == {"currency", "region", "date", "sources", "prices", "plans", "missing"}
    assert DAY.fullmatch(RAW["date"])
    assert all(sentence.endswith(".") for sentence in RAW["missing"])


@pytest.mark.parametrize("key", RAW["prices"])
def test_a_price_is_complete(key: str) -> None:
    raw = RAW["prices"][key]
    assert set(raw) == {"what", "unit", "per", "free", "tiers", "source", "free_source"}
    # Numbers are strings: a JSON number would pass through binary floating point.
    numbers = [raw["per"], raw["free"], *(tier[name] for tier in raw["tiers"] for name in ("above", "price"))]
    assert all(isinstance(number, str) and re.fullmatch(r"\d+(\.\d+)?", number) for number in numbers)
    price = read_prices().prices[key]
    assert price.per > 0
    above = [tier.above for tier in price.tiers]
    assert above[0] == 0
    assert above == sorted(set(above))


def test_every_source_is_used_and_has_an_address() -> None:
    used = {raw[name] for raw in RAW["prices"].values() for name in ("source", "free_source")}
    assert used == set(RAW["sources"])
    for source in RAW["sources"].values():
        assert source["url"].startswith("https://")
        assert source["date"] is None or (DAY.fullmatch(source["date"]) and source["date"] <= RAW["date"])


def test_plans_name_prices() -> None:
    table = read_prices()
    named = {key for plan in table.plans.values() for key in (plan.monthly, plan.outbound) if key}
    assert named <= set(table.prices)


@pytest.mark.parametrize(
    "quantity, expected",
    [("0", "0"), ("10", "5"), ("11", "5.1"), ("110", "15"), ("210", "15.1")],
)
def test_tiers_price_what_lies_within_them(quantity: str, expected: str) -> None:
    tiers = (("0", "0.5"), ("10", "0.1"), ("110", "0.001"))
    price = Price(
        what="Things",
        unit="thing",
        per=Decimal(1),
        free=Decimal(0),
        tiers=tuple(Tier(above=Decimal(above), price=Decimal(each)) for above, each in tiers),
        source=SOURCE,
        free_source=SOURCE,
    )
    assert price.monthly(Decimal(quantity)) == Decimal(expected)
