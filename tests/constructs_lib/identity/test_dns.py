import pytest

from constructs_lib.identity.dns import (
    CreatedZone,
    DnsLocation,
    ExternalDns,
    Route53Zone,
    holds,
    require_zone_covers,
)
from tests.support import TOKEN, refuses


def zone(zone_id: str = "Z0123456789ABCDEFGHIJ", zone_name: str = "example.com") -> Route53Zone:
    return Route53Zone(zone_id=zone_id, zone_name=zone_name)


@pytest.mark.parametrize("zone_id", ["Z1", "Z0123456789ABCDEFGHIJ", "Z" + "A" * 31, TOKEN])
def test_accepts_a_zone_id(zone_id: str) -> None:
    assert zone(zone_id).zone_id == zone_id


@pytest.mark.parametrize(
    "zone_id",
    ["", "Z", "A0123456789", "z0123456789", "/hostedzone/Z0123", "Z01 23", "Z" + "A" * 32, "Z0123\n", "Zé"],
)
def test_refuses_a_zone_id(zone_id: str) -> None:
    with refuses("hosted-zone-id-invalid", repr(zone_id)):
        zone(zone_id)


def test_zone_names_have_one_spelling() -> None:
    assert zone(zone_name="BÜCHER.example.") == zone(zone_name="xn--bcher-kva.example")
    assert CreatedZone(zone_name="Example.com.") == CreatedZone(zone_name="example.com")
    assert zone(zone_name=TOKEN).zone_name == TOKEN


def test_refuses_a_zone_name() -> None:
    with refuses("domain-malformed", "zone_name"):
        zone(zone_name="example_.com")
    with refuses("domain-single-label", "zone_name"):
        CreatedZone(zone_name="com")


@pytest.mark.parametrize(
    "dns, domain, covered",
    [
        (zone(), "example.com", True),
        (zone(), "mail.example.com", True),
        (zone(), "evilexample.com", False),
        (zone(), "com", False),
        (zone(zone_name="mail.example.com"), "example.com", False),
        (zone(zone_name="mail.example.com"), "email.example.com", False),
        (CreatedZone(zone_name="example.com"), "mail.example.com", True),
        (CreatedZone(zone_name="example.com"), "evilexample.com", False),
        (zone(zone_name=TOKEN), "example.com", True),
        (zone(), TOKEN, True),
    ],
)
def test_a_zone_covers_its_own_name_and_names_below(dns: DnsLocation, domain: str, *, covered: bool) -> None:
    assert holds(dns, domain) is covered
    if covered:
        require_zone_covers(dns, domain)
    else:
        with refuses("zone-mismatch", f"the zone is {domain} or a parent of it"):
            require_zone_covers(dns, domain)


def test_external_dns_takes_any_domain_and_holds_none() -> None:
    require_zone_covers(ExternalDns(), "example.com")
    assert not holds(ExternalDns(), "example.com")
