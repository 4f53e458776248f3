"""What of an environment is there already and can be imported into its stacks: pure, on ports.

``cdk import`` asks for each resource what it is called in the account. This answers for it: by the names in
the templates, and only for what is there, is in no stack, and needs nothing that is not there.

Sources: CloudFormation User Guide, "Import AWS resources into a CloudFormation stack"; the primary
identifiers in the resource schemas. Record sets are left out: their identifier has a part, ``SetIdentifier``,
that mail records do not have, and users report that they cannot be imported
(cloudformation-coverage-roadmap, issue 560).
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, Protocol

from ops.doctor.holders import Holders
from ops.doctor.ports import Existing, Kind, NamesGateway
from ops.ports import ZoneGateway
from stacks.config import MailEnvironment

_ZONE: Final = "AWS::Route53::HostedZone"
_ZONE_KEY: Final = "Id"


@dataclass(frozen=True, kw_only=True)
class _Identifier:
    """How a kind of thing is found and imported.

    Attributes:
        name_property: The property of a template that holds its name.
        key: The property that identifies it for an import.
    """

    name_property: str
    key: str


_IDENTIFIERS: Final = {
    Kind.IDENTITY: _Identifier(name_property="EmailIdentity", key="EmailIdentity"),
    Kind.CONFIGURATION_SET: _Identifier(name_property="Name", key="Name"),
    Kind.RULE_SET: _Identifier(name_property="RuleSetName", key="RuleSetName"),
    Kind.TEMPLATE: _Identifier(name_property="TemplateName", key="TemplateName"),
    Kind.TOPIC: _Identifier(name_property="TopicName", key="TopicArn"),
    Kind.QUEUE: _Identifier(name_property="QueueName", key="QueueUrl"),
    Kind.SECRET: _Identifier(name_property="Name", key="Id"),
    Kind.POLICY: _Identifier(name_property="ManagedPolicyName", key="PolicyArn"),
    Kind.ROLE: _Identifier(name_property="RoleName", key="RoleName"),
    Kind.RULE: _Identifier(name_property="Name", key="Arn"),
}
_KINDS: Final = {kind.resource_type: kind for kind in Kind}


class Stack(Protocol):
    """A synthesized stack, as `ops.synthesis` gives it."""

    @property
    def path(self) -> str:
        """How the CDK selects it."""

    @property
    def name(self) -> str:
        """Its name."""

    @property
    def region(self) -> str:
        """Its Region."""

    @property
    def template(self) -> Mapping[str, Any]:
        """Its template."""


class AdoptionGateway(NamesGateway, ZoneGateway, Protocol):
    """What is there under a name."""


@dataclass(frozen=True, kw_only=True)
class Found:
    """A thing that is there and that a stack is to have.

    Attributes:
        logical_id: Its logical id in the template.
        resource_type: Its type.
        name: Its name.
        key: The property that identifies it.
        identifier: That property's value.
        why_not: Why it cannot be imported; empty where it can.
    """

    logical_id: str
    resource_type: str
    name: str
    key: str
    identifier: str
    why_not: str = ""


@dataclass(frozen=True, kw_only=True)
class StackImport:
    """What is there of one stack.

    Attributes:
        stack: The stack.
        found: What is there and not in it.
    """

    stack: Stack
    found: tuple[Found, ...]

    @property
    def mapping(self) -> dict[str, dict[str, str]]:
        """What ``cdk import --resource-mapping`` reads."""
        return {each.logical_id: {each.key: each.identifier} for each in self.found if not each.why_not}


def find_imports(
    environment: MailEnvironment, stacks: Iterable[Stack], gateway: AdoptionGateway, holders: Holders
) -> Iterator[StackImport]:
    """What is there of each stack; stacks of which nothing is there are left out.

    Raises:
        AccessError: AWS could not be asked what is there, or whose it is.
        ZoneAmbiguousError: Several public zones have the name of a zone that the deploy makes.
    """
    search = _Search(account=environment.account, gateway=gateway, holders=holders)
    for stack in stacks:
        resources = stack.template["Resources"]
        found = {
            each.logical_id: each
            for logical_id, resource in resources.items()
            if (each := search.find(logical_id, resource, region=stack.region)) is not None
        }
        if found:
            yield StackImport(stack=stack, found=_without_what_misses_something(found, resources))


@dataclass(frozen=True, kw_only=True)
class _Search:
    """Looks for resources of templates.

    Attributes:
        account: The account of the environment.
        gateway: Read access to it.
        holders: Whose a thing is.
    """

    account: str
    gateway: AdoptionGateway
    holders: Holders

    def find(self, logical_id: str, resource: Mapping[str, Any], *, region: str) -> Found | None:
        """A thing that is there, unless a stack of the environment has it."""
        resource_type = resource["Type"]
        there = self._there(resource_type, resource.get("Properties", {}), region)
        if there is None:
            return None
        name, key, existing = there
        holder = self.holders.holder(resource_type, existing.physical_id, region=region)
        if holder.error is not None:
            raise holder.error
        if holder.ours:
            return None
        return Found(
            logical_id=logical_id,
            resource_type=resource_type,
            name=name,
            key=key,
            identifier=existing.import_id or existing.physical_id,
            why_not=holder.text if holder.held else "",
        )

    def _there(
        self, resource_type: str, properties: Mapping[str, Any], region: str
    ) -> tuple[str, str, Existing] | None:
        """Name and identifying property of what is there, and what AWS says of it."""
        if resource_type == _ZONE:
            zone_name = str(properties["Name"]).removesuffix(".")
            zone_id = self.gateway.public_zone_id(zone_name)
            return None if zone_id is None else (zone_name, _ZONE_KEY, Existing(physical_id=zone_id))
        kind = _KINDS.get(resource_type)
        name = properties.get(_IDENTIFIERS[kind].name_property) if kind else None
        if kind is None or not isinstance(name, str):
            return None
        there = self.gateway.existing(kind, name, region=region, account=self.account)
        return None if there is None else (name, _IDENTIFIERS[kind].key, there)


def _without_what_misses_something(
    found: Mapping[str, Found], resources: Mapping[str, Mapping[str, Any]]
) -> tuple[Found, ...]:
    """Say why not of each that refers to what is not imported with it: CloudFormation refuses it."""
    told = dict(found)
    while True:
        imported = {logical_id for logical_id, each in told.items() if not each.why_not}
        changed = False
        for logical_id in imported:
            missing = [
                resources[other]["Type"]
                for other in _references(resources[logical_id])
                if other in resources and other not in imported
            ]
            if missing:
                why_not = "it refers to what the deploy makes: " + ", ".join(sorted(set(missing)))
                told[logical_id] = replace(told[logical_id], why_not=why_not)
                changed = True
        if not changed:
            return tuple(told.values())


def _references(value: object) -> Iterator[str]:
    """The logical ids that a part of a template names."""
    if isinstance(value, list):
        for each in value:
            yield from _references(each)
    elif isinstance(value, Mapping):
        for key, each in value.items():
            if key == "Ref" and isinstance(each, str):
                yield each
            elif key == "Fn::GetAtt" and isinstance(each, list):
                yield str(each[0])
            elif key == "DependsOn":
                yield from [each] if isinstance(each, str) else each
            else:
                yield from _references(each)
