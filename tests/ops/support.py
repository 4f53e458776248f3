"""An account made of values, and DNS servers made of zone files."""

import socket
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from threading import Thread

import dns.zone
import dnslib
from dnslib.server import BaseResolver, DNSHandler, DNSServer

from constructs_lib.identity.dns_records import DnsRecord, RecordType
from ops.dns_check import Answer
from ops.dns_server import Server
from ops.ports import ActiveRuleSet, IdentityAnswer, State, SubscriptionAnswer, ZoneRecordSet

_POLL_SECONDS = 0.01
REGION = "eu-west-1"
CHECKED = datetime(2026, 1, 31, 12, 0, tzinfo=UTC)


def ses_answer(
    domain: str,
    *,
    region: str = "eu-west-1",
    identity: State = State.SUCCESS,
    dkim: State = State.SUCCESS,
    mail_from: State = State.SUCCESS,
    mail_from_domain: str | None = None,
    configuration_set: str | None = "transactional",
    error_type: str | None = None,
    legacy_token: str | None = None,
) -> IdentityAnswer:
    tokens = [f"{region.replace('-', '')}{letter}" for letter in "abc"]
    return IdentityAnswer(
        identity=identity,
        dkim=dkim,
        mail_from=mail_from,
        mail_from_domain=mail_from_domain or f"bounce.{domain}",
        dkim_records=tuple((f"{t}._domainkey.{domain}", f"{t}.dkim.{region}.amazonses.com") for t in tokens),
        configuration_set=configuration_set,
        last_checked=CHECKED,
        error_type=error_type,
        legacy_token=legacy_token,
    )


@dataclass(kw_only=True)
class FakeGateway:
    """A `MailGateway` that answers from values, and counts."""

    account: str = "111111111111"
    identities: dict[tuple[str, str], IdentityAnswer] = field(default_factory=dict)
    zones: dict[str, tuple[ZoneRecordSet, ...]] = field(default_factory=dict)
    zone_ids: dict[str, str] = field(default_factory=dict)
    zone_reads: list[str] = field(default_factory=list)
    templates: dict[tuple[str, str], Mapping[str, str]] = field(default_factory=dict)
    rule_sets: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """By Region; the first one is active."""
    topics: dict[tuple[str, str], tuple[SubscriptionAnswer, ...]] = field(default_factory=dict)
    deploys: dict[tuple[str, str, str], datetime] = field(default_factory=dict)
    deploy_reads: list[tuple[str, str, str]] = field(default_factory=list)

    def account_id(self) -> str:
        return self.account

    def identity(self, domain: str, *, region: str, with_legacy_token: bool = False) -> IdentityAnswer | None:
        answer = self.identities.get((domain, region))
        if answer is None or with_legacy_token:
            return answer
        return replace(answer, legacy_token=None)

    def active_rule_set(self, *, region: str) -> ActiveRuleSet | None:
        return next((ActiveRuleSet(name=name) for name in self.rule_sets.get(region, ())), None)

    def has_rule_set(self, name: str, *, region: str) -> bool:
        return name in self.rule_sets.get(region, ())

    def public_zone_id(self, zone_name: str) -> str | None:
        return self.zone_ids.get(zone_name)

    def zone_record_sets(self, zone_id: str) -> tuple[ZoneRecordSet, ...] | None:
        self.zone_reads.append(zone_id)
        return self.zones.get(zone_id)

    def subscriptions(
        self, topic_name: str, *, account: str, region: str
    ) -> tuple[SubscriptionAnswer, ...] | None:
        assert account == self.account
        return self.topics.get((topic_name, region))

    def template(self, name: str, *, region: str) -> Mapping[str, str] | None:
        return self.templates.get((name, region))

    def deployed_at(self, domain: str, *, stack_name: str, region: str) -> datetime | None:
        self.deploy_reads.append((domain, stack_name, region))
        return self.deploys.get((domain, stack_name, region))


def record_set(record: DnsRecord) -> ZoneRecordSet:
    """A record as Route 53 gives it back."""
    return ZoneRecordSet(name=f"{record.name}.", type=record.type, values=record.quoted_values())


