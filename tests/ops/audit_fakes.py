"""A CloudTrail made of records, and a bucket made of log files."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from constructs_lib.audit.data_events import Selector
from ops.audit_history import LogFile
from ops.trail_place import Trail, TrailPlace
from ops.trail_selectors import Selectors
from tests.cloudtrail import Record, documented, record_of

NOW = datetime(2026, 11, 25, 18, 0, tzinfo=UTC)
TRAIL = Trail(
    arn="arn:aws:cloudtrail:eu-west-1:111111111111:trail/test-mail",
    region="eu-west-1",
    bucket="audit",
    prefix="",
    every_region=True,
    validated=True,
)
_IDS = iter(range(1, 10**6))


def at(record: Record, when: datetime) -> Record:
    """A record of another call of its kind."""
    return record | {"eventTime": f"{when:%Y-%m-%dT%H:%M:%SZ}", "eventID": f"event-{next(_IDS)}"}


def call(name: str = "DeleteIdentity", *, ago: timedelta = timedelta(hours=1), **changes: Any) -> Record:  # noqa: ANN401
    return at(record_of(name), NOW - ago) | changes


def send(*, ago: timedelta = timedelta(hours=1)) -> Record:
    return at(documented("send_email"), NOW - ago)


@dataclass(kw_only=True)
class FakeAudit:
    """An `AuditGateway` and `TrailGateway` that answers from values, and counts."""

    account: str = "111111111111"
    history: dict[str, list[Record]] = field(default_factory=dict)
    found: Trail | None = TRAIL
    logging: bool = True
    current: Selectors = field(default_factory=Selectors)
    files: dict[str, list[Any]] = field(default_factory=dict)
    written: dict[str, datetime] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    changed_by_others: list[Selectors] = field(default_factory=list)

    def account_id(self) -> str:
        return self.account

    def events(self, region: str, *, start: datetime, end: datetime) -> Iterator[dict[str, Any]]:
        for record in sorted(self.history.get(region, []), key=lambda each: each["eventTime"], reverse=True):
            if f"{start:%Y-%m-%dT%H:%M:%SZ}" <= record["eventTime"] <= f"{end:%Y-%m-%dT%H:%M:%SZ}":
                self.asked.append(record["eventID"])
                yield record

    def trail(self, place: TrailPlace) -> Trail | None:
        self.asked.append(place.name)
        return self.found

    def is_logging(self, trail: Trail) -> bool:
        assert trail is self.found
        return self.logging

    def selectors(self, trail: Trail) -> Selectors:
        assert trail is self.found
        return self.changed_by_others.pop(0) if self.changed_by_others else self.current

    def put_selectors(self, trail: Trail, selectors: Sequence[Selector]) -> None:
        assert trail is self.found
        self.asked.append("put")
        self.current = Selectors(advanced=tuple(selectors))

    def log(self, records: list[Any], *, ago: timedelta = timedelta(minutes=50), prefix: str = "") -> str:
        written = NOW - ago
        folder = f"{prefix}AWSLogs/111111111111/CloudTrail/eu-west-1/{written:%Y/%m/%d}"
        key = f"{folder}/{len(self.files)}.json.gz"
        self.files[key], self.written[key] = records, written
        return key

    def log_files(self, trail: Trail, prefix: str) -> Iterator[LogFile]:
        assert trail is self.found
        for key in sorted(self.files):
            if key.startswith(prefix):
                yield LogFile(key=key, written_at=self.written[key])

    def log_records(self, trail: Trail, key: str) -> list[Any]:
        assert trail is self.found
        self.asked.append(key)
        return self.files[key]
