from typing import Any

import pytest

from local.receipt_filters import MAX_FILTERS, Filters
from local.ses_errors import Fault, SesError


def filters(*found: tuple[str, str]) -> Filters:
    made = Filters()
    for number, (policy, cidr) in enumerate(found):
        made.create({"Name": str(number), "IpFilter": {"Policy": policy, "Cidr": cidr}})
    return made


@pytest.mark.parametrize(
    "found,address,blocked",
    [
        ((), "192.0.2.1", False),
        ((("Block", "192.0.2.1"),), "192.0.2.1", True),
        ((("Block", "192.0.2.1/32"),), "192.0.2.2", False),
        ((("Block", "192.0.2.0/24"),), "192.0.2.77", True),
        ((("Allow", "192.0.2.0/24"),), "198.51.100.1", False),
        ((("Block", "0.0.0.0/0"), ("Allow", "192.0.2.0/24")), "192.0.2.1", False),
        ((("Allow", "192.0.2.0/24"), ("Block", "0.0.0.0/0")), "198.51.100.1", True),
        # What is allowed is always accepted, however narrow the block.
        ((("Allow", "0.0.0.0/0"), ("Block", "192.0.2.1")), "192.0.2.1", False),
        ((("Block", "2001:db8::/32"),), "2001:db8::1", True),
        ((("Block", "::/0"),), "192.0.2.1", False),
        ((("Block", "0.0.0.0/0"),), "2001:db8::1", False),
        ((("Block", "192.0.2.7/24"),), "192.0.2.1", True),
    ],
)
def test_who_is_blocked(found: tuple[tuple[str, str], ...], address: str, blocked: bool) -> None:  # noqa: FBT001 - a table
    assert filters(*found).block(address) is blocked


@pytest.mark.parametrize(
    "given,fault,fragment",
    [
        (None, Fault.VALIDATION, "'filter'"),
        ({"Name": "a b"}, Fault.VALIDATION, "'filter.name'"),
        ({"Name": "-a"}, Fault.INVALID_PARAMETER, "Not a valid filterName: -a"),
        ({"Name": "a"}, Fault.VALIDATION, "'filter.ipFilter.policy'"),
        (
            {"Name": "a", "IpFilter": {"Policy": "block", "Cidr": "192.0.2.1"}},
            Fault.VALIDATION,
            "[Allow, Block]",
        ),
        (
            {"Name": "0", "IpFilter": {"Policy": "Block", "Cidr": "192.0.2.1"}},
            Fault.ALREADY_EXISTS,
            "exists: 0",
        ),
        *(
            (
                {"Name": "a", "IpFilter": {"Policy": "Block", "Cidr": cidr}},
                Fault.INVALID_PARAMETER,
                "CIDR block",
            )
            for cidr in (
                *("", "192.0.2", "192.0.2.1/33", "192.0.2.1/255.255.255.0", "192.0.2.1/", "example.com"),
                *("2001:db8::/129", "[2001:db8::1]", "fe80::1%eth0", "::ffff:192.0.2.1", "１92.0.2.1"),  # noqa: RUF001 - the point
            )
        ),
    ],
)
def test_filters_that_ses_refuses(given: dict[str, Any] | None, fault: Fault, fragment: str) -> None:
    with pytest.raises(SesError) as caught:
        filters(("Block", "192.0.2.1")).create(given)
    assert caught.value.fault is fault
    assert fragment in caught.value.message


def test_the_limit_and_deletion() -> None:
    full = filters(*[("Block", "192.0.2.1")] * MAX_FILTERS)
    with pytest.raises(SesError, match="Too many filters"):
        full.create({"Name": "more", "IpFilter": {"Policy": "Block", "Cidr": "192.0.2.1"}})
    full.delete("0")
    full.delete("0")
    assert full.create({"Name": "more", "IpFilter": {"Policy": "Block", "Cidr": "192.0.2.1"}}) == "more"
