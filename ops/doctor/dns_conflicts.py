"""Records that stand where the environment's go, in Route 53 and in public DNS.

Route 53 creates no record set where one of that name and type is, or a CNAME, and CloudFormation then rolls
the stack back (Route 53 API, ChangeResourceRecordSets, CREATE). The tokens of Easy DKIM are not known before
the identity is, so nothing is asked about their names.
"""

from collections.abc import Iterable, Iterator
from typing import Final

from constructs_lib.identity.dns_records import DnsRecord, Purpose, RecordType
from ops.dns_check import Answer, LookUp
from ops.dns_values import is_ours, says_the_same
from ops.doctor.findings import Finding, Severity
from ops.doctor.holders import Holders
from ops.doctor.public_dns import find, silent
from ops.doctor.spf_merge import merged
from ops.errors import AccessError, ZoneAmbiguousError
from ops.ports import ZoneGateway
from ops.records import NeededRecord, needed_records
from ops.zone_lookup import HostedZones
from stacks.config import MailEnvironment

_CODES: Final = {
    Purpose.DKIM: "dkim-there",
    Purpose.MAIL_FROM_MX: "mx-there",
    Purpose.INBOUND_MX: "mx-there",
    Purpose.MAIL_FROM_SPF: "spf-there",
    Purpose.APEX_SPF: "spf-there",
    Purpose.DMARC: "dmarc-there",
    Purpose.DMARC_REPORT_AUTHORIZATION: "report-authorization-there",
}
_FIXES: Final = {
    Purpose.DKIM: "choose another selector",
    Purpose.MAIL_FROM_MX: "set mail_from of the domain to a subdomain that nothing uses",
    Purpose.MAIL_FROM_SPF: "set mail_from of the domain to a subdomain that nothing uses",
    Purpose.INBOUND_MX: "receive at a subdomain (SES would get all mail of this name, or none)",
    Purpose.DMARC: "carry its policy over into dmarc of the domain",
    Purpose.DMARC_REPORT_AUTHORIZATION: "replace it: it is the same for everybody, so nothing is lost",
}
_REFUSED: Final = (
    "The deploy creates this record set, and Route 53 creates none where one is, even with the same value."
)
_ONE_CNAME: Final = "Where a CNAME or an alias is, no other record can be (RFC 1034 3.6.2)."


def records_by_zone(environment: MailEnvironment) -> tuple[tuple[NeededRecord, ...], ...]:
    """The records whose names are known before the deploy: those of a zone, or of a domain elsewhere."""
    groups: dict[object, list[NeededRecord]] = {}
    for domain in environment.domains:
        for region in environment.regions_of(domain):
            for needed in needed_records(environment, domain, region, None):
                if needed.known:
                    groups.setdefault(needed.place.zone or needed.domain, []).append(needed)
    return tuple(tuple(group) for group in groups.values())


def conflict_findings(
    records: Iterable[NeededRecord], gateway: ZoneGateway, public: LookUp, holders: Holders
) -> Iterator[Finding]:
    """What stands at the names of records of one zone.

    Public DNS is asked about what the zone does not hold: the two differ where the domain is delegated
    elsewhere, or not yet here.

    Raises:
        AccessError: Route 53 could not be asked, or whose a record is; public DNS was asked all the same.
    """
    zones = HostedZones(gateway)
    errors: list[AccessError] = []
    readable = True
    for needed in records:
        found = False
        if needed.place.zone is not None and readable:
            try:
                (answer,) = zones.look_up(needed.place.zone).ask(needed.record.name, needed.record.type)
            except AccessError as error:
                errors.append(error)
                readable = False
            except ZoneAmbiguousError:
                pass  # told by `zones`
            else:
                found = bool(answer.values or answer.instead)
                yield from _in_zone(needed, answer, holders, errors)
        if not found:
            yield from _in_public(needed, public)
    if errors:
        raise errors[0]


