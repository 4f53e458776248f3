"""What the parent of a zone says about it: its name servers, and whether its answers are to be signed.

The parent's own name servers are asked, as a resolver does, so that no cache hides a change.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import dns.dnssec
import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.query
import dns.rcode
import dns.rdatatype
import dns.resolver
from dns.rdtypes.ANY.DNSKEY import DNSKEY
from dns.rdtypes.ANY.DS import DS
from dns.rrset import RRset

from constructs_lib.domain_name import is_within, organizational_domain
from ops.dns_lookup import QUESTION_TIMEOUT_SECONDS
from ops.dns_server import DNS_PORT

_KNOWN_DIGESTS: Final = frozenset({1, 2, 4})
"""SHA-1, SHA-256, SHA-384: validators ignore a DS with another one (RFC 4035 5.2)."""

_EDNS_PAYLOAD_OCTETS: Final = 1232


@dataclass(frozen=True, kw_only=True)
class Delegation:
    """What the parent says.

    Attributes:
        name_servers: Names without trailing dot, sorted; empty when nobody is delegated to.
        signed: Whether a DS record promises signed answers.
        keys_fit: Whether a key of the zone is one of those that the DS records name; None where no DS record
            is, or no name server of the zone could be asked.
        error: Why the parent could not be asked; None when it answered.
    """

    name_servers: tuple[str, ...] = ()
    signed: bool = False
    keys_fit: bool | None = None
    error: str | None = None


class _SilentError(Exception):
    """Nobody answered."""


class ParentDelegations:
    """See `ops.doctor.delegation.Delegations`.

    Args:
        resolver: Finds zones and addresses. Default: the resolver of this machine.
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

    def zone_of(self, domain: str) -> str:
        """See `ops.doctor.delegation.Delegations`."""
        registered = organizational_domain(domain)
        try:
            zone = self._zone(dns.name.from_text(domain))
        except (dns.exception.DNSException, OSError):
            return registered
        return zone if is_within(zone, registered) else registered

    def of(self, zone: str, *, servers: Sequence[str] = ()) -> Delegation:
        """See `ops.doctor.delegation.Delegations`."""
        try:
            return self._of(dns.name.from_text(zone), servers)
        except _SilentError as error:
            return Delegation(error=str(error))
        except (dns.exception.DNSException, OSError) as error:
            return Delegation(error=f"cannot tell the name servers of the parent ({type(error).__name__})")

    def _of(self, zone: dns.name.Name, servers: Sequence[str]) -> Delegation:
        parent = self._zone(zone.parent())
        parents = tuple(str(item.target) for item in self._resolver().resolve(f"{parent}.", "NS"))
        referral = self._ask(parents, zone, dns.rdatatype.NS)
        names = sorted(
            item.target.to_text(omit_final_dot=True).lower()
            for rrset in _rrsets(referral, zone, dns.rdatatype.NS)
            for item in rrset
        )
        promises = [
            item
            for rrset in _rrsets(self._ask(parents, zone, dns.rdatatype.DS), zone, dns.rdatatype.DS)
            for item in rrset
            if isinstance(item, DS) and item.digest_type in _KNOWN_DIGESTS
        ]
        fit = self._keys_fit(zone, promises, servers or names) if promises else None
        return Delegation(name_servers=tuple(names), signed=bool(promises), keys_fit=fit)

    def _keys_fit(self, zone: dns.name.Name, promises: Sequence[DS], servers: Sequence[str]) -> bool | None:
        try:
            answer = self._ask(servers, zone, dns.rdatatype.DNSKEY)
        except _SilentError:
            return None
        keys = [
            key
            for rrset in _rrsets(answer, zone, dns.rdatatype.DNSKEY)
            for key in rrset
            if isinstance(key, DNSKEY)
        ]
        return any(_names(promise, key, zone) for promise in promises for key in keys)

    def _ask(
        self, servers: Sequence[str], name: dns.name.Name, kind: dns.rdatatype.RdataType
    ) -> dns.message.Message:
        """The answer of the first server that gives one."""
        question = dns.message.make_query(name, kind, use_edns=0, payload=_EDNS_PAYLOAD_OCTETS)
        question.flags &= ~dns.flags.RD
        for server in servers:
            for address in self._addresses(server):
                try:
                    response, _tcp = dns.query.udp_with_fallback(
                        question,
                        address,
                        timeout=self._timeout_seconds,
                        port=self._port,
                        ignore_unexpected=True,
                    )
                except (dns.exception.DNSException, OSError):
                    continue
                if response.rcode() in {dns.rcode.NOERROR, dns.rcode.NXDOMAIN}:
                    return response
        asked = ", ".join(server.removesuffix(".") for server in servers) or "no server"
        raise _SilentError(f"{asked}: no answer about {name.to_text(omit_final_dot=True)}")

    def _addresses(self, server: str) -> Iterator[str]:
        for kind in ("A", "AAAA"):
            try:
                for item in self._resolver().resolve(f"{server.removesuffix('.')}.", kind):
                    yield str(item)
            except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer, dns.resolver.NoNameservers):
                continue

    def _zone(self, name: dns.name.Name) -> str:
        zone = dns.resolver.zone_for_name(name, resolver=self._resolver(), lifetime=2 * self._timeout_seconds)
        return zone.to_text(omit_final_dot=True).lower()

    def _resolver(self) -> dns.resolver.Resolver:
        if self._given_resolver is None:
            self._given_resolver = dns.resolver.Resolver()
        return self._given_resolver


def _rrsets(message: dns.message.Message, name: dns.name.Name, kind: dns.rdatatype.RdataType) -> list[RRset]:
    """The record sets of a name, in an answer or in a referral."""
    return [
        rrset for rrset in (*message.answer, *message.authority) if (rrset.name, rrset.rdtype) == (name, kind)
    ]


def _names(promise: DS, key: DNSKEY, zone: dns.name.Name) -> bool:
    """Whether a DS record names a key."""
    made = dns.dnssec.make_ds(zone, key, promise.digest_type, policy=dns.dnssec.allow_all_policy)
    return bool(made == promise)
