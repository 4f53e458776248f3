"""Route 53 and SES as far as a shared record meets them, with other writers at work between any two calls."""

import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from constructs_lib.runtimes.custom_resource import NOT_CREATED, RefusedError, Request, RequestType
from constructs_lib.runtimes.legacy_verification.shared_record import TxtRecordSet, verify

Key = tuple[str, str]
NAME = "_amazonses.example.com"
_Answer = TypeVar("_Answer")


def nothing() -> None:
    """What happens between two calls, where nothing does."""


@dataclass(kw_only=True)
class Zones:
    """Record sets by zone and name. All changes of a batch are made or none, as in Route 53."""

    sets: dict[Key, TxtRecordSet] = field(default_factory=dict)

    def change(self, key: Key, before: TxtRecordSet | None, after: TxtRecordSet | None) -> str | None:
        found = self.sets.get(key)
        if before is not None and (
            found is None or (set(found.values), found.ttl) != (set(before.values), before.ttl)
        ):
            return "Tried to delete resource record set but it was not found"
        if before is None and found is not None:
            return "Tried to create resource record set but it already exists"
        self.sets.pop(key, None)
        if after is not None:
            assert len(set(after.values)) == len(after.values)
            self.sets[key] = after
        return None

    def texts(self, zone_id: str = "Z1", name: str = NAME) -> set[str]:
        found = self.sets.get((zone_id, name))
        return {value.strip('"') for value in found.values} if found else set()


@dataclass(kw_only=True)
class FakeAws:
    """One Region's function's view. One call can fail, before or after its effect."""

    zones: Zones
    own_value: str = "one="
    between: Callable[[], None] = nothing
    fail_at: int | None = None
    after_effect: bool = False
    calls: int = 0
    pauses: list[int] = field(default_factory=list)

    def token(self, domain: str) -> str:
        del domain
        return self._call(lambda: self.own_value)

    def find(self, zone_id: str, name: str) -> TxtRecordSet | None:
        return self._call(lambda: self.zones.sets.get((zone_id, name)))

    def change(
        self, zone_id: str, name: str, *, before: TxtRecordSet | None, after: TxtRecordSet | None
    ) -> str | None:
        return self._call(lambda: self.zones.change((zone_id, name), before, after))

    def pause(self, tries: int) -> None:
        self.pauses.append(tries)

    def _call(self, effect: Callable[[], _Answer]) -> _Answer:
        self.between()
        fails = self.calls == self.fail_at
        self.calls += 1
        if fails and not self.after_effect:
            raise RefusedError("no answer")
        answer = effect()
        if fails:
            raise RefusedError("no answer")
        return answer


@dataclass(kw_only=True)
class Resource:
    """One resource of a stack, deployed and rolled back by the requests that CloudFormation sends."""

    aws: FakeAws
    physical_id: str | None = None
    properties: Mapping[str, Any] | None = None

    def deploy(self, properties: Mapping[str, Any] | None) -> bool:
        """Whether the deployment went well; None deletes the resource."""
        before, self.properties = self.properties, properties
        if properties is None:
            self._delete(before or {}, self.physical_id)
            self.physical_id = None
            return True
        answer = self._ask(RequestType.CREATE if before is None else RequestType.UPDATE, properties, before)
        if answer is None and before is None:
            self.properties = None
            self._delete(properties, NOT_CREATED)
            return False
        if answer is None:
            self.properties = before
            self._replaced_by(self._ask(RequestType.UPDATE, before or {}, properties), properties)
            return False
        self._replaced_by(answer, before)
        return True

    def roll_back(self, to: Mapping[str, Any] | None) -> None:
        """What follows on a deployment that went well here and failed elsewhere."""
        assert self.deploy(to)

    def _replaced_by(self, physical_id: str | None, before: Mapping[str, Any] | None) -> None:
        assert physical_id
        if self.physical_id not in {None, physical_id}:
            self._delete(before or {}, self.physical_id)
        self.physical_id = physical_id

    def _delete(self, properties: Mapping[str, Any], physical_id: str | None) -> None:
        """CloudFormation asks again when a deletion fails."""
        answers = (self._ask(RequestType.DELETE, properties, None, physical_id) for _ in range(2))
        assert next(answer for answer in answers if answer) == physical_id

    def _ask(
        self,
        kind: RequestType,
        properties: Mapping[str, Any],
        old: Mapping[str, Any] | None,
        physical_id: str | None = None,
    ) -> str | None:
        request = Request(
            type=kind,
            properties=properties,
            old_properties=old or {},
            physical_id=physical_id or self.physical_id,
            stack_id="arn:aws:cloudformation:eu-west-1:111111111111:stack/Mail/1",
            logical_id="Legacy",
        )
        try:
            return verify(request, self.aws).physical_id
        except RefusedError:
            return None


def interleave(schedule: Iterable[int], *jobs: tuple[FakeAws, Callable[[], object]]) -> None:
    """Run jobs side by side; the schedule says whose next call comes. What is left then runs one by one."""
    workers = [_Worker(aws, job) for aws, job in jobs]
    for number in schedule:
        workers[number].step()
    for worker in workers:
        while worker.step():
            pass


class _Worker:
    def __init__(self, aws: FakeAws, job: Callable[[], object]) -> None:
        self._go, self._stands = threading.Semaphore(0), threading.Semaphore(0)
        self._errors: list[BaseException] = []
        aws.between = self._wait
        self._ended = False
        threading.Thread(target=self._run, args=(job,), daemon=True).start()
        self._stands.acquire()

    def step(self) -> bool:
        """Let it make one call and go on to the next; False once it has ended."""
        if self._ended:
            return False
        self._go.release()
        self._stands.acquire()
        if self._errors:
            raise self._errors[0]
        return not self._ended

    def _wait(self) -> None:
        self._stands.release()
        self._go.acquire()

    def _run(self, job: Callable[[], object]) -> None:
        try:
            job()
        except BaseException as error:  # noqa: BLE001 - told in the test's thread
            self._errors.append(error)
        self._ended = True
        self._stands.release()
