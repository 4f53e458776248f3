"""Addresses of an account made of values, and a clock that only sleeping moves."""

from dataclasses import dataclass, field, replace

from ops.address_verification import Request
from ops.errors import AccessError, PermissionDeniedError
from ops.ports import State
from stacks.environments import environment
from tests.ops.support import REGION

PROD = environment("prod")
ADDRESS = "legal@example.net"
OWN = Request(address=ADDRESS, region=REGION, template=None, configuration_set="transactional")
CUSTOM = replace(OWN, template="Welcome")
DENIED = PermissionDeniedError("The credentials may not call ses:Put.", fix="allow ses:Put")


@dataclass(kw_only=True)
class FakeAddresses:
    """Answers with the next state, the last one for ever; remembers what was sent."""

    states: list[State] = field(default_factory=lambda: [State.NOT_STARTED])
    sent: list[tuple[str, ...]] = field(default_factory=list)
    account: str = PROD.account
    refusal: AccessError | None = None

    def account_id(self) -> str:
        return self.account

    def address_state(self, address: str, *, region: str) -> State:
        assert address
        assert region
        return self.states.pop(0) if len(self.states) > 1 else self.states[0]

    def send_own_mail(self, address: str, *, region: str) -> None:
        self.sent.append(("own", address, region))

    def send_custom_mail(self, address: str, *, template: str, configuration_set: str, region: str) -> None:
        self.sent.append(("custom", address, template, configuration_set, region))

    def set_configuration_set(self, address: str, *, configuration_set: str, region: str) -> None:
        if self.refusal is not None:
            raise self.refusal
        self.sent.append(("set", address, configuration_set, region))


@dataclass
class Clock:
    now: float = 0.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        assert seconds > 0
        self.now += seconds
