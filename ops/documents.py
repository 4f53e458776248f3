"""What programs read: JSON, zone file and CSV. The shapes are stable; keys are only ever added.

``status --json``::

    {"environment": "prod", "account": "222222222222",
     "read_at": "2026-01-31T12:00:00+00:00",                when AWS was asked
     "identities": [{
        "domain": "example.com", "region": "eu-west-1",
        "automatic": true,              records are in Route 53, so the command judges and waits for it
        "verified": false,              identity, dkim and mail_from are all "success"
        "identity": "success",          pending, success, failed, temporary failure, not started, not deployed
        "dkim": "success", "mail_from": "pending",
        "mail_from_domain": "bounce.example.com",
        "configuration_set": "transactional",               or null
        "last_checked": "2026-01-31T12:00:00+00:00",        or null
        "last_success": "2026-01-31T12:00:00+00:00",        or null
        "error_type": "HOST_NOT_FOUND",                     or null
        "records": [CHECK, ...],        only those that are not right, as far as Route 53 holds them
        "states": [STATE, ...],         identity, DKIM, MAIL FROM
        "next": {"action": "...", "who": "..."}}],
     "legacy_records": [{
        "domain": "example.com", "region": "eu-west-1",
        "state": "right",               or missing, ..., not deployed, no value, not known
        "records": [CHECK],             the one that is not right, or none
        "next": {"action": "...", "who": "..."}}],
     "addresses": [{
        "address": "legal@example.net", "region": "eu-west-1",
        "state": "pending",             as of identities, or not known
        "template": "Welcome",          or null for SES's own mail
        "configuration_set": "transactional",               or null
        "states": [STATE],              identity
        "next": {"action": "...", "who": "..."}}],
     "templates": [{
        "name": "Welcome", "region": "eu-west-1", "from": "hello@example.com",
        "state": "deployed",            or not deployed, differs, not known
        "next": {"action": "...", "who": "..."}}],
     "receiving": [{
        "region": "eu-west-1", "rule_set": "inbound",
        "state": "active",              or not active, not deployed, not known
        "active": "inbound",            the set that SES applies, or null
        "active_made": "2026-01-31T12:00:00+00:00",         or null
        "states": [STATE],              active rule set
        "next": {"action": "...", "who": "..."}}],
     "subscriptions": [{
        "region": "eu-west-1", "topic": "transactional-bounce",
        "protocol": "email",            or https, sqs
        "endpoint": "ops@example.com",
        "state": "confirmed",           or pending confirmation, missing, not deployed, not known
        "next": {"action": "...", "who": "..."}}]}

STATE is ``{"name": "DKIM", "state": "pending", "note": "", "since": "2026-01-31T10:00:00+00:00",
"since_source": "...", "until": "2026-02-03T10:00:00+00:00"}``; ``since`` and ``until`` are null where nobody
tells them, and ``since_source`` then says why. Times are in UTC.

``records --format json``::

    {"environment": "prod", "account": "222222222222", "records": [{
        "name": "...", "type": "TXT", "ttl": 1800, "values": ["..."], "purpose": "DMARC", "merge": false,
        "domain": "example.com", "region": "eu-west-1",
        "place": "Route 53 zone Z... (example.com)", "by_hand": false,
        "known": true,                  false for tokens of SES before the deploy: placeholders
        "check": CHECK}]}               only with --check, null for a record that is not known

CHECK is ``{"name", "type", "expected": [...], "found": [...], "verdict", "detail"}``; ``verdict`` is a
value of `ops.dns_check.Verdict`.
"""

import json
from collections.abc import Mapping, Sequence

from constructs_lib.identity.dns_records import DnsRecord, as_dict, to_csv, to_zone_file
from ops.dns_check import RecordCheck
from ops.environment_status import EnvironmentStatus, Item, StateRow
from ops.records import KNOWN_AFTER_DEPLOY, NeededRecord
from ops.timing import iso
from stacks.config import MailEnvironment

Checks = Mapping[DnsRecord, RecordCheck]
"""The verdict on each record that was asked for."""


def status_json(status: EnvironmentStatus) -> str:
    """The status as JSON: a list for each section."""
    sections = {section.key: [_item_dict(item) for item in section.items] for section in status.sections}
    return _dump(status.environment, status.account, read_at=iso(status.read_at), **sections)


def records_json(
    environment: MailEnvironment, records: Sequence[NeededRecord], checks: Checks | None = None
) -> str:
    """The records as JSON, with a verdict each when `checks` is given."""
    items: list[dict[str, object]] = []
    for needed in records:
        item = as_dict(needed.record) | {
            "domain": needed.domain,
            "region": needed.region,
            "place": needed.place.text,
            "by_hand": needed.place.by_hand,
            "known": needed.known,
        }
        if checks is not None:
            check = checks.get(needed.record)
            item["check"] = check_dict(check) if check else None
        items.append(item)
    return _dump(environment.name, environment.account, records=items)


def records_zone(records: Sequence[NeededRecord]) -> str:
    """The records as a zone file, by place; what is not known yet is a comment."""
    parts = []
    for place in dict.fromkeys(needed.place for needed in records):
        here = [needed for needed in records if needed.place == place]
        later = [
            f"; {needed.record.name}. {needed.record.type} is {KNOWN_AFTER_DEPLOY} of {needed.region}\n"
            for needed in here
            if not needed.known
        ]
        known = to_zone_file(needed.record for needed in here if needed.known)
        parts.append(f"; {place.text}\n{''.join(later)}{known}")
    return "\n".join(parts)


def records_csv(records: Sequence[NeededRecord]) -> str:
    """The known records as CSV, in the columns of `constructs_lib.identity.dns_records.to_csv`."""
    return to_csv(needed.record for needed in records if needed.known)


def check_dict(check: RecordCheck) -> dict[str, object]:
    """The verdict on one record, as every document says it."""
    return {
        "name": check.record.name,
        "type": str(check.record.type),
        "expected": list(check.record.values),
        "found": list(check.found),
        "verdict": str(check.verdict),
        "detail": check.detail,
    }


def _item_dict(item: Item) -> dict[str, object]:
    states = {"states": [_state_dict(row) for row in item.states]} if item.states else {}
    return {
        **item.document,
        **states,
        "next": {"action": item.next_step.action, "who": item.next_step.who},
    }


def _state_dict(row: StateRow) -> dict[str, object]:
    since, until = row.timing.since, row.timing.until
    return {
        "name": row.name,
        "state": row.state,
        "note": row.note,
        "since": iso(since.at) if since.at else None,
        "since_source": since.source,
        "until": iso(until) if until else None,
    }


def _dump(environment: str, account: str, **members: object) -> str:
    return json.dumps({"environment": environment, "account": account, **members}, indent=2) + "\n"
