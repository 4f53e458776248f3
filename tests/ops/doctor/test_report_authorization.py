"""Whether other domains take DMARC reports, asked of real name servers."""

from dataclasses import replace

import pytest

from constructs_lib.identity.dmarc import DmarcPolicy
from constructs_lib.identity.dns import Route53Zone
from ops.dns_lookup import ServersLookUp
from ops.doctor.dns_conflicts import conflict_findings, records_by_zone
from ops.doctor.holders import Holders
from ops.doctor.report_authorization import report_findings
from ops.ports import ZoneRecordSet
from stacks.domain_config import MailDomain
from tests.ops.doctor.support import REGION, FakeAccount, codes
from tests.ops.doctor.test_dns_conflicts import DOMAIN, EMPTY, all_records, of
from tests.ops.support import DnsServers


@pytest.mark.parametrize(
    "public, code",
    [
        (EMPTY, [("warning", "dmarc-reports-not-authorized")]),
        (
            'example.com._report._dmarc.example.net. 60 IN TXT "anything"',
            [("warning", "dmarc-reports-not-authorized")],
        ),
        ('example.com._report._dmarc.example.net. 60 IN TXT "v=DMARC1"', []),
        ('example.com._report._dmarc.example.net. 60 IN TXT "v=DMARC1; rua=mailto:x@example.net"', []),
        (
            (
                "example.com._report._dmarc.example.net. 60 IN CNAME a.example.net.\n"
                'a.example.net. 60 IN TXT "v=DMARC1"'
            ),
            [],
        ),
    ],
)
def test_whether_another_domain_takes_reports(
    dns_servers: DnsServers, public: str, code: list[tuple[str, str]]
) -> None:
    findings = list(report_findings(all_records(of(DOMAIN)), ServersLookUp([dns_servers.serve(public)])))
    assert codes(findings) == code
    assert all(
        'example.com._report._dmarc.example.net. TXT "v=DMARC1"' in finding.fix for finding in findings
    )


def test_a_zone_of_ours_takes_reports_by_the_deploy(dns_servers: DnsServers) -> None:
    ours = replace(DOMAIN, dmarc=DmarcPolicy(rua=("mailto:d@example.net",)))
    receiver = MailDomain(domain="example.net", dns=Route53Zone(zone_id="Z2", zone_name="example.net"))
    look_up = ServersLookUp([dns_servers.serve(EMPTY)])
    for records in records_by_zone(of(ours, receiver)):
        assert list(report_findings(records, look_up)) == []
    refusing = ServersLookUp([dns_servers.serve("", rcode="REFUSED")])
    assert codes(list(report_findings(all_records(of(DOMAIN)), refusing))) == [("not known", "not-known")]


def test_an_authorization_that_stands_in_our_zone_already(dns_servers: DnsServers) -> None:
    """Route 53 creates none where one is."""
    receiver = MailDomain(domain="example.net", dns=Route53Zone(zone_id="Z2", zone_name="example.net"))
    config, gateway = of(DOMAIN, receiver), FakeAccount()
    there = ZoneRecordSet(name="example.com._report._dmarc.example.net.", type="TXT", values=('"v=DMARC1"',))
    gateway.record_sets = {"Z1": (), "Z2": (there,)}
    look_up = ServersLookUp([dns_servers.serve(EMPTY)])
    found = [
        finding
        for records in records_by_zone(config)
        for finding in conflict_findings(records, gateway, look_up, Holders(config, gateway, (REGION,)))
    ]
    assert codes(found) == [("error", "report-authorization-there")]
