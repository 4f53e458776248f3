"""What the doctor asks of AWS, as plain values: the gateways answer, tests can too."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from ops.ports import ActiveRuleSet, ZoneGateway


class Kind(StrEnum):
    """A kind of thing that the deploy gives a stable name, in the words of its service."""

    IDENTITY = "identity"
    CONFIGURATION_SET = "configuration set"
    RULE_SET = "receipt rule set"
    TEMPLATE = "custom verification template"
    TOPIC = "topic"
    QUEUE = "queue"
    SECRET = "secret"  # noqa: S105 - a kind, no password
    POLICY = "managed policy"
    ROLE = "role"
    RULE = "rule of the default bus"

    @property
    def resource_type(self) -> str:
        """What CloudFormation calls it."""
        return _RESOURCE_TYPES[self]


_RESOURCE_TYPES = {
    Kind.IDENTITY: "AWS::SES::EmailIdentity",
    Kind.CONFIGURATION_SET: "AWS::SES::ConfigurationSet",
    Kind.RULE_SET: "AWS::SES::ReceiptRuleSet",
    Kind.TEMPLATE: "AWS::SES::CustomVerificationEmailTemplate",
    Kind.TOPIC: "AWS::SNS::Topic",
    Kind.QUEUE: "AWS::SQS::Queue",
    Kind.SECRET: "AWS::SecretsManager::Secret",
    Kind.POLICY: "AWS::IAM::ManagedPolicy",
    Kind.ROLE: "AWS::IAM::Role",
    Kind.RULE: "AWS::Events::Rule",
}


@dataclass(frozen=True, kw_only=True)
class Existing:
    """A thing that is there.

    Attributes:
        physical_id: What CloudFormation knows it by.
        note: What else is to be said of it; empty for nothing.
        import_id: What an import identifies it by. Default: the physical id.
    """

    physical_id: str
    note: str = ""
    import_id: str = ""


@dataclass(frozen=True, kw_only=True)
class Caller:
    """Whose credentials these are (STS API, GetCallerIdentity)."""

    account: str
    arn: str


@dataclass(frozen=True, kw_only=True)
class SendingAccount:
    """SES in one Region (SES API v2, GetAccount).

    Attributes:
        production: Whether it is out of the sandbox.
        sending: Whether sending is enabled.
        enforcement: ``HEALTHY``, ``PROBATION`` or ``SHUTDOWN``; empty where SES does not say.
        most_a_day: Messages by recipient that SES takes in 24 hours; -1 for no limit.
        sent: Messages of the last 24 hours.
        suppressed_reasons: Why addresses come onto the suppression list; empty for never.
    """

    production: bool
    sending: bool
    enforcement: str
    most_a_day: float
    sent: float
    suppressed_reasons: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class StackResource:
    """One resource of a stack (CloudFormation API, ListStackResources)."""

    type: str
    physical_id: str


@dataclass(frozen=True, kw_only=True)
class HostedZone:
    """A hosted zone (Route 53 API, GetHostedZone).

    Attributes:
        name: Without trailing dot.
        private: Whether only VPCs see it.
        name_servers: Its delegation set, without trailing dots.
    """

    name: str
    private: bool
    name_servers: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Simulated:
    """What IAM would decide about one action.

    Attributes:
        action: The action.
        allowed: Whether it would be allowed.
        certain: Whether the decision needed no value that only a real call has.
    """

    action: str
    allowed: bool
    certain: bool = True


class NamesGateway(Protocol):
    """Things by their names."""

    def existing(self, kind: Kind, name: str, *, region: str, account: str) -> Existing | None:
        """The thing of that name, or None."""


class StacksGateway(Protocol):
    """Which stack holds what."""

    def stack_resources(self, stack_name: str, *, region: str) -> tuple[StackResource, ...] | None:
        """The resources of a stack, or None when there is none of that name."""

    def stack_that_holds(self, physical_id: str, *, resource_type: str, region: str) -> str | None:
        """The name of any stack that holds a resource, or None when CloudFormation knows none."""


class PermissionsGateway(Protocol):
    """What somebody may do."""

    def role_arn(self, name: str) -> str | None:
        """The ARN of a role with its path, or None when there is no such role."""

    def simulate(
        self, principal: str, actions: tuple[str, ...], *, resource: str, region: str
    ) -> tuple[Simulated, ...] | None:
        """What IAM would decide, in the order of the actions; None when there is no such principal."""


class DoctorGateway(NamesGateway, StacksGateway, PermissionsGateway, ZoneGateway, Protocol):
    """Read access to the account.

    Every method raises an `ops.errors.AccessError` when it cannot answer.
    """

    def caller(self) -> Caller:
        """Whose credentials these are."""

    def sending_account(self, *, region: str) -> SendingAccount:
        """SES in one Region."""

    def suppressed(self, address: str, *, region: str) -> str | None:
        """Why an address is on the account's suppression list, or None."""

    def active_rule_set(self, *, region: str) -> ActiveRuleSet | None:
        """The active receipt rule set of a Region, or None."""

    def hosted_zone(self, zone_id: str) -> HostedZone | None:
        """A hosted zone, or None when the account has no such zone."""

    def bootstrap_version(self, *, region: str) -> int | None:
        """The version of the CDK's bootstrap stack in a Region, or None."""
