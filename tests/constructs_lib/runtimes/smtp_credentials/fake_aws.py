"""IAM and Secrets Manager in memory, with a failure before or after any call."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import Enum
from typing import TYPE_CHECKING

from constructs_lib.runtimes.smtp_credentials.model import (
    CURRENT,
    MAX_KEYS,
    PENDING,
    PLACEHOLDER,
    PREVIOUS,
    Credentials,
    Key,
    NewKey,
    RotationError,
    Secret,
)
from constructs_lib.runtimes.smtp_credentials.smtp_password import smtp_password

if TYPE_CHECKING:
    from collections.abc import Callable

SECRET = "arn:aws:secretsmanager:eu-west-1:111111111111:secret:prod/smtp/eu-west-1/billing-AbCdEf"  # noqa: S105
NAME = "prod/smtp/eu-west-1/billing"
USER = "Mail-User-1ABC"
REGION = "eu-west-1"
NOW = datetime(2026, 7, 1, tzinfo=UTC)


class Fail(Enum):
    BEFORE = "the call does nothing"
    AFTER = "the call works and its answer is lost"


class CallFailedError(RotationError):
    """What a gateway raises."""


@dataclass
class StoredKey:
    secret: str
    active: bool = True
    created: datetime = NOW


@dataclass
class Version:
    value: str | None
    stages: set[str] = field(default_factory=set)


class FakeAws:
    """One secret and one user. `failures` maps the number of a call to how it fails."""

    def __init__(self) -> None:
        self.keys_: dict[str, StoredKey] = {}
        self.versions: dict[str, Version] = {"placeholder": Version(PLACEHOLDER, {CURRENT})}
        self.rotating = True
        self.region = REGION
        self.failures: dict[int, Fail] = {}
        self.calls: list[str] = []
        self.after_each_call: Callable[[], None] = lambda: None
        self._made = 0

    # What a test arranges and looks at.

    def add_key(self, *, active: bool = True) -> NewKey:
        self._made += 1
        key = NewKey(id=f"AKIA{self._made:04}", secret=f"very-secret-{self._made}")
        self.keys_[key.id] = StoredKey(key.secret, active=active)
        return key

    def store(self, version: str, key: NewKey, stage: str) -> None:
        value = Credentials.of(key, region=REGION).to_json()
        self.versions[version] = Version(value, {stage})

    def begin(self, version: str) -> None:
        """What RotateSecret does first."""
        for other in self.versions.values():
            other.stages.discard(PENDING)
        self.versions[version] = Version(None, {PENDING})

    def credentials(self, stage: str) -> Credentials | None:
        value = next((held.value for held in self.versions.values() if stage in held.stages), None)
        return Credentials.from_json(value, secret=NAME) if value is not None else None

    def works(self, stage: str) -> bool:
        found = self.credentials(stage)
        return found is not None and self.login(found) is None

    def login(self, credentials: Credentials) -> str | None:
        key = self.keys_.get(credentials.username)
        good = key is not None and key.active
        if good and key and credentials.password == smtp_password(key.secret, region=REGION):
            return None
        return "the host answered 535"

    def secrets(self) -> set[str]:
        """Everything that must appear nowhere."""
        stored = {self.credentials(stage) for stage in (CURRENT, PREVIOUS, PENDING)}
        return {key.secret for key in self.keys_.values()} | {
            found.password for found in stored if found and found.password
        }

    # The gateway.

    def describe(self, secret_id: str) -> Secret:
        assert secret_id in {SECRET, NAME}
        with _Call(self, "describe"):
            return Secret(
                name=NAME,
                user=USER,
                region=self.region,
                rotating=self.rotating,
                stages={version: tuple(held.stages) for version, held in self.versions.items()},
            )

    def value(self, secret_id: str, *, version: str | None = None, stage: str | None = None) -> str | None:
        assert secret_id in {SECRET, NAME}
        with _Call(self, "value"):
            for name, held in self.versions.items():
                if name == version or stage in held.stages:
                    return held.value
            return None

    def put_pending(self, secret_id: str, version: str, value: str) -> None:
        assert secret_id == SECRET
        with _Call(self, "put_pending"):
            held = self.versions[version]
            assert held.value in {None, value}, "a version cannot be written twice"
            held.value = value

    def make_current(self, secret_id: str, version: str, *, instead_of: str | None) -> None:
        assert secret_id == SECRET
        with _Call(self, "make_current"):
            former = next((name for name, held in self.versions.items() if CURRENT in held.stages), None)
            assert instead_of == former
            for held in self.versions.values():
                held.stages.discard(PREVIOUS)
            if former is not None:
                self.versions[former].stages = {PREVIOUS}
            self.versions[version].stages |= {CURRENT}

    def forget_pending(self, secret_id: str, version: str) -> None:
        assert secret_id == SECRET
        with _Call(self, "forget_pending"):
            self.versions[version].stages.remove(PENDING)

    def keys(self, user: str) -> list[Key]:
        assert user == USER
        with _Call(self, "keys"):
            return [Key(id=name, active=key.active, created=key.created) for name, key in self.keys_.items()]

    def create_key(self, user: str) -> NewKey:
        assert user == USER
        with _Call(self, "create_key"):
            if len(self.keys_) >= MAX_KEYS:
                raise CallFailedError("CreateAccessKey failed: LimitExceeded")
            return self.add_key()

    def delete_key(self, user: str, key_id: str) -> None:
        assert user == USER
        with _Call(self, "delete_key"):
            self.keys_.pop(key_id, None)


class _Call:
    """One call: it may fail before or after its effect, and what must hold is checked behind it."""

    def __init__(self, aws: FakeAws, name: str) -> None:
        self._aws, self._name = aws, name

    def __enter__(self) -> None:
        self._aws.calls.append(self._name)
        self._failure = self._aws.failures.get(len(self._aws.calls))
        if self._failure is Fail.BEFORE:
            raise CallFailedError(f"{self._name} failed")

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        self._aws.after_each_call()
        if self._failure is Fail.AFTER and error is None:
            raise CallFailedError(f"{self._name} failed")