def _in_zone(
    needed: NeededRecord, answer: Answer, holders: Holders, errors: list[AccessError]
) -> Iterator[Finding]:
    record = needed.record
    if needed.place.by_hand:
        yield from _to_merge(record, answer.values, where=needed.place.text)
        return
    if not answer.values and not answer.instead:
        return
    holder = holders.record_holder(record.name)
    if holder.ours:
        return
    if holder.error is not None:
        errors.append(holder.error)
    there = answer.instead or _quoted(record, answer.values)
    yield Finding(
        severity=Severity.ERROR if holder.error is None else Severity.WARNING,
        code="cname-there" if answer.instead else _CODES[record.purpose],
        what=f"{record.type} {record.name} ({record.purpose}): {answer.server} has {there}; {holder.text}.",
        why=_ONE_CNAME if answer.instead else _REFUSED,
        fix=f"{_keep(record)}; or {_FIXES[record.purpose]}; or, if it is to go, note its value and delete it "
        "just before the deploy",
    )


def _in_public(needed: NeededRecord, public: LookUp) -> Iterator[Finding]:
    record = needed.record
    found = find(record.name, record.type, public)
    if found.error:
        yield silent(f"{record.type} {record.name}", found.error)
        return
    if record.merge:
        yield from _to_merge(record, found.values, where=needed.place.text)
        return
    others = tuple(value for value in found.values if is_ours(record, value))
    # A receiver follows a CNAME to a report authorization; everywhere else another record has to go there.
    instead = None if record.purpose is Purpose.DMARC_REPORT_AUTHORIZATION else found.instead
    if any(says_the_same(record, value) for value in others) or not (others or instead):
        return
    yield Finding(
        severity=Severity.WARNING,
        code="cname-there" if instead else _CODES[record.purpose],
        what=f"{record.type} {record.name} ({record.purpose}): public DNS has "
        f"{instead or _quoted(record, others)}.",
        why=_ONE_CNAME if instead else _why_public(needed),
        fix=f"{_keep(record)}; or {_FIXES[record.purpose]}; or, if it is to go, replace it by "
        f"{record.values[0]}",
    )


def _to_merge(record: DnsRecord, values: tuple[str, ...], *, where: str) -> Iterator[Finding]:
    """What to do about the SPF records of a domain itself, which are never written here."""
    if record.purpose is not Purpose.APEX_SPF:
        return
    there = tuple(value for value in values if is_ours(record, value))
    if len(there) > 1:
        yield Finding(
            severity=Severity.ERROR,
            code="spf-there",
            what=f"{record.name} has {len(there)} SPF records: {_quoted(record, there)}.",
            why="Receivers then evaluate none of them: permerror (RFC 7208 4.5).",
            fix="make one of them",
        )
    elif there and not says_the_same(record, there[0]):
        yield Finding(
            severity=Severity.WARNING,
            code="spf-not-merged",
            what=f"The SPF record of {record.name} is {_quoted(record, there)}.",
            why="It lacks what apex_spf declares, and a second SPF record would make both useless (RFC 7208 "
            "4.5); nobody but its owner changes it.",
            fix=f"make it, {where}: {merged(there[0], record.values[0])}",
        )


def _keep(record: DnsRecord) -> str:
    return (
        f"leave it and say existing_records=(Purpose.{record.purpose.name},) in the domain (it is checked, "
        "not written)"
    )


def _why_public(needed: NeededRecord) -> str:
    if needed.place.zone is not None:
        return "The deploy writes another value into a zone that public DNS does not ask, or not yet."
    if not needed.place.by_hand:
        return "The deploy refuses to replace what its stack did not write, and rolls back."
    if needed.record.type is RecordType.MX:
        return "SES and senders take one MX record there: it has to be replaced, not added to."
    return "Two such records at one name are none to receivers: it has to be replaced, not added to."


def _quoted(record: DnsRecord, values: Iterable[str]) -> str:
    return ", ".join(f'"{value}"' if record.type is RecordType.TXT else value for value in values)
