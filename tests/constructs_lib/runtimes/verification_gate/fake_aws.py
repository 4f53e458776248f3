"""SES, Route 53, Lambda and CloudFormation as far as a gate meets them, on one clock."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from constructs_lib.runtimes.custom_resource import RefusedError, Request, RequestType
from constructs_lib.runtimes.verification_gate.logic import wait_until_verified
from constructs_lib.runtimes.verification_gate.model import Identity, NotAnsweredError, RecordSet
from constructs_lib.verification.verification_waits import _SPARE_SECONDS, POLL_SECONDS, _spans

START = 1_800_000_000.0
STACK = "arn:aws:cloudformation:eu-west-1:111111111111:stack/Mail/c0ffee00-0000-0000-0000-000000000000"
MAIL_FROM = {"Mx": "10 feedback-smtp.eu-west-1.amazonses.com", "Spf": "v=spf1 include:amazonses.com ~all"}

Answer = Identity | NotAnsweredError | None
Ses = Callable[[float], Answer]
"""What SES says so many seconds after the start."""


def identity(state: str = "PENDING", **others: Any) -> Identity:  # noqa: ANN401 - any field
    """A domain with two of the three DKIM records, to keep expectations short."""
    fields: dict[str, Any] = {
        "domain_state": state,
        "dkim_state": state,
        "dkim_records": [
            (f"{token}._domainkey.example.com", f"{token}.dkim.amazonses.com") for token in "ab"
        ],
    }
    return Identity(**(fields | others))


VERIFIED = identity("SUCCESS")
PENDING = identity("PENDING", error_type="HOST_NOT_FOUND")


def turns(*changes: tuple[float, Answer]) -> Ses:
    """SES that says each answer from its second on."""
    return lambda second: next(answer for begin, answer in reversed(changes) if second >= begin)


class DiedError(Exception):
    """The call of the function ended without an answer."""


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """How a deployment ended: ``SUCCESS``, ``FAILED`` with a reason, or ``NO ANSWER``; and after how long."""

    status: str
    seconds: float
    reason: str = ""


@dataclass(kw_only=True)
class Aws:
    """One account. `deaths`: seconds at which a call that runs then dies; `zone`: record sets by name."""

    ses: Ses
    deaths: list[float] = field(default_factory=list)
    broken: bool = False
    zone: Mapping[str, Sequence[RecordSet] | NotAnsweredError] = field(default_factory=dict)
    time: float = START
    looks: list[float] = field(default_factory=list)

    def find(self, domain: str) -> Identity | None:
        assert domain == "example.com"
        self.looks.append(self.time - START)
        answer = self.ses(self.time - START)
        if isinstance(answer, NotAnsweredError):
            raise answer
        return answer

    def record_sets(self, zone_id: str, name: str) -> Sequence[RecordSet]:
        assert zone_id == "Z1"
        found = self.zone.get(name, ())
        if isinstance(found, NotAnsweredError):
            raise found
        return found

    def pause(self, seconds: float) -> None:
        assert 0 < seconds <= POLL_SECONDS
        end = self.time + seconds
        if self.deaths and START + self.deaths[0] <= end:
            self.time = START + self.deaths.pop(0)
            raise DiedError
        self.time = end

    def call(self, kind: RequestType, properties: Mapping[str, Any], physical_id: str | None = None) -> str:
        if self.broken:
            raise DiedError
        request = Request(
            type=kind,
            properties=properties,
            old_properties={},
            physical_id=physical_id,
            stack_id=STACK,
            logical_id="Wait",
        )
        return wait_until_verified(
            request, identities=self, zones=self, now=lambda: self.time, pause=self.pause
        )

    def deploy(self, *, timeout: int = 900, **wanted: object) -> Outcome:
        """Create the waits of a gate, one after the other, as the template orders them."""
        since: dict[str, str] = {}
        for begin, end in _spans(timeout):
            properties = _properties(timeout=timeout, until=end, **since, **wanted)
            gives_up = self.time + end - begin + _SPARE_SECONDS
            try:
                answer = self._create(properties, gives_up)
            except RefusedError as error:
                return Outcome(status="FAILED", seconds=self.time - START, reason=str(error))
            if answer is None:
                return Outcome(status="NO ANSWER", seconds=gives_up - START)
            since = since or {"Since": answer}
        return Outcome(status="SUCCESS", seconds=self.time - START)

    def _create(self, properties: Mapping[str, Any], gives_up: float) -> str | None:
        """Lambda calls up to three times; None where no answer came in time."""
        for pause in (0, 60, 120):
            self.time += pause
            try:
                answer = self.call(RequestType.CREATE, properties)
            except DiedError:
                continue
            except RefusedError:
                if self.time > gives_up:
                    return None
                raise
            return answer if self.time <= gives_up else None
        return None


def _properties(*, timeout: int, until: int, **wanted: object) -> dict[str, Any]:
    """As CloudFormation hands them over: every number is text."""
    return {
        "ServiceToken": "arn",
        "Domain": "example.com",
        "Timeout": str(timeout),
        "Until": str(until),
        "PollSeconds": str(POLL_SECONDS),
        **wanted,
    }
