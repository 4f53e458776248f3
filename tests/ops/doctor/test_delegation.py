import pytest

from constructs_lib.identity.dns import CreatedZone, Route53Zone
from ops.doctor.delegation import created_zone_findings, external_findings, route53_zone_findings, zones_of
from ops.doctor.delegation_lookup import Delegation
from ops.doctor.findings import Finding
from ops.doctor.holders import Holders
from ops.doctor.ports import HostedZone, StackResource
from ops.errors import PermissionDeniedError, ZoneAmbiguousError
from stacks.environments import environment
from tests.ops.doctor.support import REGION, SERVERS, FakeAccount, FakeDelegations, codes, told_before
from tests.own_environment import DEV

ZONE = Route53Zone(zone_id="Z1", zone_name="example.com")
NEW = CreatedZone(zone_name="example.com")
HOSTED = HostedZone(name="example.com", private=False, name_servers=SERVERS)
ELSEWHERE = ("ns1.registrar.example", "ns2.registrar.example")
HALF = (SERVERS[0], ELSEWHERE[0])


def of_zone(hosted: HostedZone | None, delegation: Delegation | None = None) -> list[Finding]:
    account = FakeAccount(zones={"Z1": hosted} if hosted else {})
    delegations = FakeDelegations(zones={"example.com": delegation} if delegation else {})
    return list(route53_zone_findings(ZONE, account, delegations))


@pytest.mark.parametrize(
    "hosted, code",
    [
        (None, "zone-missing"),
        (HostedZone(name="example.net", private=False), "zone-wrong"),
        (HostedZone(name="evilexample.com", private=False), "zone-wrong"),
        (HostedZone(name="example.com", private=True), "zone-private"),
    ],
)
def test_a_zone_that_cannot_hold_the_records(hosted: HostedZone | None, code: str) -> None:
    assert codes(of_zone(hosted)) == [("error", code)]


@pytest.mark.parametrize(
    "delegation, found",
    [
        (Delegation(name_servers=SERVERS), []),
        (Delegation(name_servers=SERVERS[:1]), []),
        (Delegation(), [("error", "delegation-missing")]),
        (Delegation(name_servers=ELSEWHERE), [("error", "delegation-elsewhere")]),
        (Delegation(name_servers=HALF), [("warning", "delegation-incomplete")]),
        (Delegation(name_servers=SERVERS, signed=True, keys_fit=True), []),
        (Delegation(name_servers=SERVERS, signed=True, keys_fit=False), [("error", "dnssec-broken")]),
        (Delegation(name_servers=SERVERS, signed=True), [("not known", "not-known")]),
        (
            Delegation(name_servers=ELSEWHERE, signed=True, keys_fit=False),
            [("error", "delegation-elsewhere"), ("error", "dnssec-broken")],
        ),
        (Delegation(error="nobody"), [("not known", "not-known")]),
    ],
)
def test_the_delegation_of_a_zone(delegation: Delegation, found: list[tuple[str, str]]) -> None:
    findings = of_zone(HOSTED, delegation)
    assert codes(findings) == found
    if found[:1] == [("error", "delegation-elsewhere")]:
        assert "enter ns-1.awsdns-01.org, ns-2.awsdns-02.co.uk as the name servers" in findings[0].fix


def of_new(account: FakeAccount, delegation: Delegation) -> tuple[list[Finding], object]:
    holders = Holders(DEV, account, (REGION,))
    delegations = FakeDelegations(zones={"example.com": delegation})
    return told_before(created_zone_findings(NEW, account, holders, delegations))


@pytest.mark.parametrize(
    "delegation, found",
    [
        (Delegation(), []),
        (Delegation(name_servers=ELSEWHERE), [("warning", "zone-moves")]),
        (
            Delegation(name_servers=ELSEWHERE, signed=True),
            [("warning", "zone-moves"), ("warning", "dnssec-broken")],
        ),
        (Delegation(error="nobody"), [("not known", "not-known")]),
    ],
)
def test_a_zone_that_the_deploy_makes(delegation: Delegation, found: list[tuple[str, str]]) -> None:
    assert codes(of_new(FakeAccount(), delegation)[0]) == found


@pytest.mark.parametrize(
    "delegation, found",
    [
        (Delegation(), [("warning", "delegation-missing")]),
        (Delegation(name_servers=SERVERS), []),
        (Delegation(name_servers=ELSEWHERE), [("error", "delegation-elsewhere")]),
    ],
)
def test_a_zone_that_a_deploy_made(delegation: Delegation, found: list[tuple[str, str]]) -> None:
    account = FakeAccount(
        zone_ids={"example.com": "Z9"},
        zones={"Z9": HOSTED},
        stacks={"dev-Sending-eu-west-1": (StackResource(type="AWS::Route53::HostedZone", physical_id="Z9"),)},
    )
    assert codes(of_new(account, delegation)[0]) == found


@pytest.mark.parametrize("denials, error", [((), None), (("stack_resources",), PermissionDeniedError)])
def test_a_zone_of_that_name_is_somebodys(denials: tuple[str, ...], error: type[Exception] | None) -> None:
    account = FakeAccount(zone_ids={"example.com": "Z9"}, denials=frozenset(denials))
    told, ended = of_new(account, Delegation())
    assert codes(told) == [("warning", "zone-twice")]
    assert 'Route53Zone(zone_id="Z9", zone_name="example.com")' in told[0].fix
    assert isinstance(ended, error) if error else ended is None


def test_several_zones_have_the_name(monkeypatch: pytest.MonkeyPatch) -> None:
    def twice(_: str) -> str:
        raise ZoneAmbiguousError(
            "The account has 2 public hosted zones named example.com: Z1, Z2.", fix="pick"
        )

    account = FakeAccount()
    monkeypatch.setattr(account, "public_zone_id", twice)
    told, _ = of_new(account, Delegation())
    assert codes(told) == [("error", "zone-twice")]


@pytest.mark.parametrize(
    "delegation, found",
    [
        (Delegation(name_servers=ELSEWHERE), []),
        (Delegation(name_servers=ELSEWHERE, signed=True, keys_fit=False), [("error", "dnssec-broken")]),
        (Delegation(), [("error", "delegation-missing")]),
        (Delegation(error="nobody"), [("not known", "not-known")]),
    ],
)
def test_a_domain_with_dns_elsewhere(delegation: Delegation, found: list[tuple[str, str]]) -> None:
    delegations = FakeDelegations(zones={"example.org": delegation})
    assert codes(list(external_findings("example.org", delegations))) == found


def test_each_zone_of_an_environment_once() -> None:
    assert [zone.zone_name for zone in zones_of(environment("prod"))] == ["example.com"]
    assert zones_of(environment("local")) == (CreatedZone(zone_name="rehearsal.example"),)
