"""What a dashboard of mail shows of one Region. Part of `mail_dashboard`.

Example::

    for row in rows(view, ReputationThresholds()):
        dashboard.add_widgets(*row)
"""

from collections.abc import Mapping, Sequence
from typing import Final

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch

from constructs_lib.monitoring.queue_metric_names import QueueMetric
from constructs_lib.monitoring.queue_metrics import queue_metric
from constructs_lib.monitoring.rate_widgets import percent_line, rate_row
from constructs_lib.monitoring.region_view import RegionView
from constructs_lib.monitoring.reputation_thresholds import QUOTA_SHARE, ReputationThresholds
from constructs_lib.monitoring.ses_metric_names import COUNTS, SesMetric
from constructs_lib.monitoring.ses_metrics import ses_metric

FULL: Final = 24
_THIRD: Final = 8
_GAUGE: Final = 6
_HEIGHT: Final = 6
_NUMBERS_HEIGHT: Final = 4


Row = list[cloudwatch.IWidget]


def rows(view: RegionView, levels: ReputationThresholds) -> list[Row]:
    """The rows of one Region, below its alarms: what SES judges first."""
    found: list[Row] = [
        rate_row(view, levels),
        _numbers(view),
    ]
    found.append(_flow(view))
    if view.inboxes:
        found.append(
            [
                _queues(title, view, view.inboxes, metric, label, width=_THIRD)
                for title, metric, label in (
                    ("Received by inbox", QueueMetric.ARRIVED, "messages an hour"),
                    ("Received mail that waits", QueueMetric.WAITING, "messages"),
                    ("Age of the oldest received mail", QueueMetric.OLDEST, "seconds"),
                )
            ]
        )
    waiting = [
        (title, queues, limit)
        for title, queues, limit in (
            ("Dead letters: a person has to look", view.dead_letter_queues, 1),
            ("Feedback that nobody has read", view.queues, None),
        )
        if queues
    ]
    if waiting:
        found.append(
            [
                _queues(
                    title,
                    view,
                    queues,
                    QueueMetric.WAITING,
                    "messages",
                    width=FULL // len(waiting),
                    limit=limit,
                )
                for title, queues, limit in waiting
            ]
        )
    return found


def _flow(view: RegionView) -> Row:
    """What was sent and what came of it; complaints and rejects, which are few, have an axis of their own."""
    sets = view.configuration_set_names
    width = FULL // (3 if sets else 2)
    trouble = cloudwatch.GraphWidget(
        title="Bounces, and on the right complaints and rejects, account",
        left=[ses_metric(SesMetric.BOUNCE)],
        left_y_axis=cloudwatch.YAxisProps(label="bounces an hour", min=0, show_units=False),
        right=[ses_metric(metric) for metric in (SesMetric.COMPLAINT, SesMetric.REJECT)],
        right_y_axis=cloudwatch.YAxisProps(label="complaints, rejects an hour", min=0, show_units=False),
        region=view.region,
        width=width,
        height=_HEIGHT,
    )
    sent = [ses_metric(metric) for metric in (SesMetric.SEND, SesMetric.DELIVERY)]
    unit = "messages an hour"
    row = [_graph("Sent and delivered, account", sent, unit, region=view.region, width=width), trouble]
    if sets:
        by_set = [ses_metric(SesMetric.SEND, configuration_set_name=name, label=name) for name in sets]
        row.append(_graph("Sends by configuration set", by_set, unit, region=view.region, width=width))
    return row


def _numbers(view: RegionView) -> Row:
    """The account's counts of a day, and what they are of its quota."""
    quota = view.daily_quota
    numbers = cloudwatch.SingleValueWidget(
        title="Last 24 hours, account",
        metrics=[ses_metric(metric, hours=24) for metric in COUNTS],
        full_precision=True,
        region=view.region,
        width=FULL - _GAUGE if quota else FULL,
        height=_NUMBERS_HEIGHT,
    )
    if not quota:
        return [numbers]
    used = cloudwatch.MathExpression(
        expression=f"100 * sends / {quota}",
        using_metrics={"sends": ses_metric(SesMetric.SEND, hours=24)},
        label="% used",
        period=cdk.Duration.days(1),
    )
    gauge = cloudwatch.GaugeWidget(
        title=f"Daily quota of {quota:,}",
        metrics=[used],
        left_y_axis=cloudwatch.YAxisProps(min=0, max=100),
        annotations=[percent_line(QUOTA_SHARE, "alarm", cloudwatch.Color.RED)],
        region=view.region,
        width=_GAUGE,
        height=_NUMBERS_HEIGHT,
    )
    return [numbers, gauge]


def _queues(
    title: str,
    view: RegionView,
    queues: Mapping[str, str],
    metric: QueueMetric,
    unit: str,
    *,
    width: int,
    limit: float | None = None,
) -> cloudwatch.IWidget:
    # By the hour: a week of five minutes is too much to see.
    lines = [
        queue_metric(metric, name, period=cdk.Duration.hours(1), label=label)
        for label, name in queues.items()
    ]
    return _graph(title, lines, unit, region=view.region, width=width, limit=limit)


def _graph(
    title: str,
    metrics: Sequence[cloudwatch.IMetric],
    unit: str,
    *,
    region: str,
    width: int,
    limit: float | None = None,
) -> cloudwatch.IWidget:
    alarm = cloudwatch.HorizontalAnnotation(value=limit or 0, label="alarm", color=cloudwatch.Color.RED)
    return cloudwatch.GraphWidget(
        title=title,
        left=list(metrics),
        left_annotations=[alarm] if limit is not None else [],
        left_y_axis=cloudwatch.YAxisProps(label=unit, min=0, show_units=False),
        region=region,
        width=width,
        height=_HEIGHT,
    )
