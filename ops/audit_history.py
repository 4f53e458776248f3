"""The audit history of an environment: calls in the event history, and sends in a trail's log files."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, Final, Protocol

from ops.audit_record import Call, calls_in
from ops.errors import AuditLogUnreadableError
from ops.ports import AccountGateway
from ops.trail_place import Trail, TrailPlace, missing_trail, place_of
from stacks.config import MailEnvironment

HISTORY: Final = timedelta(days=90)
"""How far back the event history goes (CloudTrail User Guide, event history)."""

MAX_FILES: Final = 2000
"""How many log files one command reads of a Region: CloudTrail writes one in five minutes, or several."""


@dataclass(frozen=True, kw_only=True)
class LogFile:
    """A log file of a trail."""

    key: str
    written_at: datetime


class AuditGateway(AccountGateway, Protocol):
    """CloudTrail and the bucket of a trail."""

    def events(self, region: str, *, start: datetime, end: datetime) -> Iterator[dict[str, Any]]:
        """Records of the event history about SES, the newest first; asked for page by page.

        Raises:
            AccessError: CloudTrail could not be asked.
        """

    def trail(self, place: TrailPlace) -> Trail | None:
        """A trail; None if there is none.

        Raises:
            AccessError: CloudTrail could not be asked.
        """

    def log_files(self, trail: Trail, prefix: str) -> Iterator[LogFile]:
        """Log files of a trail below a prefix, in the order of their names.

        Raises:
            AccessError: S3 could not be asked.
        """

    def log_records(self, trail: Trail, key: str) -> list[Any]:
        """The records of a log file.

        Raises:
            AccessError: S3 or KMS could not be asked.
            AuditLogUnreadableError: It is no log file.
        """


@dataclass(frozen=True, kw_only=True)
class History:
    """What was found.

    Attributes:
        calls: The calls, each once, in the order of their time.
        notes: What is not among them, in sentences.
    """

    calls: tuple[Call, ...]
    notes: tuple[str, ...]


def read_history(
    config: MailEnvironment,
    gateway: AuditGateway,
    *,
    regions: Iterable[str],
    since: datetime,
    now: datetime,
    reads: bool,
    sends: bool,
    limit: int,
) -> History:
    """Read the calls of a period.

    Args:
        config: The environment.
        gateway: Access to CloudTrail and S3.
        regions: Where the calls were made.
        since: Start of the period.
        now: Its end.
        reads: Whether calls that change nothing are wanted too.
        sends: Whether sends are looked for in the trail's log files.
        limit: How many calls of each Region are wanted from each of the two sources, the newest first.

    Raises:
        AccessError: AWS could not be asked.
        AuditLogUnreadableError: A log file cannot be read.
        TrailMissingError: The environment's trail is not there.
    """
    found: dict[str, Call] = {}
    trail = _trail(config, gateway) if sends else None
    notes = list(_not_shown(config, trail, since=since, now=now, sends=sends))
    if trail is not None and trail.of_organization:
        trail = None
    for region in regions:
        records = gateway.events(region, start=max(since, now - HISTORY), end=now)
        told = list(islice(_wanted(calls_in(records), reads=reads), limit + 1))
        if len(told) > limit:
            notes.append(f"older calls in {region}: --limit {limit} was reached.")
        found |= {call.event_id: call for call in told[:limit]}
        if trail is not None:
            sent, more = _sends(gateway, trail, config.account, region, since=since, now=now, limit=limit)
            found |= {call.event_id: call for call in sent}
            notes += more
    return History(calls=tuple(sorted(found.values(), key=lambda call: call.at)), notes=tuple(notes))


def _trail(config: MailEnvironment, gateway: AuditGateway) -> Trail | None:
    place = place_of(config)
    trail = gateway.trail(place) if place else None
    if place is not None and trail is None:
        raise missing_trail(config, place)
    return trail


def _not_shown(
    config: MailEnvironment, trail: Trail | None, *, since: datetime, now: datetime, sends: bool
) -> Iterator[str]:
    yield "sends over SMTP: CloudTrail never records them."
    if trail is None and since < now - HISTORY:
        yield "calls of more than 90 days ago: the event history ends there."
    if not sends:
        yield "sends: they were not asked for."
    elif config.audit is None:
        yield "sends: the environment has no audit trail."
    elif trail is not None and trail.of_organization:
        yield f"sends: the log files of {trail.arn} are its organization's."
    elif config.audit.data_events is None:
        yield "sends: the audit trail records none (data_events)."
    elif not config.audit.data_events.known_senders:
        yield "sends of known senders: the audit trail leaves them out (known_senders)."


def _wanted(calls: Iterable[Call], *, reads: bool) -> Iterator[Call]:
    return (call for call in calls if reads or not call.reads)


def _sends(
    gateway: AuditGateway,
    trail: Trail,
    account: str,
    region: str,
    *,
    since: datetime,
    now: datetime,
    limit: int,
) -> tuple[list[Call], list[str]]:
    """Calls of a Region in the log files of a period, and what was left out."""
    calls: list[Call] = []
    files = _files(gateway, trail, account, region, since=since, now=now)
    for number, file in enumerate(files):
        if number == MAX_FILES or len(calls) >= limit:
            why = f"older sends in {region}: {number} log files were read, the newest first; raise --limit."
            return calls[:limit], [why]
        try:
            found = list(calls_in(gateway.log_records(trail, file.key)))
        except ValueError as error:
            raise AuditLogUnreadableError(
                f"{file.key} in {trail.bucket} is no log file of CloudTrail ({error}).",
                fix="look whether somebody changed it: aws cloudtrail validate-logs",
            ) from error
        calls += sorted(
            (call for call in found if since <= call.at <= now and not call.reads),
            key=lambda call: call.at,
            reverse=True,
        )
    return calls[:limit], []


def _files(
    gateway: AuditGateway, trail: Trail, account: str, region: str, *, since: datetime, now: datetime
) -> Iterator[LogFile]:
    """Log files of each day, the newest first. A file is written after its calls, by minutes or more."""
    day = now.date()
    while day >= since.date():
        prefix = f"{trail.prefix}AWSLogs/{account}/CloudTrail/{region}/{day:%Y/%m/%d}/"
        todays = [file for file in gateway.log_files(trail, prefix) if file.written_at >= since]
        yield from sorted(todays, key=lambda file: file.written_at, reverse=True)
        day -= timedelta(days=1)
