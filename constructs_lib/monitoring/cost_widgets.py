"""What a dashboard of mail shows of its cost. Part of `mail_dashboard`.

Two lines: what the messages of 30 days cost at list price, which is known within the hour; and what AWS has
billed for Amazon SES this month, which is known once a person has turned on billing alerts.
"""

from collections.abc import Sequence
from typing import Final

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch

from constructs_lib.monitoring.ses_metric_names import SesMetric
from constructs_lib.monitoring.ses_metrics import ses_metric
from constructs_lib.monitoring.spend_limit import SpendLimit
from constructs_lib.regions import ses_regions

_GRAPH: Final = 16
_TEXT: Final = 8
_HEIGHT: Final = 6
_BILLING_REGION: Final = "us-east-1"
"""Where CloudWatch has the billing metrics of the aws partition (CloudWatch User Guide, billing alarm)."""

_BILLED: Final = """

**Billed**: this month so far, all of Amazon SES in the account, a few times a day. It needs \
*Receive CloudWatch billing alerts*, which a person turns on in the billing preferences."""


def cost_row(
    regions: Sequence[str], limit: SpendLimit | None, *, usd_per_thousand: float
) -> list[cloudwatch.IWidget]:
    """A graph against the month's limit, and what it shows and leaves out.

    Args:
        regions: Whose messages are counted.
        limit: A line across. Default: none.
        usd_per_thousand: What 1,000 messages cost.
    """
    sends = {
        f"sends{number}": ses_metric(SesMetric.SEND, hours=24, region=region)
        for number, region in enumerate(regions)
    }
    together = " + ".join(f"FILL({name}, 0)" for name in sends)
    lines: list[cloudwatch.IMetric] = [
        cloudwatch.MathExpression(
            expression=f"RUNNING_SUM({together}) * {usd_per_thousand:g} / 1000",
            using_metrics=sends,
            label="Estimate, 30 days",
            period=cdk.Duration.days(1),
        )
    ]
    billed = all(_partition(region) == "aws" for region in regions)
    if billed:
        lines.append(
            cloudwatch.Metric(
                namespace="AWS/Billing",
                metric_name="EstimatedCharges",
                dimensions_map={"ServiceName": "AmazonSES", "Currency": "USD"},
                statistic="Maximum",
                period=cdk.Duration.hours(6),
                region=_BILLING_REGION,
                label="Billed this month",
            )
        )
    graph = cloudwatch.GraphWidget(
        title="Cost of Amazon SES" + (f": the budget is {limit.monthly_usd:g} USD a month" if limit else ""),
        left=lines,
        left_annotations=[
            cloudwatch.HorizontalAnnotation(
                value=limit.monthly_usd,
                label=f"budget: {limit.monthly_usd:g} USD",
                color=cloudwatch.Color.RED,
            )
        ]
        if limit
        else [],
        left_y_axis=cloudwatch.YAxisProps(label="USD", min=0, show_units=False),
        region=regions[0],
        start="-P30D",
        end="P0D",
        width=_GRAPH,
        height=_HEIGHT,
    )
    text = (
        f"**Estimate**: the messages of the last 30 days, all of the account in {', '.join(regions)}, "
        f"at {usd_per_thousand:g} USD per 1,000. Not in it: attachments, incoming mail, plans, dedicated "
        "IPs, and what is free."
    )
    note = cloudwatch.TextWidget(markdown=text + (_BILLED if billed else ""), width=_TEXT, height=_HEIGHT)
    return [graph, note]


def _partition(region: str) -> str:
    facts = ses_regions().get(region)
    return facts["partition"] if facts else "aws"
