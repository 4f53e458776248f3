"""SES's identity policies and CloudFormation's protocol, as far as an authorization meets them."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from constructs_lib.runtimes.custom_resource import NOT_CREATED, RefusedError, Request, RequestType
from constructs_lib.runtimes.sending_authorization.authorization import authorize

STACK = "arn:aws:cloudformation:eu-west-1:111111111111:stack/Mail/c0ffee00-0000-0000-0000-000000000000"


@dataclass(kw_only=True)
class FakeSes:
    """Policies by identity and name. One call can fail, before or after its effect."""

    policies: dict[str, dict[str, str]]
    fail_at: int | None = None
    after_effect: bool = False
    calls: list[str] = field(default_factory=list)

    @contextmanager
    def _call(self, name: str) -> Iterator[None]:
        fails = len(self.calls) == self.fail_at
        self.calls.append(name)
        if fails and not self.after_effect:
            raise RefusedError(f"{name} failed")
        yield
        if fails:
            raise RefusedError(f"{name} failed")

    def find(self, identity: str, name: str) -> str | None:
        with self._call("find"):
            return self.policies.get(identity, {}).get(name)

    def create(self, identity: str, name: str, policy: str) -> bool:
        with self._call("create"):
            if identity not in self.policies:
                raise RefusedError("NotFoundException")
            if name in self.policies[identity]:
                return False
            self.policies[identity][name] = policy
            return True

    def update(self, identity: str, name: str, policy: str) -> None:
        with self._call("update"):
            self.policies[identity][name] = policy

    def delete(self, identity: str, name: str) -> None:
        with self._call("delete"):
            del self.policies[identity][name]


@dataclass(kw_only=True)
class Stack:
    """One resource of a stack, deployed and rolled back by the requests that CloudFormation sends."""

    ses: FakeSes
    logical_id: str = "Policy"
    stack_id: str = STACK
    physical_id: str | None = None
    properties: Mapping[str, Any] | None = None

    def deploy(self, properties: Mapping[str, Any] | None) -> bool:
        """Whether the deployment went well; None deletes the resource."""
        before, self.properties = self.properties, properties
        if properties is None:
            self._delete(before or {})
            return True
        if before is None:
            self.physical_id = self._ask(RequestType.CREATE, properties)
            if self.physical_id is None:
                self.physical_id = NOT_CREATED
                self._delete(properties)
                self.physical_id = self.properties = None
            return self.physical_id is not None
        answer = self._ask(RequestType.UPDATE, properties, before)
        if answer is None:
            self.properties = before
            assert self._ask(RequestType.UPDATE, before, properties) == self.physical_id
            return False
        self._replaced_by(answer, before)
        return True

    def roll_back(self, to: Mapping[str, Any]) -> None:
        """What follows on an update that went well here and failed elsewhere."""
        after, self.properties = self.properties or {}, to
        answer = self._ask(RequestType.UPDATE, to, after)
        assert answer is not None
        self._replaced_by(answer, after)

    def update_only(self, properties: Mapping[str, Any]) -> None:
        """The update itself, without what CloudFormation deletes at its end."""
        before, self.properties = self.properties or {}, properties
        answer = self._ask(RequestType.UPDATE, properties, before)
        assert answer is not None
        self.physical_id = answer

    def _replaced_by(self, physical_id: str, before: Mapping[str, Any]) -> None:
        if physical_id != self.physical_id:
            self._delete(before)
        self.physical_id = physical_id

    def _delete(self, properties: Mapping[str, Any]) -> None:
        """CloudFormation asks again when a deletion fails."""
        answers = (self._ask(RequestType.DELETE, properties) for _ in range(2))
        assert next(answer for answer in answers if answer) == self.physical_id

    def _ask(
        self, kind: RequestType, properties: Mapping[str, Any], old: Mapping[str, Any] | None = None
    ) -> str | None:
        request = Request(
            type=kind,
            properties=properties,
            old_properties=old or {},
            physical_id=self.physical_id,
            stack_id=self.stack_id,
            logical_id=self.logical_id,
        )
        try:
            return authorize(request, self.ses)
        except RefusedError:
            return None
