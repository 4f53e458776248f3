"""Whether the domains that DMARC reports go to take them (RFC 7489 7.1)."""

from collections.abc import Iterable, Iterator

from constructs_lib.identity.dns_records import Purpose
from ops.dns_check import LookUp
from ops.dns_values import is_ours
from ops.doctor.findings import Finding, Severity
from ops.doctor.public_dns import find_text, silent
from ops.records import NeededRecord


def report_findings(records: Iterable[NeededRecord], public: LookUp) -> Iterator[Finding]:
    """The authorizations that others must publish; those in zones of ours are made by the deploy."""
    for needed in records:
        record = needed.record
        if record.purpose is not Purpose.DMARC_REPORT_AUTHORIZATION or not needed.place.by_hand:
            continue
        found = find_text(record.name, public)
        if found.error:
            yield silent(f"TXT {record.name}", found.error)
        elif not any(is_ours(record, value) for value in found.values):
            receiver = record.name.partition("._report._dmarc.")[2]
            yield Finding(
                severity=Severity.WARNING,
                code="dmarc-reports-not-authorized",
                what=f"{receiver} does not say that it takes DMARC reports about {needed.domain}.",
                why="Who receives the mail sends no reports to a domain that does not ask (RFC 7489 7.1).",
                fix=f"ask whoever runs the DNS of {receiver} to publish: "
                f'{record.name}. TXT "{record.values[0]}"',
            )
