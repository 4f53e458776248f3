"""The single addresses of one environment in one Region, which SES verifies by its own mail."""

from constructs import Construct

from constructs_lib.identity.address_identity import AddressIdentities
from stacks.config import MailEnvironment
from stacks.region_stack import RegionStack
from stacks.retention import removal_policy


class AddressStack(RegionStack):
    """Addresses with a template are no part of it: SES would send them its own mail too."""

    def __init__(self, scope: Construct, construct_id: str, *, config: MailEnvironment, region: str) -> None:
        super().__init__(
            scope,
            construct_id,
            config=config,
            region=region,
            description="Amazon SES: single addresses that may send",
        )
        AddressIdentities(
            self,
            "Addresses",
            addresses=[each.address for each in config.addresses_in(region) if each.is_made],
            configuration_set_name=config.configuration_set_name,
            removal_policy=removal_policy(config),
        )
