"""What a dashboard of mail shows of one Region, by names. Part of `mail_dashboard`.

Example::

    RegionView(region="eu-west-1", configuration_set_names=("transactional",), daily_quota=50_000)
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class RegionView:
    """What is shown of one Region. What is empty has no place on the dashboard.

    Attributes:
        region: The Region.
        alarm_names: In the order of their weight.
        configuration_set_names: Whose rates and sends stand beside the account's; sends need `EventCounts`.
        daily_quota: The account's sending quota of 24 hours. Default: its use is not shown.
        inboxes: Names of the queues of incoming mail, by what to call them.
        queues: Names of other queues, such as those of feedback, by what to call them.
        dead_letter_queues: Names of the queues that wait for a person, by what to call them.
    """

    region: str
    alarm_names: Sequence[str] = ()
    configuration_set_names: Sequence[str] = ()
    daily_quota: int | None = None
    inboxes: Mapping[str, str] = field(default_factory=dict)
    queues: Mapping[str, str] = field(default_factory=dict)
    dead_letter_queues: Mapping[str, str] = field(default_factory=dict)
