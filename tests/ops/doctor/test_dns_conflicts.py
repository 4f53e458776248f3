"""Records that stand where the environment's go: a hosted zone made of values, and real name servers."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from constructs_lib.identity.dmarc import DmarcPolicy
from constructs_lib.identity.dns import ExternalDns, Route53Zone
from constructs_lib.identity.dns_records import Purpose
from constructs_lib.identity.own_dkim import OwnDkimKey
from constructs_lib.identity.spf import SpfPolicy
from constructs_lib.receiving.receipt_actions import Stop, StoreInS3
from constructs_lib.receiving.receipt_rules import ReceiptRule
from ops.dns_lookup import ServersLookUp
from ops.doctor.dns_conflicts import conflict_findings, records_by_zone
from ops.doctor.findings import Finding
from ops.doctor.holders import Holders
from ops.doctor.ports import StackResource
from ops.errors import PermissionDeniedError
from ops.ports import ZoneRecordSet
from ops.records import NeededRecord
from stacks.config import MailEnvironment
from stacks.domain_config import MailDomain
from stacks.receiving_config import MailReceiving
from tests.dkim_keys import public_key
from tests.ops.doctor.support import REGION, FakeAccount, codes, told_before
from tests.ops.support import DnsServers
from tests.own_environment import DEV

ZONE = Route53Zone(zone_id="Z1", zone_name="example.com")
DOMAIN = MailDomain(
    domain="example.com",
    dns=ZONE,
    dmarc=DmarcPolicy(rua=("mailto:d@example.net",)),
    apex_spf=SpfPolicy(),
    own_dkim_key=OwnDkimKey(selector="s1", public_key=public_key(), private_key_secret="s"),  # noqa: S106
    receives_mail=True,
)
RULE = ReceiptRule(name="all", recipients=("example.com",), actions=(StoreInS3(prefix="in/"), Stop()))
MX = "feedback-smtp.eu-west-1.amazonses.com"
EMPTY = "ns.example.com. 60 IN A 192.0.2.53\n"
Ask = Callable[..., list[Finding]]


def of(*domains: MailDomain) -> MailEnvironment:
    return replace(
        DEV,
        domains=domains,
        senders=(),
        receiving=MailReceiving(rule_set_name="in", rules=(RULE,), active=True),
    )


def all_records(config: MailEnvironment) -> list[NeededRecord]:
    return [needed for records in records_by_zone(config) for needed in records]


@pytest.fixture
def ask(dns_servers: DnsServers) -> Ask:
    def find(
        *record_sets: ZoneRecordSet,
        public: str = EMPTY,
        domain: MailDomain = DOMAIN,
        account: FakeAccount | None = None,
    ) -> list[Finding]:
        config = of(domain)
        gateway = account or FakeAccount()
        gateway.record_sets["Z1"] = record_sets
        look_up = ServersLookUp([dns_servers.serve(public)], timeout_seconds=0.3)
        return list(
            conflict_findings(all_records(config), gateway, look_up, Holders(config, gateway, (REGION,)))
        )

    return find


def record(name: str, kind: str, *values: str) -> ZoneRecordSet:
    return ZoneRecordSet(name=f"{name}.", type=kind, values=values)


def test_an_empty_zone_is_free(ask: Ask) -> None:
    assert ask() == []


@pytest.mark.parametrize(
    "there, code",
    [
        (record("example.com", "MX", "10 mail.example.net."), "mx-there"),
        (record("bounce.example.com", "MX", "10 mail.example.net."), "mx-there"),
        (record("bounce.example.com", "MX", f"10 {MX}."), "mx-there"),
        (record("bounce.example.com", "TXT", '"anything"'), "spf-there"),
        (record("_dmarc.example.com", "TXT", '"v=DMARC1; p=reject"'), "dmarc-there"),
        (record("s1._domainkey.example.com", "TXT", '"v=DKIM1; p=x"'), "dkim-there"),
        (record("bounce.example.com", "CNAME", "x.example.net."), "cname-there"),
        (record("_dmarc.example.com", "CNAME", "x.example.net."), "cname-there"),
        (ZoneRecordSet(name="example.com.", type="MX", alias="x.example.net."), "cname-there"),
    ],
)
def test_what_stands_in_the_hosted_zone_stops_the_deploy(ask: Ask, there: ZoneRecordSet, code: str) -> None:
    """Also the very value: Route 53 creates nothing that exists."""
    findings = ask(there)
    assert {(str(finding.severity), finding.code) for finding in findings} == {("error", code)}
    assert all("Route 53 zone Z1 has" in finding.what for finding in findings)


@pytest.mark.parametrize(
    "there, purpose",
    [
        (record("_dmarc.example.com", "TXT", '"v=DMARC1; p=reject"'), "DMARC"),
        (record("bounce.example.com", "MX", "10 mail.example.net."), "MAIL_FROM_MX"),
        (record("bounce.example.com", "TXT", '"v=spf1 -all"'), "MAIL_FROM_SPF"),
        (record("example.com", "MX", "10 mail.example.net."), "INBOUND_MX"),
        (record("s1._domainkey.example.com", "TXT", '"v=DKIM1; p=x"'), "DKIM"),
    ],
)
def test_a_live_record_is_kept_first_and_deleted_last(ask: Ask, there: ZoneRecordSet, purpose: str) -> None:
    in_public_dns = f"{EMPTY}{there.name} 60 IN {there.type} {there.values[0]}\n"
    for findings in (ask(there), ask(public=in_public_dns)):
        (fix,) = (finding.fix for finding in findings)
        keep, _, rest = fix.partition("; or ")
        assert keep == (
            f"leave it and say existing_records=(Purpose.{purpose},) in the domain "
            "(it is checked, not written)"
        )
        assert "; or, if it is to go, " in rest
    kept = replace(DOMAIN, existing_records=(Purpose[purpose],))
    assert ask(there, domain=kept) == []


@pytest.mark.parametrize("physical_id", ["bounce.example.com", "bounce.example.com.", "Bounce.Example.com"])
def test_what_a_stack_of_ours_made_is_not_in_the_way(ask: Ask, physical_id: str) -> None:
    made = FakeAccount(
        stacks={
            "dev-example-com-eu-west-1": (
                StackResource(type="AWS::Route53::RecordSet", physical_id=physical_id),
            )
        }
    )
    assert ask(record("bounce.example.com", "MX", "10 other.example.net."), account=made) == []


def test_an_identity_of_ours_does_not_hold_the_records_of_its_name(ask: Ask) -> None:
    held = (StackResource(type="AWS::SES::EmailIdentity", physical_id="example.com"),)
    account = FakeAccount(stacks={"dev-example-com-eu-west-1": held})
    findings = ask(record("example.com", "MX", "10 mail.example.net."), account=account)
    assert codes(findings) == [("error", "mx-there")]


def test_what_the_zone_has_is_not_told_again_of_public_dns(ask: Ask) -> None:
    public = f"{EMPTY}example.com. 60 IN MX 10 mail.example.net.\n"
    findings = ask(record("example.com", "MX", "10 mail.example.net."), public=public)
    assert codes(findings) == [("error", "mx-there")]


@pytest.mark.parametrize(
    "denied, found",
    [
        # All that is there is told, and that nobody knows whose it is.
        ("stack_resources", [("warning", "mx-there"), ("warning", "dmarc-there")]),
        # Public DNS is asked all the same.
        ("zone_record_sets", [("warning", "dkim-there")]),
    ],
)
def test_a_missing_permission_hides_nothing_else(
    dns_servers: DnsServers, denied: str, found: list[tuple[str, str]]
) -> None:
    config = of(DOMAIN)
    gateway = FakeAccount(denials=frozenset({denied}))
    gateway.record_sets["Z1"] = (
        record("bounce.example.com", "MX", "10 x.example."),
        record("_dmarc.example.com", "TXT", '"v=DMARC1; p=none"'),
    )
    public = ServersLookUp([dns_servers.serve('s1._domainkey.example.com. 60 IN TXT "v=DKIM1; p=x"')])
    if denied == "stack_resources":
        public = ServersLookUp([dns_servers.serve(EMPTY)])
    findings = conflict_findings(all_records(config), gateway, public, Holders(config, gateway, (REGION,)))
    told, error = told_before(findings)
    assert isinstance(error, PermissionDeniedError)
    assert codes(told) == found
    assert gateway.asked.count(denied) == 1


@pytest.mark.parametrize(
    "there",
    [
        record("www.example.com", "MX", "10 mail.example.net."),
        record("example.com", "A", "192.0.2.1"),
        record("example.com", "TXT", '"site-verification=1"'),
        record("evilbounce.example.com", "MX", "10 mail.example.net."),
        record("bounce.example.com", "A", "192.0.2.1"),
        record("_dmarc.www.example.com", "TXT", '"v=DMARC1; p=reject"'),
        record("*.example.com", "CNAME", "x.example.net."),
    ],
)
def test_what_stands_beside_is_not_in_the_way(ask: Ask, there: ZoneRecordSet) -> None:
    assert ask(there) == []


@pytest.mark.parametrize(
    "values, code, fragment",
    [
        (['"v=spf1 mx ~all"'], ("warning", "spf-not-merged"), "v=spf1 mx include:amazonses.com ~all"),
        (['"v=spf1 mx ~all"', '"v=spf1 a ~all"'], ("error", "spf-there"), "make one of them"),
    ],
)
@pytest.mark.parametrize("where", ["zone", "public"])
def test_the_domains_own_spf_is_merged_by_hand(
    ask: Ask, values: list[str], code: tuple[str, str], fragment: str, where: str
) -> None:
    text = "".join(f"example.com. 60 IN TXT {value}\n" for value in values)
    findings = ask(record("example.com", "TXT", *values)) if where == "zone" else ask(public=EMPTY + text)
    assert codes(findings) == [code]
    assert fragment in findings[0].fix


def test_the_domains_own_spf_that_is_merged_already(ask: Ask) -> None:
    assert ask(record("example.com", "TXT", '"v=spf1 mx include:amazonses.com -all"')) == []


@pytest.mark.parametrize("dns", [ZONE, ExternalDns()])
@pytest.mark.parametrize(
    "there, code",
    [
        ("example.com. 60 IN MX 10 mail.example.net.", "mx-there"),
        ("bounce.example.com. 60 IN MX 10 mail.example.net.", "mx-there"),
        ('bounce.example.com. 60 IN TXT "v=spf1 -all"', "spf-there"),
        ('_dmarc.example.com. 60 IN TXT "v=DMARC1; p=reject"', "dmarc-there"),
        ('s1._domainkey.example.com. 60 IN TXT "v=DKIM1; p=x"', "dkim-there"),
        ("_dmarc.example.com. 60 IN CNAME d.example.net.", "cname-there"),
    ],
)
def test_what_stands_in_public_dns_is_a_warning(
    ask: Ask, there: str, code: str, dns: Route53Zone | ExternalDns
) -> None:
    """With DNS elsewhere somebody adds ours by hand; with ours in Route 53, public DNS asks another zone."""
    findings = ask(public=f"{EMPTY}{there}\n", domain=replace(DOMAIN, dns=dns))
    assert codes(findings) == [("warning", code)]
    assert "public DNS has" in findings[0].what


@pytest.mark.parametrize(
    "there",
    [
        f"bounce.example.com. 60 IN MX 10 {MX}.",
        'bounce.example.com. 60 IN TXT "v=spf1 include:amazonses.com ~all"',
        'bounce.example.com. 60 IN TXT "somebody else"',
        '_dmarc.example.com. 60 IN TXT "v=DMARC1;p=none;rua=mailto:d@example.net"',
        "www.example.com. 60 IN MX 10 mail.example.net.",
    ],
)
def test_what_is_right_in_public_dns_already(ask: Ask, there: str) -> None:
    assert ask(public=f"{EMPTY}{there}\n", domain=replace(DOMAIN, dns=ExternalDns())) == []


def test_nobody_answers(dns_servers: DnsServers) -> None:
    config = of(replace(DOMAIN, dns=ExternalDns()))
    refusing = ServersLookUp([dns_servers.serve("", rcode="REFUSED")])
    gateway = FakeAccount()
    findings = list(
        conflict_findings(all_records(config), gateway, refusing, Holders(config, gateway, (REGION,)))
    )
    assert {finding.code for finding in findings} == {"not-known"}
    assert all("answered REFUSED" in finding.why for finding in findings)
