"""From which mail servers SES takes mail. Plain values for environment files.

Example::

    IpFilter(cidr="203.0.113.0/24", policy=FilterPolicy.BLOCK)
"""

import ipaddress
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from constructs_lib.errors import ConfigurationError

MAX_FILTERS: Final = 100
"""Filters of an account (SES Developer Guide, service quotas)."""


class FilterPolicy(StrEnum):
    """What an IP address filter does (SES API, ReceiptIpFilter)."""

    ALLOW = "Allow"
    BLOCK = "Block"


@dataclass(frozen=True, kw_only=True)
class IpFilter:
    """Mail servers that SES refuses, or takes mail from though it would refuse them.

    A filter applies to all mail of the account and Region, whichever rule set is active. SES blocks Amazon
    EC2 by default. To take mail from known servers only, block ``0.0.0.0/0`` and allow those.

    Attributes:
        cidr: IPv4 addresses: ``203.0.113.0/24``, or one of them (CloudFormation takes no IPv6 here).
        policy: Allow or block.

    Raises:
        ConfigurationError: ``ip-filter-invalid``.
    """

    cidr: str
    policy: FilterPolicy

    def __post_init__(self) -> None:
        try:
            network = ipaddress.IPv4Network(self.cidr)
        except ValueError as error:
            raise ConfigurationError(
                "ip-filter-invalid",
                option="cidr",
                rule="an IPv4 address or the first address of a range, with its length (SES API,"
                " ReceiptIpFilter).",
                got=self.cidr,
                fix=f"{error}: write such as 203.0.113.0/24",
            ) from error
        object.__setattr__(self, "cidr", str(network))


def require_filters(filters: Sequence[IpFilter]) -> None:
    """Refuse filters that SES would refuse, or that contradict each other.

    Raises:
        ConfigurationError: ``ip-filter-invalid``.
    """
    twice = [cidr for cidr, count in Counter(each.cidr for each in filters).items() if count > 1]
    if twice or len(filters) > MAX_FILTERS:
        raise ConfigurationError(
            "ip-filter-invalid",
            option="filters",
            rule=f"at most {MAX_FILTERS} (SES Developer Guide, service quotas), each range once.",
            got=twice or f"{len(filters)} filters",
            fix="either allow or block it, and join ranges that lie side by side",
        )
