import pytest

from constructs_lib.receiving.ip_filters import FilterPolicy, IpFilter, require_filters
from tests.support import refuses


@pytest.mark.parametrize("cidr, expected", [("203.0.113.7", "203.0.113.7/32"), ("0.0.0.0/0", "0.0.0.0/0")])
def test_filters_are_ranges(cidr: str, expected: str) -> None:
    assert IpFilter(cidr=cidr, policy=FilterPolicy.BLOCK).cidr == expected


@pytest.mark.parametrize("cidr", ["", "203.0.113.1/24", "203.0.113.0/33", "2001:db8::/32", "example.com"])
def test_refuses_filters_that_are_no_range(cidr: str) -> None:
    with refuses("ip-filter-invalid", repr(cidr)):
        IpFilter(cidr=cidr, policy=FilterPolicy.ALLOW)


def test_filters_do_not_contradict_each_other() -> None:
    block = IpFilter(cidr="203.0.113.7", policy=FilterPolicy.BLOCK)
    with refuses("ip-filter-invalid", "203.0.113.7/32"):
        require_filters([block, IpFilter(cidr="203.0.113.7/32", policy=FilterPolicy.ALLOW)])
    many = [IpFilter(cidr=f"203.0.113.{n}", policy=FilterPolicy.BLOCK) for n in range(101)]
    require_filters(many[:100])
    with refuses("ip-filter-invalid", "101 filters"):
        require_filters(many)
