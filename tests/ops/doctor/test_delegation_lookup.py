"""What the parents of zones say, asked of real name servers on loopback."""

from typing import TYPE_CHECKING

import dns.dnssec
import dns.name
import dns.resolver
import dnslib
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from dns.dnssectypes import Algorithm
from dnslib.server import DNSHandler

from ops.dns_server import Server
from ops.doctor.delegation_lookup import Delegation, ParentDelegations
from tests.ops.support import DnsServers, free_port

if TYPE_CHECKING:
    from dns.rdata import Rdata

ZONE = dns.name.from_text("example.com")
KEY = dns.dnssec.make_dnskey(ec.generate_private_key(ec.SECP256R1()).public_key(), Algorithm.ECDSAP256SHA256)
OTHER = dns.dnssec.make_dnskey(
    ec.generate_private_key(ec.SECP256R1()).public_key(), Algorithm.ECDSAP256SHA256
)
PARENT = (
    "com. 60 IN SOA a.nic.com. h.nic.com. 1 60 60 60 60\n"
    "com. 60 IN NS a.nic.com.\n"
    "a.nic.com. 60 IN A 127.0.0.1\n"
    "ns1.example.com. 60 IN A 127.0.0.2\n"
)
DELEGATED = f"{PARENT}example.com. 60 IN NS NS1.example.com.\nexample.com. 60 IN NS ns2.example.net.\n"


def ds(digest: str = "SHA256") -> str:
    made: Rdata = dns.dnssec.make_ds(ZONE, KEY, digest, policy=dns.dnssec.allow_all_policy)
    return f"example.com. 60 IN DS {made.to_text()}\n"


def dnskey(key: object) -> str:
    return f"ns1.example.com. 60 IN A 127.0.0.2\nexample.com. 60 IN DNSKEY {key}\n"


def asking(resolver: Server, *, port: int | None = None) -> ParentDelegations:
    stub = dns.resolver.Resolver(configure=False)
    stub.nameservers = [resolver.address]
    stub.port = resolver.port
    return ParentDelegations(resolver=stub, port=port or resolver.port, timeout_seconds=0.3)


def test_the_name_servers_that_the_parent_names(dns_servers: DnsServers) -> None:
    found = asking(dns_servers.serve(DELEGATED, origin="com.")).of("example.com")
    assert found == Delegation(name_servers=("ns1.example.com", "ns2.example.net"))


def test_a_referral_names_them_too(dns_servers: DnsServers, monkeypatch: pytest.MonkeyPatch) -> None:
    """A parent that does not serve the zone answers with its authority section (RFC 1034 4.3.2)."""
    answer = DNSHandler.get_reply

    def refer(self: DNSHandler, data: bytes) -> bytes:
        reply = dnslib.DNSRecord.parse(answer(self, data))
        if str(reply.q.qname) == "example.com." and reply.q.qtype == dnslib.QTYPE.NS:
            reply.auth, reply.rr = reply.rr, []
        return bytes(reply.pack())

    monkeypatch.setattr(DNSHandler, "get_reply", refer)
    found = asking(dns_servers.serve(DELEGATED, origin="com.")).of("example.com")
    assert found.name_servers == ("ns1.example.com", "ns2.example.net")


def test_nobody_is_delegated_to(dns_servers: DnsServers) -> None:
    assert asking(dns_servers.serve(PARENT, origin="com.")).of("example.com") == Delegation()


@pytest.mark.parametrize(
    "promise, zone, fits",
    [
        (ds(), dnskey(KEY), True),
        (ds("SHA1"), dnskey(KEY), True),
        (ds("SHA384"), dnskey(KEY), True),
        (ds(), dnskey(OTHER), False),
        (ds(), dnskey(f"{OTHER}\nexample.com. 60 IN DNSKEY {KEY}"), True),
        (ds(), "ns1.example.com. 60 IN A 127.0.0.2\nwww.example.com. 60 IN A 192.0.2.1\n", False),
    ],
    ids=["SHA-256", "SHA-1", "SHA-384", "another key", "one of two keys", "no key"],
)
@pytest.mark.parametrize("servers", [(), ("ns1.example.com",)])
def test_whether_the_promised_key_is_there(
    dns_servers: DnsServers, promise: str, zone: str, *, fits: bool, servers: tuple[str, ...]
) -> None:
    port = free_port("127.0.0.1", "127.0.0.2")
    parent = dns_servers.serve(DELEGATED + promise, origin="com.", port=port)
    dns_servers.serve(zone, origin="example.com.", address="127.0.0.2", port=port)
    found = asking(parent).of("example.com", servers=servers)
    assert (found.signed, found.keys_fit) == (True, fits)


def test_a_promise_that_validators_ignore_is_none(dns_servers: DnsServers) -> None:
    unknown = "example.com. 60 IN DS 1 13 200 " + "00" * 32 + "\n"
    found = asking(dns_servers.serve(DELEGATED + unknown, origin="com.")).of("example.com")
    assert (found.signed, found.keys_fit) == (False, None)


def test_a_zone_that_does_not_answer_is_not_known(dns_servers: DnsServers) -> None:
    found = asking(dns_servers.serve(DELEGATED + ds(), origin="com.")).of("example.com")
    assert (found.error, found.signed, found.keys_fit) == (None, True, None)


def test_a_parent_that_does_not_answer_is_an_error(dns_servers: DnsServers) -> None:
    resolver = dns_servers.serve(DELEGATED, origin="com.")
    silent = asking(resolver, port=free_port("127.0.0.1")).of("example.com")
    assert silent.error == "a.nic.com: no answer about example.com"
    nobody = asking(Server(name="x", address="127.0.0.1", port=free_port("127.0.0.1"))).of("example.com")
    assert nobody.error is not None
    assert "cannot tell the name servers of the parent" in nobody.error


def test_the_zone_that_holds_a_name(dns_servers: DnsServers) -> None:
    zone = "example.com. 60 IN SOA ns1.example.com. h.example.com. 1 60 60 60 60\n"
    look_up = asking(dns_servers.serve(zone, origin="example.com."))
    assert look_up.zone_of("mail.example.com") == "example.com"
    # The walk ends at the registry: the domain is not delegated.
    registry = asking(dns_servers.serve(PARENT, origin="com."))
    assert registry.zone_of("mail.example.com") == "example.com"
    nobody = asking(Server(name="x", address="127.0.0.1", port=free_port("127.0.0.1")))
    assert nobody.zone_of("mail.example.com") == "example.com"
