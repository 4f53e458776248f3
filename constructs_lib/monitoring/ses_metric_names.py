"""The names of Amazon SES's CloudWatch metrics. Plain values, for whoever reads them without the CDK.

Example::

    SesMetric.BOUNCE_RATE.statistic  # Maximum
"""

from enum import StrEnum
from typing import Final

NAMESPACE: Final = "AWS/SES"
CONFIGURATION_SET: Final = "ses:configuration-set"
"""The dimension, and the message tag that every message with a configuration set has."""

RATE_HOURS: Final = 6
"""Over how many hours alarms look at a rate and at the sends that make it count."""


class SesMetric(StrEnum):
    """Names as CloudWatch has them. The rates are shares between 0 and 1, the others counts."""

    SEND = "Send"
    DELIVERY = "Delivery"
    BOUNCE = "Bounce"
    COMPLAINT = "Complaint"
    REJECT = "Reject"
    BOUNCE_RATE = "Reputation.BounceRate"
    COMPLAINT_RATE = "Reputation.ComplaintRate"

    @property
    def statistic(self) -> str:
        """How data points are put together: counts are added, of rates the highest is taken."""
        return "Maximum" if self in {SesMetric.BOUNCE_RATE, SesMetric.COMPLAINT_RATE} else "Sum"


COUNTS: Final = (
    SesMetric.SEND,
    SesMetric.DELIVERY,
    SesMetric.BOUNCE,
    SesMetric.COMPLAINT,
    SesMetric.REJECT,
)
"""What is counted, in the order in which it is read."""
