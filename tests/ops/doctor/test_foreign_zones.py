"""A zone of another account: what public DNS tells, what the deploy needs, and what is never asked."""

from dataclasses import replace
from typing import Any

import pytest

from constructs_lib.identity.dmarc import DmarcPolicy
from constructs_lib.identity.dns import CreatedZone, CrossAccountZone, DnsLocation, Route53Zone
from ops.dns_lookup import ServersLookUp
from ops.doctor.delegation import created_zone_findings, zones_of
from ops.doctor.delegation_lookup import Delegation
from ops.doctor.deploy_actions import deploy_actions
from ops.doctor.dns_conflicts import conflict_findings
from ops.doctor.foreign_zones import foreign_zone_findings, foreign_zones_of
from ops.doctor.holders import Holders
from ops.doctor.policy import policy
from ops.doctor.ports import HostedZone, StackResource
from ops.doctor.report_authorization import report_findings
from stacks.config import MailEnvironment
from stacks.domain_config import MailDomain
from tests.ops.doctor.support import REGION, SERVERS, FakeAccount, FakeDelegations, codes
from tests.ops.doctor.test_dns_conflicts import EMPTY, all_records, of
from tests.ops.support import DnsServers
from tests.own_environment import DEV
from tests.synthesis import stage_templates

FOREIGN = CrossAccountZone(
    zone_id="Z0FOREIGN", zone_name="example.com", account="999999999999", role_name="mail-records"
)
OWN = Route53Zone(zone_id="Z1", zone_name="example.com")


def domain(name: str = "example.com", dns: DnsLocation = FOREIGN, **options: Any) -> MailDomain:  # noqa: ANN401 - any
    return MailDomain(domain=name, dns=dns, **options)


def without_mail(*domains: MailDomain) -> MailEnvironment:
    """An environment that receives none."""
    return replace(DEV, domains=domains, senders=(), receiving=None)


def created(parent: Route53Zone | CrossAccountZone) -> MailDomain:
    return domain("mail.example.com", CreatedZone(zone_name="mail.example.com", parent=parent))


@pytest.mark.parametrize(
    "delegation, found",
    [
        (Delegation(name_servers=SERVERS), []),
        (Delegation(), [("error", "delegation-missing")]),
        (Delegation(name_servers=SERVERS, signed=True, keys_fit=False), [("error", "dnssec-broken")]),
        (Delegation(error="nobody"), [("not known", "not-known")]),
    ],
)
def test_it_says_what_it_cannot_look_at_and_what_public_dns_says(
    delegation: Delegation, found: list[tuple[str, str]]
) -> None:
    delegations = FakeDelegations(zones={"example.com": delegation})
    findings = list(foreign_zone_findings((FOREIGN,), delegations))
    assert codes(findings) == [("note", "zone-of-another-account"), *found]
    assert "Z0FOREIGN (example.com) belongs to account 999999999999" in findings[0].what
    assert "The role mail-records lets" in findings[0].why
    assert "python -m ops zone-role" in findings[0].fix


def test_the_zones_of_an_environment_are_its_own_and_those_of_others() -> None:
    config = without_mail(domain(), domain("news.example.com"), created(FOREIGN))
    assert foreign_zones_of(config) == ((FOREIGN,),)
    assert [type(zone) for zone in zones_of(config)] == [CreatedZone]
    assert zones_of(without_mail(created(OWN))) == (created(OWN).dns, OWN)


def test_a_zone_with_several_roles_is_told_of_once() -> None:
    other = replace(FOREIGN, role_name="news-records")
    (roles,) = foreign_zones_of(without_mail(domain(), domain("news.example.com", other)))
    assert roles == (FOREIGN, other)
    delegations = FakeDelegations(zones={"example.com": Delegation(name_servers=SERVERS)})
    (finding,) = foreign_zone_findings(roles, delegations)
    assert finding.why.startswith("The roles mail-records, news-records let the deployment's functions in")


@pytest.mark.parametrize(
    "public, found",
    [
        (EMPTY, []),
        ('_dmarc.example.com. 60 IN TXT "v=DMARC1; p=none"', []),
        ('_dmarc.example.com. 60 IN TXT "v=DMARC1; p=reject"', [("warning", "dmarc-there")]),
        ("bounce.example.com. 60 IN CNAME x.example.net.", [("warning", "cname-there")] * 2),
    ],
)
def test_what_stands_there_is_read_from_public_dns(
    dns_servers: DnsServers, public: str, found: list[tuple[str, str]]
) -> None:
    config, account = of(domain()), FakeAccount(denials=frozenset({"all"}))
    look_up = ServersLookUp([dns_servers.serve(public)])
    holders = Holders(config, account, (REGION,))
    findings = list(conflict_findings(all_records(config), account, look_up, holders))
    assert codes(findings) == found
    if found[:1] == [("warning", "dmarc-there")]:
        assert findings[0].why.startswith("The deploy refuses to replace what its stack did not write")


def test_report_authorizations_in_a_foreign_zone_are_written_by_the_deploy(dns_servers: DnsServers) -> None:
    receiver = replace(FOREIGN, zone_id="Z0REPORTS", zone_name="example.net")
    config = of(domain(dmarc=DmarcPolicy(rua=("mailto:d@example.net",))), domain("example.net", receiver))
    look_up = ServersLookUp([dns_servers.serve(EMPTY)])
    assert list(report_findings(all_records(config), look_up)) == []


def deployed(config: MailEnvironment, region: str) -> set[str]:
    return {
        resource["Type"]
        for stack, template in stage_templates(config).items()
        if stack.endswith(region)
        for resource in template["Resources"].values()
    }


@pytest.mark.parametrize(
    "domains",
    [
        (domain(legacy_txt=True),),
        (domain(receives_mail=True),),
        (created(FOREIGN),),
        (created(OWN),),
    ],
)
def test_every_type_in_the_templates_has_an_action(domains: tuple[MailDomain, ...]) -> None:
    config = of(*domains) if domains[0].receives_mail else without_mail(*domains)
    asked = {each.type for each in deploy_actions(config, REGION)}
    there = deployed(config, REGION)
    assert there - asked == set()
    assert asked - there <= {"AWS::IAM::Policy"}


def test_the_role_of_the_function_has_its_path() -> None:
    made = {each.resource for each in deploy_actions(of(domain()), REGION) if each.action == "iam:CreateRole"}
    assert "arn:aws:iam::111111111111:role/zone-records/dev-example-com-eu-west-1-Role" in made


def test_a_delegation_that_is_gone_is_to_be_put_back_in_the_parent_zone() -> None:
    zone = CreatedZone(zone_name="mail.example.com", parent=FOREIGN)
    hosted = HostedZone(name="mail.example.com", private=False, name_servers=SERVERS)
    made = StackResource(type="AWS::Route53::HostedZone", physical_id="Z1")
    account = FakeAccount(
        zone_ids={"mail.example.com": "Z1"},
        zones={"Z1": hosted},
        stacks={"dev-mail-example-com-eu-west-1": (made,)},
    )
    holders = Holders(without_mail(created(FOREIGN)), account, (REGION,))
    delegations = FakeDelegations(zones={"mail.example.com": Delegation()})
    (finding,) = created_zone_findings(zone, account, holders, delegations)
    assert finding.code == "delegation-missing"
    assert finding.fix.startswith("have the NS record of mail.example.com in the zone example.com put back")


def test_the_doctor_asks_nothing_of_the_zone() -> None:
    assert "Z0FOREIGN" not in str(policy(of(domain())))
    assert "hostedzone" not in str(policy(of(domain())))