@dataclass(kw_only=True)
class TableLookUp:
    """A `LookUp` that holds values by name and type; `silent` servers give no answer."""

    values: Mapping[tuple[str, RecordType], tuple[str, ...]] = field(default_factory=dict)
    instead: Mapping[str, str] = field(default_factory=dict)
    silent: tuple[str, ...] = ()

    def ask(self, name: str, record_type: RecordType) -> tuple[Answer, ...]:
        answer = Answer(
            server="table", values=self.values.get((name, record_type), ()), instead=self.instead.get(name)
        )
        return (answer, *(Answer(server=server, error="no answer in time") for server in self.silent))


class _ZoneResolver(BaseResolver):  # type: ignore[misc] # dnslib ships no types
    """Answers with authority from a zone file that dnspython has parsed."""

    def __init__(self, zone_text: str, *, origin: str, rcode: str | None, authoritative: bool) -> None:
        zone = dns.zone.from_text(zone_text, origin=origin, relativize=False, check_origin=False)
        self.records = [
            record
            for name, ttl, rdata in zone.iterate_rdatas()
            for record in dnslib.RR.fromZone(f"{name} {ttl} IN {rdata.rdtype.name} {rdata.to_text()}")
        ]
        self.rcode = rcode
        self.authoritative = authoritative

    def resolve(self, request: dnslib.DNSRecord, handler: DNSHandler) -> dnslib.DNSRecord:
        del handler
        reply = request.reply(aa=int(self.authoritative))
        if self.rcode is not None:
            reply.header.rcode = getattr(dnslib.RCODE, self.rcode)
            return reply
        wanted = dnslib.QTYPE[request.q.qtype]
        here = [r for r in self.records if str(r.rname).lower() == str(request.q.qname).lower()]
        matching = [r for r in here if dnslib.QTYPE[r.rtype] in {wanted, "CNAME"}]
        if not here:
            reply.header.rcode = dnslib.RCODE.NXDOMAIN
        for record in matching:
            reply.add_answer(record)
        return reply


class _CuttingHandler(DNSHandler):  # type: ignore[misc] # dnslib ships no types
    """Cuts UDP answers at 512 octets, as servers do, so that the client must use TCP."""

    udplen = 512


class DnsServers:
    """Name servers on loopback, over UDP and TCP; `stop` ends them all."""

    def __init__(self) -> None:
        self._running: list[DNSServer] = []

    def serve(
        self,
        zone_text: str,
        *,
        origin: str = ".",
        address: str = "127.0.0.1",
        port: int | None = None,
        rcode: str | None = None,
        authoritative: bool = True,
    ) -> Server:
        resolver = _ZoneResolver(zone_text, origin=origin, rcode=rcode, authoritative=authoritative)
        chosen = port or free_port(address)
        for tcp in (False, True):
            server = DNSServer(
                resolver, address=address, port=chosen, tcp=tcp, handler=_CuttingHandler, logger=_Quiet()
            )
            thread = Thread(target=server.server.serve_forever, args=(_POLL_SECONDS,), daemon=True)
            thread.start()
            self._running.append(server)
        return Server(name=f"{address}:{chosen}", address=address, port=chosen)

    def stop(self) -> None:
        for server in self._running:
            server.server.shutdown()
            server.server.server_close()


class _Quiet:
    """dnslib's logger interface, without output."""

    def __getattr__(self, name: str) -> object:
        return lambda *_args: None


def free_port(*addresses: str) -> int:
    """A port that is free over UDP and TCP on every address."""
    for _ in range(50):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as first:
            first.bind((addresses[0], 0))
            port = int(first.getsockname()[1])
        if all(_is_free(address, port) for address in addresses):
            return port
    raise RuntimeError("no free port on loopback")


def _is_free(address: str, port: int) -> bool:
    for kind in (socket.SOCK_DGRAM, socket.SOCK_STREAM):
        with socket.socket(socket.AF_INET, kind) as probe:
            try:
                probe.bind((address, port))
            except OSError:
                return False
    return True
