import pytest

from constructs_lib.identity.dns import (
    CreatedZone,
    CrossAccountZone,
    DnsLocation,
    ExternalDns,
    Route53Zone,
    holds,
    require_zone_covers,
)
from tests.support import TOKEN, refuses


def zone(zone_id: str = "Z0123456789ABCDEFGHIJ", zone_name: str = "example.com") -> Route53Zone:
    return Route53Zone(zone_id=zone_id, zone_name=zone_name)


def foreign(**overrides: str) -> CrossAccountZone:
    options = {
        "zone_id": "Z0123456789",
        "zone_name": "example.com",
        "account": "999999999999",
        "role_name": "mail-records",
    }
    return CrossAccountZone(**(options | overrides))


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
        (foreign(), "mail.example.com", True),
        (foreign(), "evilexample.com", False),
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


@pytest.mark.parametrize("role_name", ["r", "mail-records", "A+=,.@_-9", "r" * 64, TOKEN])
def test_accepts_a_role_of_another_account(role_name: str) -> None:
    assert foreign(role_name=role_name, zone_name="Example.com.").zone_name == "example.com"


@pytest.mark.parametrize(
    "option, value, code",
    [
        ("role_name", "", "zone-role-invalid"),
        ("role_name", "r" * 65, "zone-role-invalid"),
        ("role_name", "team/mail-records", "zone-role-invalid"),
        ("role_name", "arn:aws:iam::999999999999:role/mail-records", "zone-role-invalid"),
        ("role_name", "mail-records\n", "zone-role-invalid"),
        ("account", "99999999999", "account-invalid"),
        ("zone_id", "/hostedzone/Z0123", "hosted-zone-id-invalid"),
        ("zone_name", "com", "domain-single-label"),
    ],
)
def test_refuses_a_zone_of_another_account(option: str, value: str, code: str) -> None:
    with refuses(code, option):
        foreign(**{option: value})


@pytest.mark.parametrize("parent", [zone(), foreign(), zone(zone_name=TOKEN)])
def test_a_zone_above_delegates(parent: Route53Zone | CrossAccountZone) -> None:
    assert CreatedZone(zone_name="mail.example.com", parent=parent).parent == parent


@pytest.mark.parametrize("name", ["example.com", "evilexample.com", "com.example"])
def test_refuses_a_parent_that_is_not_above(name: str) -> None:
    with refuses("zone-parent-invalid", f"the parent zone of {name}"):
        CreatedZone(zone_name=name, parent=foreign())
