"""Look-ups of SPF records, counted at real name servers, and judged by pyspf as an independent receiver."""

from collections.abc import Mapping
from functools import partial

import pytest
import spf
from hypothesis import given
from hypothesis import strategies as st

from constructs_lib.identity.dns_records import DnsRecord, Purpose, RecordType
from constructs_lib.identity.spf import MAX_LOOKUPS
from ops.dns_check import Answer, LookUp
from ops.dns_lookup import ServersLookUp
from ops.doctor.findings import Severity
from ops.doctor.spf_lookups import spf_cost, spf_findings, spf_records
from ops.doctor.spf_merge import merged
from stacks.environments import environment
from tests.ops.doctor.support import codes
from tests.ops.support import DnsServers

SES = 'amazonses.com. 60 IN TXT "v=spf1 ip4:199.255.192.0/22 -all"\n'
APEX = DnsRecord(
    name="example.com",
    type=RecordType.TXT,
    values=("v=spf1 include:amazonses.com include:_spf.example.net ~all",),
    purpose=Purpose.APEX_SPF,
    merge=True,
)


def zone(records: Mapping[str, str]) -> str:
    return SES + "".join(f'{name}. 60 IN TXT "{text}"\n' for name, text in records.items())


def serve(servers: DnsServers, text: str) -> LookUp:
    return ServersLookUp([servers.serve(text)], timeout_seconds=0.3)


@pytest.mark.parametrize(
    "text, lookups",
    [
        ("v=spf1 -all", 0),
        ("v=spf1 ip4:192.0.2.1 ip6:2001:db8::1 -all", 0),
        ("v=spf1 include:amazonses.com -all", 1),
        ("v=spf1 a mx ptr exists:%{i}.example.net -all", 4),
        ("v=spf1 ?A/24 ~MX:mail.example.net//64 -all", 2),
        ("v=spf1 include:_spf.example.net -all", 4),
        ("v=spf1 include:_spf.example.net. include:_spf.example.net -all", 8),
        ("v=spf1 redirect=_spf.example.net", 4),
        ("v=spf1 redirect=_spf.example.net -all", 0),
        ("v=spf1 -all include:amazonses.com", 0),
        ("v=spf1 exp=why.example.net include:amazonses.com -all", 1),
        ("v=spf1 include:%{d}.example.net -all", 1),
        ("V=SPF1 INCLUDE:AmazonSES.com -ALL", 1),
        ("v=spf1 include:alias.example.net -all", 2),
    ],
)
def test_a_look_up_for_each_term_that_needs_one_nested_ones_too(
    dns_servers: DnsServers, text: str, lookups: int
) -> None:
    records = {
        "_spf.example.net": "v=spf1 include:deep.example.net ip4:192.0.2.1 a ~all",
        "deep.example.net": "v=spf1 mx -all",
        "real.example.net": "v=spf1 a -all",
    }
    alias = "alias.example.net. 60 IN CNAME real.example.net.\n"
    cost = spf_cost("example.com", text, serve(dns_servers, zone(records) + alias))
    assert (cost.lookups, cost.faults, cost.silent) == (lookups, [], [])


def chain(terms: int) -> dict[str, str]:
    """A record that includes one with so many terms."""
    hosts = " ".join(f"a:h{number}.example.net" for number in range(terms))
    return {"_spf.example.net": f"v=spf1 {hosts} -all"}


@pytest.mark.parametrize("terms, found", [(8, []), (9, [("error", "spf-too-many-lookups")])])
def test_ten_are_made_and_eleven_are_not(
    dns_servers: DnsServers, terms: int, found: list[tuple[str, str]]
) -> None:
    """Of the declared record: amazonses.com, _spf.example.net, and what that needs."""
    findings = list(spf_findings(APEX, serve(dns_servers, zone(chain(terms)))))
    assert codes(findings) == found
    assert all(f"needs {terms + 2} look-ups" in finding.what for finding in findings)


def test_counted_is_what_the_record_will_be_when_it_is_merged(dns_servers: DnsServers) -> None:
    there = {"example.com": "v=spf1 mx a:x.example.com ~all", **chain(8)}
    (finding,) = spf_findings(APEX, serve(dns_servers, zone(there)))
    assert finding.code == "spf-too-many-lookups"
    assert (
        "v=spf1 mx a:x.example.com include:amazonses.com include:_spf.example.net ~all, needs 12"
        in finding.what
    )


