"""Answers from real name servers: the domain's own ones, or those that the operator names.

`AuthoritativeLookUp` walks as a resolver does: which zone holds the name, which name servers
serve that zone, what does each of them say. Caches of resolvers on the way cannot hide a
change. UDP first, TCP when the answer is cut; every question has a time limit, and a server
that stayed silent is not asked again.
"""

from collections.abc import Sequence
from threading import Lock
from typing import Final

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.query
import dns.rcode
import dns.rdatatype
import dns.resolver

from constructs_lib.domain_name import is_within, organizational_domain
from constructs_lib.identity.dns_records import RecordType
from ops.dns_check import Answer
from ops.dns_server import DNS_PORT, Server
from ops.rdata import presentation

QUESTION_TIMEOUT_SECONDS: Final = 3.0
"""For one question to one server; it is asked twice before it counts as silent."""

_ATTEMPTS: Final = 2
_EDNS_PAYLOAD_OCTETS: Final = 1232
"""DNS flag day 2020: the size that is not fragmented on the way."""


class ServersLookUp:
    """Asks a fixed list of servers, as with ``--resolver``.

    Args:
        servers: At least one.
        timeout_seconds: For one question to one server. Default: 3.
        recursive: Whether the servers may ask others. Default: they may.
    """

    def __init__(
        self,
        servers: Sequence[Server],
        *,
        timeout_seconds: float = QUESTION_TIMEOUT_SECONDS,
        recursive: bool = True,
    ) -> None:
        self._servers = tuple(servers)
        self._timeout_seconds = timeout_seconds
        self._recursive = recursive
        self._silent: dict[Server, str] = {}

    def ask(self, name: str, record_type: RecordType) -> tuple[Answer, ...]:
        """See `ops.dns_check.LookUp`."""
        return tuple(self._ask_one(server, name, record_type) for server in self._servers)

    def _ask_one(self, server: Server, name: str, record_type: RecordType) -> Answer:
        if server in self._silent:
            return Answer(server=server.name, error=self._silent[server])
        question = dns.message.make_query(name, record_type.value, use_edns=0, payload=_EDNS_PAYLOAD_OCTETS)
        if not self._recursive:
            question.flags &= ~dns.flags.RD
        reason = ""
        for _ in range(_ATTEMPTS):
            try:
                response, _tcp = dns.query.udp_with_fallback(
                    question,
                    server.address,
                    timeout=self._timeout_seconds,
                    port=server.port,
                    ignore_unexpected=True,
                )
            except (dns.exception.DNSException, OSError) as error:
                reason = _reason(error)
            else:
                return self._read(server, name, record_type, response)
        self._silent[server] = reason
        return Answer(server=server.name, error=reason)

    def _read(
        self, server: Server, name: str, record_type: RecordType, response: dns.message.Message
    ) -> Answer:
        code = response.rcode()
        if code not in {dns.rcode.NOERROR, dns.rcode.NXDOMAIN}:
            return Answer(server=server.name, error=f"answered {dns.rcode.to_text(code)}")
        if not self._recursive and not response.flags & dns.flags.AA:
            return Answer(server=server.name, error="does not serve this zone (lame delegation)")
        here = dns.name.from_text(name)
        wanted = dns.rdatatype.from_text(record_type.value)
        values: tuple[str, ...] = ()
        instead = None
        for rrset in response.answer:
            if rrset.name == here and rrset.rdtype == wanted:
                values = tuple(presentation(rdata) for rdata in rrset)
            elif rrset.name == here and rrset.rdtype == dns.rdatatype.CNAME:
                instead = "CNAME " + ", ".join(presentation(rdata) for rdata in rrset)
        return Answer(server=server.name, values=values, instead=instead)


class AuthoritativeLookUp:
    """Asks every name server of the zone that holds a name.

    Args:
        resolver: Finds the zone and its servers. Default: the resolver of this machine.
        port: Of the authoritative servers. Default: 53.
        timeout_seconds: For one question to one server. Default: 3.
    """

    def __init__(
        self,
        *,
        resolver: dns.resolver.Resolver | None = None,
        port: int = DNS_PORT,
        timeout_seconds: float = QUESTION_TIMEOUT_SECONDS,
    ) -> None:
        self._given_resolver = resolver
        self._port = port
        self._timeout_seconds = timeout_seconds
        self._zones: dict[str, ServersLookUp | str] = {}
        self._lock = Lock()
        self._silent: str | None = None

    def ask(self, name: str, record_type: RecordType) -> tuple[Answer, ...]:
        """See `ops.dns_check.LookUp`."""
        if self._silent is not None:
            return (Answer(server="the resolver", error=self._silent),)
        try:
            zone = self._zone_of(name)
            registered = organizational_domain(name)
            if not is_within(zone, registered):
                # The walk ended at the registry: its servers know nothing of the domain's records.
                return (
                    Answer(server=registered, error="no name servers are delegated for it in public DNS"),
                )
            with self._lock:  # one walk for each zone, however many records ask for it
                if zone not in self._zones:
                    self._zones[zone] = self._servers_of(zone)
                servers = self._zones[zone]
        except (dns.exception.DNSException, OSError) as error:
            reason = f"cannot tell the name servers ({_reason(error)})"
            if isinstance(error, dns.exception.Timeout):
                self._silent = reason  # every further question would take as long
            return (Answer(server="the resolver", error=reason),)
        if isinstance(servers, str):
            return (Answer(server=zone, error=servers),)
        return servers.ask(name, record_type)

    def _resolver(self) -> dns.resolver.Resolver:
        if self._given_resolver is None:
            self._given_resolver = dns.resolver.Resolver()
        return self._given_resolver

    def _zone_of(self, name: str) -> str:
        zone = dns.resolver.zone_for_name(
            name, resolver=self._resolver(), lifetime=self._timeout_seconds * _ATTEMPTS
        )
        return zone.to_text(omit_final_dot=True).lower()

    def _servers_of(self, zone: str) -> "ServersLookUp | str":
        """The servers of a zone, or why nobody can be asked about names in it."""
        servers = []
        for name_server in self._resolver().resolve(f"{zone}.", "NS"):
            host = presentation(name_server)
            address = self._first_address(host)
            if address is not None:
                servers.append(Server(name=host, address=address, port=self._port))
        if not servers:
            return "none of its name servers has an address"
        return ServersLookUp(
            sorted(servers, key=lambda server: server.name),
            timeout_seconds=self._timeout_seconds,
            recursive=False,
        )

    def _first_address(self, host: str) -> str | None:
        for record_type in ("A", "AAAA"):
            try:
                return str(self._resolver().resolve(f"{host}.", record_type)[0])
            except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer, dns.resolver.NoNameservers):
                continue
        return None


def _reason(error: Exception) -> str:
    if isinstance(error, dns.exception.Timeout):
        return "no answer in time"
    if isinstance(error, dns.resolver.NoRootSOA):
        return "it does not even know the root zone: is there public DNS here?"
    return str(error) or type(error).__name__
