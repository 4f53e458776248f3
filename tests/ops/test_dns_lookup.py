"""Verdicts from real name servers on loopback, over UDP and TCP."""

import socket

import dns.flags
import dns.message
import dns.resolver
import pytest

from constructs_lib.identity.dns_records import DnsRecord, Purpose, RecordType, to_zone_file
from ops.dns_check import Verdict, check_record, check_records
from ops.dns_lookup import AuthoritativeLookUp, ServersLookUp
from ops.dns_server import Server
from ops.errors import ResolverError
from ops.records import needed_records
from stacks.environments import environment
from tests.ops.support import DnsServers, free_port, ses_answer

PROD = environment("prod")
MX = DnsRecord(
    name="bounce.example.com",
    type=RecordType.MX,
    values=("10 feedback-smtp.eu-west-1.amazonses.com",),
    purpose=Purpose.MAIL_FROM_MX,
)
SPF = DnsRecord(
    name="bounce.example.com",
    type=RecordType.TXT,
    values=("v=spf1 include:amazonses.com ~all",),
    purpose=Purpose.MAIL_FROM_SPF,
)
SPF_LINE = to_zone_file([SPF])
QUICK_SECONDS = 0.3


def look_up(*servers: Server) -> ServersLookUp:
    return ServersLookUp(servers, timeout_seconds=QUICK_SECONDS)


def test_every_record_of_production_is_right_once_its_zone_file_is_served(dns_servers: DnsServers) -> None:
    records = tuple(
        needed.record
        for domain in PROD.domains
        for region in PROD.regions_of(domain)
        for needed in needed_records(PROD, domain, region, ses_answer(domain.domain, region=region))
    )
    server = dns_servers.serve(to_zone_file(records))
    checks = check_records(records, look_up(server))
    assert len(checks) == 37
    assert {check.verdict for check in checks} == {Verdict.RIGHT}


@pytest.mark.parametrize(
    "record,zone,expected",
    [
        (MX, "Bounce.Example.COM. 60 IN MX 10 FEEDBACK-smtp.eu-west-1.amazonses.com.", Verdict.RIGHT),
        (SPF, 'bounce.example.com. 60 IN TXT "v=spf1 include:ama" "zonses.com ~all"', Verdict.RIGHT),
        (SPF, 'bounce.example.com. 60 IN TXT "v=spf1" "include:amazonses.com ~all"', Verdict.MISSING),
        (
            SPF,
            f'{SPF_LINE}bounce.example.com. 60 IN TXT "site-verification=1"',
            Verdict.RIGHT,
        ),
        (
            SPF,
            f'{SPF_LINE}bounce.example.com. 60 IN TXT "v=spf1 -all"',
            Verdict.DUPLICATED,
        ),
        (
            MX,
            "bounce.example.com. 60 IN MX 10 feedback-smtp.eu-west-1.amazonses.com.example.com.",
            Verdict.WRONG,
        ),
        (MX, "other.example.com. 60 IN A 192.0.2.1", Verdict.MISSING),
        (MX, "bounce.example.com. 60 IN A 192.0.2.1", Verdict.MISSING),
        (MX, "bounce.example.com. 60 IN CNAME mail.example.com.", Verdict.WRONG),
        (
            MX,
            "bounce.example.com.example.com. 60 IN MX 10 feedback-smtp.eu-west-1.amazonses.com.",
            Verdict.DOUBLED_NAME,
        ),
    ],
)
def test_verdict_of_a_served_zone(
    dns_servers: DnsServers, record: DnsRecord, zone: str, expected: Verdict
) -> None:
    assert check_record(record, look_up(dns_servers.serve(zone))).verdict is expected


def test_an_answer_too_large_for_udp_comes_over_tcp(dns_servers: DnsServers) -> None:
    filler = "\n".join(f'bounce.example.com. 60 IN TXT "{number}-{"x" * 200}"' for number in range(20))
    server = dns_servers.serve(to_zone_file([SPF]) + filler)
    assert check_record(SPF, look_up(server)).verdict is Verdict.RIGHT


def test_two_servers_that_disagree_are_not_yet_everywhere(dns_servers: DnsServers) -> None:
    new, old = dns_servers.serve(to_zone_file([MX])), dns_servers.serve("example.com. 60 IN A 192.0.2.1")
    result = check_record(MX, look_up(new, old))
    assert result.verdict is Verdict.NOT_EVERYWHERE
    assert result.detail == f"{old.name} has nothing."


@pytest.mark.parametrize("rcode", ["SERVFAIL", "REFUSED"])
def test_a_server_that_refuses_is_unreachable_not_missing(dns_servers: DnsServers, rcode: str) -> None:
    result = check_record(MX, look_up(dns_servers.serve("", rcode=rcode)))
    assert result.verdict is Verdict.UNREACHABLE
    assert rcode in result.detail


