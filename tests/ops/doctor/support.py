"""An account made of values, and parents of zones made of values."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from ops.doctor.delegation_lookup import Delegation
from ops.doctor.findings import Finding
from ops.doctor.ports import (
    Caller,
    Existing,
    HostedZone,
    Kind,
    SendingAccount,
    Simulated,
    StackResource,
)
from ops.errors import AccessError, PermissionDeniedError
from ops.ports import ActiveRuleSet, ZoneRecordSet

ACCOUNT = "111111111111"
REGION = "eu-west-1"
HEALTHY = SendingAccount(
    production=True,
    sending=True,
    enforcement="HEALTHY",
    most_a_day=50_000,
    sent=0,
    suppressed_reasons=("BOUNCE", "COMPLAINT"),
)
SERVERS = ("ns-1.awsdns-01.org", "ns-2.awsdns-02.co.uk")


def denied(action: str) -> PermissionDeniedError:
    return PermissionDeniedError(f"The credentials may not call {action}.", fix=f"allow {action}")


@dataclass(kw_only=True)
class FakeAccount:
    """A `DoctorGateway` that answers from values; what is in `denials` is denied, by the method's name."""

    account: str = ACCOUNT
    arn: str = f"arn:aws:iam::{ACCOUNT}:user/deployer"
    sending: dict[str, SendingAccount | Exception] = field(default_factory=dict)
    things: dict[tuple[Kind, str], Existing] = field(default_factory=dict)
    stacks: dict[str, tuple[StackResource, ...]] = field(default_factory=dict)
    others: dict[str, str] = field(default_factory=dict)
    """Names of other stacks by the physical id that they hold."""
    suppressed_addresses: dict[str, str] = field(default_factory=dict)
    active: ActiveRuleSet | None = None
    zone_ids: dict[str, str] = field(default_factory=dict)
    zones: dict[str, HostedZone] = field(default_factory=dict)
    record_sets: dict[str, tuple[ZoneRecordSet, ...]] = field(default_factory=dict)
    bootstrap: int | None = 30
    roles: dict[str, str] = field(default_factory=dict)
    decide: Callable[[str, str, str], Simulated | None] = lambda _, action, __: Simulated(
        action=action, allowed=True
    )
    denials: frozenset[str] = frozenset()
    asked: list[str] = field(default_factory=list)

    def _ask(self, what: str) -> None:
        self.asked.append(what)
        if what in self.denials or "all" in self.denials:
            raise denied(what)

    def caller(self) -> Caller:
        self._ask("caller")
        return Caller(account=self.account, arn=self.arn)

    def sending_account(self, *, region: str) -> SendingAccount:
        self._ask("sending_account")
        answer = self.sending.get(region, HEALTHY)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def existing(self, kind: Kind, name: str, *, region: str, account: str) -> Existing | None:
        del region
        assert account
        self._ask("existing")
        return self.things.get((kind, name))

    def stack_resources(self, stack_name: str, *, region: str) -> tuple[StackResource, ...] | None:
        del region
        self._ask("stack_resources")
        return self.stacks.get(stack_name)

    def stack_that_holds(self, physical_id: str, *, resource_type: str, region: str) -> str | None:
        del resource_type, region
        self._ask("stack_that_holds")
        return self.others.get(physical_id)

    def suppressed(self, address: str, *, region: str) -> str | None:
        del region
        self._ask("suppressed")
        return self.suppressed_addresses.get(address)

    def active_rule_set(self, *, region: str) -> ActiveRuleSet | None:
        del region
        self._ask("active_rule_set")
        return self.active

    def public_zone_id(self, zone_name: str) -> str | None:
        self._ask("public_zone_id")
        return self.zone_ids.get(zone_name)

    def hosted_zone(self, zone_id: str) -> HostedZone | None:
        self._ask("hosted_zone")
        return self.zones.get(zone_id)

    def zone_record_sets(self, zone_id: str) -> tuple[ZoneRecordSet, ...] | None:
        self._ask("zone_record_sets")
        return self.record_sets.get(zone_id)

    def bootstrap_version(self, *, region: str) -> int | None:
        del region
        self._ask("bootstrap_version")
        return self.bootstrap

    def role_arn(self, name: str) -> str | None:
        self._ask("role_arn")
        return self.roles.get(name)

    def simulate(
        self, principal: str, actions: tuple[str, ...], *, resource: str, region: str
    ) -> tuple[Simulated, ...] | None:
        del region
        self._ask("simulate")
        decisions = [self.decide(principal, action, resource) for action in actions]
        return None if None in decisions else tuple(each for each in decisions if each is not None)


@dataclass(kw_only=True)
class FakeDelegations:
    """`Delegations` that answer from values; a zone that is not named is delegated to `SERVERS`."""

    zones: Mapping[str, Delegation] = field(default_factory=dict)

    def zone_of(self, domain: str) -> str:
        return domain

    def of(self, zone: str, *, servers: Sequence[str] = ()) -> Delegation:
        return self.zones.get(zone, Delegation(name_servers=tuple(servers) or SERVERS))


def codes(findings: Sequence[Finding]) -> list[tuple[str, str]]:
    """Severity and code of each."""
    return [(str(finding.severity), finding.code) for finding in findings]


def told_before(findings: Iterator[Finding]) -> tuple[list[Finding], AccessError | None]:
    """What is told, and the error that ends it."""
    told = []
    try:
        for finding in findings:
            told.append(finding)  # noqa: PERF402 - what came before the error is wanted
    except AccessError as error:
        return told, error
    return told, None
