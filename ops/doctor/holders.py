"""Whose a thing is: of a stack of the environment, of another one, or of none that CloudFormation knows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from threading import Lock

from ops.doctor.ports import StackResource, StacksGateway
from ops.errors import AccessError
from stacks.config import MailEnvironment
from stacks.stack_names import stack_names_in

_RECORD_SET = "AWS::Route53::RecordSet"
_ZONE = "AWS::Route53::HostedZone"


@dataclass(frozen=True, kw_only=True)
class Holder:
    """Who holds a thing.

    Attributes:
        ours: Whether a stack of the environment does: the deploy changes it, and makes no second one.
        held: Whether any stack does, as far as is known.
        text: For people.
        error: Why it is not known, or None.
    """

    ours: bool = False
    held: bool = False
    text: str
    error: AccessError | None = None


class Holders:
    """Reads each stack of the environment at most once.

    `DescribeStackResources` by a physical id tells of one resource only, where several have that id: what is
    ours is looked for in our own stacks.

    Args:
        environment: The environment.
        gateway: Read access to its account.
        regions: Those of its Regions that can be asked.
    """

    def __init__(self, environment: MailEnvironment, gateway: StacksGateway, regions: Sequence[str]) -> None:
        self._environment = environment
        self._gateway = gateway
        self._resources: dict[str, frozenset[StackResource] | AccessError] = {}
        self._locks: Mapping[str, Lock] = {region: Lock() for region in regions}

    def holder(self, resource_type: str, physical_id: str, *, region: str) -> Holder:
        """Who holds a resource."""
        ours = self._ours(region)
        if isinstance(ours, AccessError):
            return _not_known(ours)
        if StackResource(type=resource_type, physical_id=physical_id) in ours:
            return Holder(ours=True, held=True, text="a stack of the environment holds it")
        try:
            stack = self._gateway.stack_that_holds(physical_id, resource_type=resource_type, region=region)
        except AccessError as error:
            return _not_known(error)
        if stack is None:
            return Holder(text="no stack holds it: it was made by hand, or stayed when a stack was deleted")
        return Holder(held=True, text=f"the stack {stack} holds it")

    def record_holder(self, name: str) -> Holder:
        """Who holds the record sets of a name: a stack in any Region, since DNS has none."""
        return self._anywhere(_RECORD_SET, name)

    def zone_holder(self, zone_id: str) -> Holder:
        """Who holds a hosted zone."""
        return self._anywhere(_ZONE, zone_id)

    def _anywhere(self, resource_type: str, physical_id: str) -> Holder:
        for region in self._locks:
            ours = self._ours(region)
            if isinstance(ours, AccessError):
                return _not_known(ours)
            if any(
                resource.type == resource_type
                and resource.physical_id.removesuffix(".").lower() == physical_id.lower()
                for resource in ours
            ):
                return Holder(ours=True, held=True, text="a stack of the environment holds it")
        return Holder(text="no stack of the environment holds it")

    def _ours(self, region: str) -> frozenset[StackResource] | AccessError:
        with self._locks[region]:
            if region not in self._resources:
                self._resources[region] = self._read(region)
            return self._resources[region]

    def _read(self, region: str) -> frozenset[StackResource] | AccessError:
        try:
            return frozenset(
                resource
                for name in stack_names_in(self._environment, region)
                for resource in self._gateway.stack_resources(name, region=region) or ()
            )
        except AccessError as error:
            return error


def _not_known(error: AccessError) -> Holder:
    return Holder(text="whose it is, is not known", error=error)