@pytest.mark.parametrize("recursive", [False, True])
def test_a_silent_server_is_asked_twice_and_then_no_further(*, recursive: bool) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind(("127.0.0.1", 0))
        server = Server(name="silent", address="127.0.0.1", port=silent.getsockname()[1])
        asking = ServersLookUp([server], timeout_seconds=0.1, recursive=recursive)
        assert check_record(MX, asking).detail == "Could not ask silent: no answer in time."
        assert check_record(SPF, asking).verdict is Verdict.UNREACHABLE
        silent.setblocking(False)  # noqa: FBT003 - the socket API has no keyword
        questions = [dns.message.from_wire(silent.recv(512)) for _ in range(2)]
        with pytest.raises(BlockingIOError):
            silent.recv(512)
    assert [bool(question.flags & dns.flags.RD) for question in questions] == [recursive] * 2


class TestWalk:
    """From a name to its zone, to the zone's name servers, to what each of them says."""

    DELEGATION = (
        "example.com. 60 IN SOA ns1.example.com. hostmaster.example.com. 1 60 60 60 60\n"
        "example.com. 60 IN NS ns1.example.com.\n"
        "example.com. 60 IN NS ns2.example.com.\n"
        "ns1.example.com. 60 IN A 127.0.0.1\n"
        "ns2.example.com. 60 IN A 127.0.0.2\n"
    )

    def walk(self, resolver: Server, *, port: int = 53) -> AuthoritativeLookUp:
        stub = dns.resolver.Resolver(configure=False)
        stub.nameservers = [resolver.address]
        stub.port = resolver.port
        return AuthoritativeLookUp(resolver=stub, port=port, timeout_seconds=QUICK_SECONDS)

    def test_asks_every_name_server_of_the_zone(self, dns_servers: DnsServers) -> None:
        port = free_port("127.0.0.1", "127.0.0.2")
        zone = self.DELEGATION + to_zone_file([MX])
        first = dns_servers.serve(zone, origin="example.com.", port=port)
        dns_servers.serve(self.DELEGATION, origin="example.com.", address="127.0.0.2", port=port)
        walk = self.walk(first, port=port)
        assert [answer.server for answer in walk.ask(MX.name, MX.type)] == [
            "ns1.example.com",
            "ns2.example.com",
        ]
        result = check_record(MX, walk)
        assert result.verdict is Verdict.NOT_EVERYWHERE
        assert result.detail == "ns2.example.com has nothing."

    def test_one_of_two_name_servers_is_down(self, dns_servers: DnsServers) -> None:
        port = free_port("127.0.0.1", "127.0.0.2")
        first = dns_servers.serve(self.DELEGATION + to_zone_file([MX]), origin="example.com.", port=port)
        result = check_record(MX, self.walk(first, port=port))
        assert result.verdict is Verdict.RIGHT
        assert "ns2.example.com" in result.detail

    def test_a_lame_delegation_is_unreachable(self, dns_servers: DnsServers) -> None:
        port = free_port("127.0.0.1", "127.0.0.2")
        one_server = self.DELEGATION.replace("example.com. 60 IN NS ns2.example.com.\n", "")
        first = dns_servers.serve(one_server, origin="example.com.", port=port, authoritative=False)
        result = check_record(MX, self.walk(first, port=port))
        assert result.verdict is Verdict.UNREACHABLE
        assert "lame delegation" in result.detail

    def test_a_domain_without_delegation_is_unreachable(self, dns_servers: DnsServers) -> None:
        registry = "com. 60 IN SOA a.nic.com. hostmaster.nic.com. 1 60 60 60 60\n"
        result = check_record(MX, self.walk(dns_servers.serve(registry, origin="com.")))
        assert result.verdict is Verdict.UNREACHABLE
        assert "example.com: no name servers are delegated" in result.detail

    def test_name_servers_without_an_address_are_unreachable(self, dns_servers: DnsServers) -> None:
        zone = "\n".join(line for line in self.DELEGATION.splitlines() if " A " not in line)
        result = check_record(MX, self.walk(dns_servers.serve(zone, origin="example.com.")))
        assert result.verdict is Verdict.UNREACHABLE
        assert "none of its name servers has an address" in result.detail

    def test_without_a_resolver_nothing_is_said_to_be_missing(self) -> None:
        dead = Server(name="dead", address="127.0.0.1", port=free_port("127.0.0.1"))
        result = check_record(MX, self.walk(dead))
        assert result.verdict is Verdict.UNREACHABLE
        assert "cannot tell the name servers" in result.detail


@pytest.mark.parametrize(
    "text,address,port",
    [
        ("192.0.2.53", "192.0.2.53", 53),
        ("192.0.2.53:5353", "192.0.2.53", 5353),
        ("2001:db8::53", "2001:db8::53", 53),
        ("[2001:db8::53]", "2001:db8::53", 53),
        ("[2001:db8::53]:5353", "2001:db8::53", 5353),
    ],
)
def test_a_server_is_read_as_people_write_it(text: str, address: str, port: int) -> None:
    assert Server.parse(text) == Server(name=text, address=address, port=port)


@pytest.mark.parametrize(
    "text", ["", ":53", "192.0.2.53:", "192.0.2.53:0", "192.0.2.53:65536", "192.0.2.53:x"]
)
def test_a_server_that_cannot_be_used_is_refused(text: str) -> None:
    with pytest.raises(ResolverError, match=r"\[resolver-invalid\]"):
        Server.parse(text)
