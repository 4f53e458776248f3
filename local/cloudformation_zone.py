"""The name servers of an ``AWS::Route53::HostedZone``, which the emulator tells otherwise than its own API.

Template reference: ``NameServers`` are those of the zone's delegation set, which its NS record holds too.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from local import emulator

RESOURCE_TYPE: Final = "AWS::Route53::HostedZone"

Properties = Mapping[str, Any]
Made = tuple[str, dict[str, Any]]


@dataclass(frozen=True, kw_only=True)
class HostedZoneType:
    """The resource type's handlers; parameter names and order are the emulator's.

    Attributes:
        create_inner: The emulator's own.
        update_inner: As above.
    """

    create_inner: Callable[[str, Properties, str], Made]
    update_inner: Callable[..., Made]

    def create(self, logical_id: str, props: Properties, stack_name: str) -> Made:
        """Create the zone."""
        return _with_name_servers(self.create_inner(logical_id, props, stack_name))

    def update(
        self,
        physical_id: str,
        old_props: Properties,
        new_props: Properties,
        stack_name: str,
        logical_id: str | None = None,
    ) -> Made:
        """Update the zone."""
        return _with_name_servers(
            self.update_inner(physical_id, old_props, new_props, stack_name, logical_id=logical_id)
        )


def _with_name_servers(made: Made) -> Made:
    zone_id, attributes = made
    servers = next(
        record["ResourceRecords"]
        for record in emulator.records()[emulator.account_id(), zone_id]
        if record["Type"] == "NS"
    )
    return zone_id, attributes | {"NameServers": [server.removesuffix(".") for server in servers]}