@pytest.mark.parametrize(
    "records, fault",
    [
        ({}, "includes _spf.example.net, which has no SPF records"),
        ({"_spf.example.net": "site-verification=1"}, "which has no SPF records"),
        ({"_spf.example.net": "v=spf1 include:_spf.example.net -all"}, "which includes itself"),
        (
            {
                "_spf.example.net": "v=spf1 include:b.example.net -all",
                "b.example.net": "v=spf1 include:_spf.example.net -all",
            },
            "includes _spf.example.net, which includes itself",
        ),
        (
            {"_spf.example.net": "v=spf1 include:example.com -all"},
            "includes example.com, which includes itself",
        ),
    ],
)
def test_what_receivers_cannot_evaluate(dns_servers: DnsServers, records: dict[str, str], fault: str) -> None:
    (finding,) = spf_findings(APEX, serve(dns_servers, zone(records)))
    assert codes([finding]) == [("error", "spf-unusable")]
    assert fault in finding.what


def test_two_records_at_one_name_are_none(dns_servers: DnsServers) -> None:
    twice = zone({"_spf.example.net": "v=spf1 -all"}) + '_spf.example.net. 60 IN TXT "v=spf1 a -all"\n'
    (finding,) = spf_findings(APEX, serve(dns_servers, twice))
    assert "which has 2 SPF records" in finding.what


def test_eleven_names_behind_an_mx_term(dns_servers: DnsServers) -> None:
    for count, faults in ((10, 0), (11, 1)):
        names = "".join(f"example.com. 60 IN MX 10 mx{number}.example.com.\n" for number in range(count))
        cost = spf_cost("example.com", "v=spf1 mx -all", serve(dns_servers, names))
        assert len(cost.faults) == faults


def test_counting_ends(dns_servers: DnsServers) -> None:
    wide = " ".join(f"include:n{number}.example.net" for number in range(9))
    records = {f"n{number}.example.net": f"v=spf1 {wide} -all" for number in range(9)}
    cost = spf_cost("example.com", f"v=spf1 {wide} -all", serve(dns_servers, zone(records)))
    assert cost.lookups == 3 * MAX_LOOKUPS


def test_a_silent_server_is_not_known(dns_servers: DnsServers) -> None:
    refusing = ServersLookUp([dns_servers.serve("", rcode="REFUSED")])
    findings = list(spf_findings(APEX, refusing))
    assert {finding.severity for finding in findings} == {Severity.NOT_KNOWN}
    assert "SPF of _spf.example.net in public DNS" in {finding.what for finding in findings}


def test_the_records_of_an_environment_each_once() -> None:
    """One text is at every MAIL FROM domain."""
    assert [(record.name, record.merge) for record in spf_records(environment("prod"))] == [
        ("bounce.example.com", False),
        ("example.com", True),
    ]


@pytest.mark.parametrize(
    "there, result",
    [
        ("v=spf1 ~all", "v=spf1 include:amazonses.com include:_spf.example.net ~all"),
        ("v=spf1 a -all", "v=spf1 a include:amazonses.com include:_spf.example.net -all"),
        ("v=spf1 +include:AmazonSES.com ?all", "v=spf1 +include:AmazonSES.com include:_spf.example.net ?all"),
        ("v=spf1", "v=spf1 include:amazonses.com include:_spf.example.net"),
        (
            "v=spf1 redirect=x.example",
            "v=spf1 include:amazonses.com include:_spf.example.net redirect=x.example",
        ),
    ],
)
def test_two_records_become_one(there: str, result: str) -> None:
    assert merged(there, APEX.values[0]) == result


@given(
    children=st.lists(st.sets(st.integers(1, 5)), min_size=6, max_size=6),
    hosts=st.lists(st.integers(0, 3), min_size=6, max_size=6),
)
def test_an_independent_receiver_comes_to_the_same(children: list[set[int]], hosts: list[int]) -> None:
    """Trees of records: permerror exactly where more than ten look-ups are counted."""
    records = {
        f"t{number}.example.net": " ".join(
            [
                "v=spf1",
                *(f"include:t{child}.example.net" for child in sorted(children[number]) if child > number),
                *(f"a:h{host}.example.net" for host in range(hosts[number])),
                "-all",
            ]
        )
        for number in range(6)
    }
    cost = spf_cost("t0.example.net", records["t0.example.net"], TableText(records))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(spf, "DNSLookup", partial(_answers, records))
        result = spf.query(i="192.0.2.200", s="a@t0.example.net", h="x").check()[0]
    assert (result == "permerror") == (cost.lookups > MAX_LOOKUPS)


class TableText:
    """TXT by name."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self.texts = texts

    def ask(self, name: str, record_type: RecordType) -> tuple[Answer, ...]:
        assert record_type is RecordType.TXT
        return (Answer(server="table", values=(self.texts[name],)),)


def _answers(
    texts: Mapping[str, str], name: str, kind: str, *_: object
) -> list[tuple[tuple[str, str], object]]:
    if kind == "TXT":
        return [((name, kind), (texts[name].encode(),))] if name in texts else []
    return [((name, kind), "198.51.100.9")] if kind == "A" else []
