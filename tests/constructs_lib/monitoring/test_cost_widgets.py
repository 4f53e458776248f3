from typing import Any

import pytest

from constructs_lib.monitoring.region_view import RegionView
from constructs_lib.monitoring.spend_limit import SpendLimit
from tests.constructs_lib.monitoring.test_mail_dashboard import build, lines, widgets

TITLE = "Cost of Amazon SES: the budget is 50 USD a month"


def synth(*regions: str, **limit: Any) -> dict[str, Any]:  # noqa: ANN401 - passed on
    values = {"monthly_usd": 50, "tag": None} | limit
    stack = build(*(RegionView(region=region) for region in regions), limit=SpendLimit(**values))
    return widgets(stack)


def test_the_estimate_adds_a_month_of_every_region_at_the_price() -> None:
    graph = synth("eu-west-1", "us-east-1", usd_per_thousand=0.12)[TITLE]["properties"]
    expression = next(row[0]["expression"] for row in graph["metrics"] if isinstance(row[0], dict))
    assert expression == "RUNNING_SUM(FILL(sends0, 0) + FILL(sends1, 0)) * 0.12 / 1000"
    sends = [options for _, words, options in lines({"properties": graph}) if words == ["Send"]]
    assert [(each["stat"], each["period"], each.get("region", graph["region"])) for each in sends] == [
        ("Sum", 86400, "eu-west-1"),
        ("Sum", 86400, "us-east-1"),
    ]
    assert (graph["start"], graph["end"]) == ("-P30D", "P0D")


def test_the_limit_is_a_line_across() -> None:
    (line,) = synth("eu-west-1")[TITLE]["properties"]["annotations"]["horizontal"]
    assert (line["value"], line["label"]) == (50, "budget: 50 USD")


@pytest.mark.parametrize(
    "region, billed", [("eu-west-1", True), ("us-gov-west-1", False), ("eusc-de-east-1", False)]
)
def test_what_was_billed_is_shown_where_cloudwatch_has_it(region: str, billed: bool) -> None:  # noqa: FBT001 - a parameter
    found = synth(region)
    names = [words for namespace, words, _ in lines(found[TITLE]) if namespace == "AWS/Billing"]
    assert names == ([["EstimatedCharges", "Currency", "USD", "ServiceName", "AmazonSES"]] if billed else [])
    assert ("**Billed**" in found["(text)"]["properties"]["markdown"]) is billed


def test_what_is_left_out_is_said() -> None:
    text = synth("eu-west-1", "us-east-1")["(text)"]["properties"]["markdown"]
    assert "all of the account in eu-west-1, us-east-1" in text
    assert "Not in it: attachments" in text
