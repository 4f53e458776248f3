"""One environment as a CDK stage: ``cdk deploy 'prod/*'`` deploys all of it."""

import aws_cdk as cdk
from constructs import Construct

from stacks.access_stack import AccessStack
from stacks.address_stack import AddressStack
from stacks.config import MailDomain, MailEnvironment
from stacks.identity_stack import IdentityStack
from stacks.sending_stack import SendingStack
from stacks.stack_names import address_stack_id, identity_stack_id, unit_of
from stacks.template_stack import TemplateStack


class MailStage(cdk.Stage):
    """The stacks of one environment.

    Per Region one `SendingStack` and, after it, an `IdentityStack` for each domain (or for the domains of
    a zone that this deploy makes), then an `AccessStack` where anybody may send and a `TemplateStack` where
    there are templates; an `AddressStack` where there are single addresses. A stack's id is made of what it
    is for, never of a position in a list, so that reordering an environment file changes nothing.
    """

    def __init__(self, scope: Construct, construct_id: str, *, config: MailEnvironment) -> None:
        super().__init__(scope, construct_id)
        for key, value in config.tags.items():
            cdk.Tags.of(self).add(key, value)
        for region in config.regions:
            sending = SendingStack(self, f"Sending-{region}", config=config, region=region)
            identities = []
            for name, domains in _units(config, region).items():
                identity = IdentityStack(
                    self, identity_stack_id(name, region), config=config, domains=domains, region=region
                )
                identity.add_stack_dependency(
                    sending, "identities name the configuration set as their default"
                )
                identities.append(identity)
            if any(each.template is None for each in config.addresses_in(region)):
                addresses = AddressStack(self, address_stack_id(region), config=config, region=region)
                addresses.add_stack_dependency(
                    sending, "identities name the configuration set as their default"
                )
            if config.templates_in(region):
                templates = TemplateStack(self, f"Templates-{region}", config=config, region=region)
                for identity in identities:
                    templates.add_stack_dependency(identity, "a template's sender is verified first")
            if config.has_access(region):
                access = AccessStack(self, f"Access-{region}", config=config, region=region)
                for identity in identities:
                    access.add_stack_dependency(identity, "permissions are put on identities that exist")


def _units(config: MailEnvironment, region: str) -> dict[str, list[MailDomain]]:
    """The domains of one Region by the domain or created zone that their stack is named after."""
    units: dict[str, list[MailDomain]] = {}
    for domain in config.domains:
        if region in config.regions_of(domain):
            units.setdefault(unit_of(domain), []).append(domain)
    return units
