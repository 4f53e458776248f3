"""The CloudWatch metrics of Amazon SES: of an account's Region, or of one configuration set in it.

SES publishes counts and reputation of the account by itself, the reputation of a configuration set where its
reputation metrics are on (as in `SendingProfile`), and the counts of a configuration set only where a
CloudWatch event destination has ``ses:configuration-set`` as its one dimension, as `EventCounts` makes it
(SES Developer Guide, Retrieving event data from CloudWatch, Viewing and exporting reputation metrics).

Example::

    ses_metric(SesMetric.BOUNCE_RATE, configuration_set_name="transactional")
"""

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch

from constructs_lib.monitoring.ses_metric_names import CONFIGURATION_SET, NAMESPACE, RATE_HOURS, SesMetric


def ses_metric(
    metric: SesMetric,
    *,
    configuration_set_name: str | None = None,
    hours: int = 1,
    region: str | None = None,
    label: str | None = None,
) -> cloudwatch.Metric:
    """One metric: the sum of a count, the highest value of a rate.

    Args:
        metric: Which one.
        configuration_set_name: Default: everything that the account sends in the Region.
        hours: Of a data point. Default: 1.
        region: For a dashboard. Default: that of the stack.
        label: In graphs. Default: the name of the metric.
    """
    return cloudwatch.Metric(
        namespace=NAMESPACE,
        metric_name=metric.value,
        dimensions_map={CONFIGURATION_SET: configuration_set_name} if configuration_set_name else None,
        statistic=metric.statistic,
        period=cdk.Duration.hours(hours),
        region=region,
        label=label,
    )


def counted_rate(
    rate: SesMetric, *, configuration_set_name: str | None, minimum_sends: int
) -> cloudwatch.IMetric:
    """A rate in six hours with enough sends, 0 in others; no value without sends (Using IF expressions).

    Six hours, because those who send 1,000 messages a day send few in each hour. FILL would give hours whose
    data is late a value that they do not have.

    Args:
        rate: Which one.
        configuration_set_name: Whose; None for the account's.
        minimum_sends: How many make a rate count; with 0 it is the rate itself.
    """
    found = ses_metric(rate, configuration_set_name=configuration_set_name, hours=RATE_HOURS)
    if not minimum_sends:
        return found
    sends = ses_metric(SesMetric.SEND, configuration_set_name=configuration_set_name, hours=RATE_HOURS)
    return cloudwatch.MathExpression(
        expression=f"IF(sends >= {minimum_sends}, rate, 0)",
        using_metrics={"sends": sends, "rate": found},
        label="Rate that counts",
        period=cdk.Duration.hours(RATE_HOURS),
    )
