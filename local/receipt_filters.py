"""The IP address filters of one account and Region. Pure.

Source: SES API reference, ReceiptFilter; SES Developer Guide, "IP-based control using IP address filters":
what is allowed is always accepted, also from a range that is blocked; everybody else is welcome.
"""

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from local.receipt_rule import invalid, require_name
from local.ses_errors import Fault, SesError

MAX_FILTERS: Final = 100


@dataclass(kw_only=True)
class Filters:
    """All of them.

    Attributes:
        by_name: Policy and CIDR block (IpFilter of the API) by the filter's name.
    """

    by_name: dict[str, dict[str, str]] = field(default_factory=dict)

    def create(self, given: Mapping[str, Any] | None) -> str:
        """CreateReceiptFilter; the name.

        Raises:
            SesError: the filter is not possible, its name is taken, or there are 100.
        """
        if not given:
            raise invalid("filter", "Member must not be null")
        name, ip_filter = given.get("Name"), given.get("IpFilter") or {}
        require_name(name, path="filter.name", word="filterName")
        known = str(name)
        if ip_filter.get("Policy") not in {"Allow", "Block"}:
            raise invalid("filter.ipFilter.policy", "Member must satisfy enum value set: [Allow, Block]")
        if _network(ip_filter.get("Cidr") or "") is None:
            raise SesError(Fault.INVALID_PARAMETER, f"Invalid CIDR block: {ip_filter.get('Cidr') or ''}")
        if known in self.by_name:
            raise SesError(Fault.ALREADY_EXISTS, f"Filter already exists: {known}", {"Name": known})
        if len(self.by_name) >= MAX_FILTERS:
            raise SesError(Fault.LIMIT, "Too many filters")
        self.by_name[known] = {"Policy": ip_filter["Policy"], "Cidr": ip_filter["Cidr"]}
        return known

    def delete(self, name: str) -> None:
        """DeleteReceiptFilter; one that is gone already is fine."""
        self.by_name.pop(name, None)

    def block(self, address: str) -> bool:
        """Whether mail from an IP address is refused."""
        found = {
            ip_filter["Policy"]
            for ip_filter in self.by_name.values()
            if (network := _network(ip_filter["Cidr"])) and ipaddress.ip_address(address) in network
        }
        return "Block" in found and "Allow" not in found


def _network(cidr: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    if not cidr.isascii() or "%" in cidr or cidr.count(".") not in {0, 3} or (":" in cidr and "." in cidr):
        return None
    prefix = cidr.partition("/")[2]
    if "/" in cidr and not prefix.isdecimal():  # a netmask is not a CIDR block
        return None
    try:
        return ipaddress.ip_network(cidr, strict=False)
    except ValueError:
        return None
