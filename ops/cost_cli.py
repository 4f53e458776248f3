"""``python -m ops cost``: what an environment costs a month. Options, output and exit codes only."""

import json
import sys
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Annotated, Final

import typer
from rich.text import Text

from ops.arguments import EnvironmentName
from ops.cost import A_LA_CARTE, CENT, Estimate, Usage, estimate
from ops.prices import PriceTable, read_prices
from ops.terminal import print_lines, told_errors
from stacks.config import MailEnvironment
from stacks.environments import environment

EPILOG: Final = """\b
Examples:
  python -m ops cost prod --messages 100000
  python -m ops cost prod --messages 100000 --inbound 5000 --inbound-size-kb 300
  python -m ops cost prod --messages 20000000 --plan pro --json

\b
Exit codes:
  0  the price is told
  2  wrong usage, or a number that cannot be

\b
It asks no AWS: prices come from ops/data/prices.json, which names its sources.
"""


def cost(
    env: EnvironmentName,
    *,
    messages: Annotated[int, typer.Option(metavar="N", help="Messages sent a month, counted by recipient.")],
    inbound: Annotated[int, typer.Option(metavar="N", help="Messages received a month.")] = 0,
    size_kb: Annotated[int, typer.Option(metavar="KB", help="Attachments of a message sent, encoded.")] = 0,
    inbound_size_kb: Annotated[int, typer.Option(metavar="KB", help="Size of a message received.")] = 0,
    dedicated_ips: Annotated[int, typer.Option(metavar="N", help="Standard dedicated IPs.")] = 0,
    events: Annotated[
        int, typer.Option(metavar="N", help="Notifications a month: published to SNS, read from SQS.")
    ] = 0,
    data_events: Annotated[int, typer.Option(metavar="N", help="CloudTrail data events a month.")] = 0,
    second_copies: Annotated[
        int, typer.Option(metavar="N", help="Management events a month, where another trail has them too.")
    ] = 0,
    log_gb: Annotated[int, typer.Option(metavar="GB", help="Logs taken in by CloudWatch a month.")] = 0,
    kms_requests: Annotated[int, typer.Option(metavar="N", help="Requests to KMS a month.")] = 0,
    stored_gb: Annotated[int, typer.Option(metavar="GB", help="Mail that S3 keeps in the month.")] = 0,
    plan: Annotated[
        str, typer.Option(metavar="PLAN", help="SES plan: a-la-carte, essentials, pro or enterprise.")
    ] = A_LA_CARTE,
    free_tier: Annotated[
        bool,
        typer.Option("--free-tier", help="Deduct a month's free units, as if nothing else used them."),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Write JSON.")] = False,
) -> None:
    """Tell what an environment costs a month, item by item, and what is not counted.

    What exists is counted in the templates that the environment synthesizes; what is used comes from the
    options. It asks no AWS and changes nothing.
    """
    with told_errors():
        config = environment(env)
        usage = Usage(
            messages=messages,
            inbound=inbound,
            size_kb=size_kb,
            inbound_size_kb=inbound_size_kb,
            dedicated_ips=dedicated_ips,
            events=events,
            data_events=data_events,
            second_copies=second_copies,
            log_gb=log_gb,
            kms_requests=kms_requests,
            stored_gb=stored_gb,
            plan=plan,
            free_tier=free_tier,
        )
        table = read_prices()
        told = estimate(table, usage, resources=_resources(config), regions=config.regions)
    if as_json:
        sys.stdout.write(cost_json(config, table, told))
    else:
        print_lines(cost_lines(config, table, told))


def cost_json(config: MailEnvironment, table: PriceTable, told: Estimate) -> str:
    """The estimate for programs: numbers are strings, so that no program rounds them on reading."""
    items = [
        {
            "key": item.key,
            "what": item.price.what,
            "quantity": _number(item.quantity),
            "unit": item.price.unit,
            "per": _number(item.price.per),
            "free": _number(item.price.free),
            "tiers": [
                {"above": _number(tier.above), "price": _number(tier.price)} for tier in item.price.tiers
            ],
            "monthly": _number(item.monthly),
            "source": {"url": item.price.source.url, "date": item.price.source.date},
        }
        for item in told.items
    ]
    document = {
        "environment": config.name,
        "currency": table.currency,
        "prices_of": table.region,
        "table_date": table.date,
        "items": items,
        "total": str(told.total),
        "not_counted": list(told.not_counted),
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def cost_lines(config: MailEnvironment, table: PriceTable, told: Estimate) -> Iterator[Text]:
    """The estimate for people: one line for each item, the sum, and what is not in it."""
    yield Text(f"{config.name}: price of a month in {table.currency}", style="bold")
    rows = [("what", "how many", "unit price", "monthly")]
    for item in told.items:
        price = item.price
        per = f"{price.per:,} x " if price.per != 1 else ""
        from_price = "from " if len(price.tiers) > 1 else ""
        rows.append(
            (
                price.what,
                f"{item.quantity:,.2f}".removesuffix(".00"),
                f"{from_price}{price.tiers[0].price} per {per}{price.unit}",
                _cents(item.monthly),
            )
        )
    rows.append(("total", "", "", f"{told.total:,}"))
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    for row in rows:
        what, many, price_text, monthly = row
        yield Text(
            f"  {what:<{widths[0]}}  {many:>{widths[1]}}  {price_text:<{widths[2]}}  {monthly:>{widths[3]}}",
            style="bold" if what == "total" else "",
        )
    yield Text("not counted:", style="bold")
    yield from (Text(f"  {sentence}") for sentence in told.not_counted)
    yield Text(f"Prices of {table.region}, table of {table.date}; sources: --json and ops/data/prices.json.")


def _cents(amount: Decimal) -> str:
    return f"{amount:,.2f}" if amount >= CENT else "below 0.01" if amount else "0.00"


def _number(value: Decimal) -> str:
    return f"{value:f}"


def _resources(config: MailEnvironment) -> Mapping[str, int]:
    from ops.resource_counts import count_resources  # noqa: PLC0415 - no other command waits for the CDK

    return count_resources(config)
