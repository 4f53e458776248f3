"""What programs read: JSON, zone file and CSV. The shapes are stable; keys are only ever added.

``status --json``::

    {"environment": "prod", "account": "222222222222", "identities": [{
        "domain": "example.com", "region": "eu-west-1",
        "automatic": true,              records are in Route 53, so the command judges and waits for it
        "verified": false,              identity, dkim and mail_from are all "success"
        "identity": "success",          pending, success, failed, temporary failure, not started, not deployed
        "dkim": "success", "mail_from": "pending",
        "mail_from_domain": "bounce.example.com",
        "configuration_set": "transactional",               or null
        "last_checked": "2026-01-31T12:00:00+00:00",        or null
        "error_type": "HOST_NOT_FOUND",                     or null
        "records": [CHECK, ...],        only those that are not right, as far as Route 53 holds them
        "next": {"action": "...", "who": "..."}}],
     "subscriptions": [{
        "region": "eu-west-1", "topic": "transactional-bounce",
        "protocol": "email",            or https, sqs
        "endpoint": "ops@example.com",
        "state": "confirmed",           or pending confirmation, missing, not deployed
        "next": {"action": "...", "who": "..."}}]}

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

from constructs_lib.dns_records import DnsRecord, as_dict, to_csv, to_zone_file
from ops.advice import NextStep
from ops.dns_check import RecordCheck
from ops.identity_status import IdentityStatus
from ops.records import KNOWN_AFTER_DEPLOY, NeededRecord
from ops.subscriptions import SubscriptionStatus
from stacks.config import MailEnvironment

Checks = Mapping[DnsRecord, RecordCheck]
"""The verdict on each record that was asked for."""


def status_json(
    environment: MailEnvironment,
    statuses: Sequence[IdentityStatus],
    subscriptions: Sequence[SubscriptionStatus],
) -> str:
    """The statuses as JSON."""
    identities: list[dict[str, object]] = [
        {
            "domain": status.domain,
            "region": status.region,
            "automatic": status.automatic,
            "verified": status.verified,
            "identity": str(status.identity),
            "dkim": str(status.dkim),
            "mail_from": str(status.mail_from),
            "mail_from_domain": status.mail_from_domain,
            "configuration_set": status.configuration_set,
            "last_checked": status.last_checked.isoformat() if status.last_checked else None,
            "error_type": status.error_type,
            "records": [_check_dict(check) for check in status.problems],
            "next": _next_dict(status.next_step),
        }
        for status in statuses
    ]
    subscribers: list[dict[str, object]] = [
        {
            "region": status.region,
            "topic": status.topic,
            "protocol": status.protocol,
            "endpoint": status.endpoint,
            "state": str(status.state),
            "next": _next_dict(status.next_step),
        }
        for status in subscriptions
    ]
    return _dump(environment, identities=identities, subscriptions=subscribers)


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
            item["check"] = _check_dict(check) if check else None
        items.append(item)
    return _dump(environment, records=items)


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
    """The known records as CSV, in the columns of `constructs_lib.dns_records.to_csv`."""
    return to_csv(needed.record for needed in records if needed.known)


def _check_dict(check: RecordCheck) -> dict[str, object]:
    return {
        "name": check.record.name,
        "type": str(check.record.type),
        "expected": list(check.record.values),
        "found": list(check.found),
        "verdict": str(check.verdict),
        "detail": check.detail,
    }


def _next_dict(step: NextStep) -> dict[str, object]:
    return {"action": step.action, "who": step.who}


def _dump(environment: MailEnvironment, **lists: list[dict[str, object]]) -> str:
    document = {"environment": environment.name, "account": environment.account, **lists}
    return json.dumps(document, indent=2) + "\n"
