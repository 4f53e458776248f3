"""The names of a queue's CloudWatch metrics. Plain values, for whoever reads them without the CDK."""

from enum import Enum


class QueueMetric(Enum):
    """What is watched: the metric's name and how data points are put together (SQS Developer Guide)."""

    WAITING = ("ApproximateNumberOfMessagesVisible", "Maximum")
    OLDEST = ("ApproximateAgeOfOldestMessage", "Maximum")
    ARRIVED = ("NumberOfMessagesSent", "Sum")
