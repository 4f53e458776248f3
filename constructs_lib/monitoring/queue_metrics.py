"""The CloudWatch metrics of a queue whose name is known, wherever it is made.

Example::

    queue_metric(QueueMetric.WAITING, "prod-inbox-support-dlq", label="support")
"""

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch

from constructs_lib.monitoring.queue_metric_names import QueueMetric


def queue_metric(
    metric: QueueMetric,
    queue_name: str,
    *,
    period: cdk.Duration | None = None,
    label: str | None = None,
) -> cloudwatch.Metric:
    """One metric of one queue.

    Args:
        metric: Which one.
        queue_name: Whose.
        period: Of a data point. Default: 5 minutes.
        label: In graphs. Default: the name of the metric.
    """
    name, statistic = metric.value
    return cloudwatch.Metric(
        namespace="AWS/SQS",
        metric_name=name,
        dimensions_map={"QueueName": queue_name},
        statistic=statistic,
        period=period or cdk.Duration.minutes(5),
        label=label,
    )
