"""The rates that SES judges, against its levels. Part of `mail_dashboard`.

Example::

    dashboard.add_widgets(*rate_row(view, ReputationThresholds()))
"""

from typing import Final

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch

from constructs_lib.monitoring.region_view import RegionView
from constructs_lib.monitoring.reputation_thresholds import (
    BOUNCE_PAUSE,
    BOUNCE_REVIEW,
    COMPLAINT_PAUSE,
    COMPLAINT_REVIEW,
    ReputationThresholds,
)
from constructs_lib.monitoring.ses_metric_names import SesMetric
from constructs_lib.monitoring.ses_metrics import ses_metric

_WIDTH: Final = 12
_HEIGHT: Final = 8
"""Higher than other graphs: the levels lie close to each other."""

_PERCENT: Final = cloudwatch.YAxisProps(label="%", min=0, show_units=False)


def rate_row(view: RegionView, levels: ReputationThresholds) -> list[cloudwatch.IWidget]:
    """Bounces and complaints, beside each other."""
    return [
        _rate(
            "Bounce rate",
            SesMetric.BOUNCE_RATE,
            view,
            alarm_at=(levels.bounce_warning, levels.bounce_critical),
            ses_at=(BOUNCE_REVIEW, BOUNCE_PAUSE),
        ),
        _rate(
            "Complaint rate",
            SesMetric.COMPLAINT_RATE,
            view,
            alarm_at=(levels.complaint_warning, levels.complaint_critical),
            ses_at=(COMPLAINT_REVIEW, COMPLAINT_PAUSE),
        ),
    ]


def percent_line(share: float, meaning: str, color: str) -> cloudwatch.HorizontalAnnotation:
    """A line across a graph in percent."""
    percent = round(100 * share, 6)
    return cloudwatch.HorizontalAnnotation(value=percent, label=f"{meaning}: {percent:g} %", color=color)


def _rate(
    title: str,
    metric: SesMetric,
    view: RegionView,
    *,
    alarm_at: tuple[float, float],
    ses_at: tuple[float, float],
) -> cloudwatch.IWidget:
    """A rate in percent, as SES's documentation has it; the metric is a share."""
    whose: list[tuple[str, str | None]] = [
        ("Account", None),
        *((name, name) for name in view.configuration_set_names),
    ]
    warning, critical = alarm_at
    review, pause = ses_at
    return cloudwatch.GraphWidget(
        title=f"{title}: SES reviews at {100 * review:g} %, may pause at {100 * pause:g} %",
        left=[
            cloudwatch.MathExpression(
                expression=f"100 * rate{number}",
                using_metrics={f"rate{number}": ses_metric(metric, configuration_set_name=name)},
                label=label,
                period=cdk.Duration.hours(1),
            )
            for number, (label, name) in enumerate(whose)
        ],
        left_annotations=[
            percent_line(warning, "warning", cloudwatch.Color.ORANGE),
            percent_line(review, "SES reviews", cloudwatch.Color.BROWN),
            percent_line(critical, "critical", cloudwatch.Color.RED),
            percent_line(pause, "SES pauses", cloudwatch.Color.PURPLE),
        ],
        left_y_axis=_PERCENT,
        region=view.region,
        width=_WIDTH,
        height=_HEIGHT,
    )
