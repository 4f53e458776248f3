"""One environment as a CDK stage: ``cdk deploy 'prod/*'`` deploys all of it."""

from collections.abc import Sequence
from typing import Final

import aws_cdk as cdk
from constructs import Construct

from stacks.access_stack import AccessStack
from stacks.address_stack import AddressStack
from stacks.audit_stack import AuditStack
from stacks.config import MailEnvironment
from stacks.domain_config import MailDomain
from stacks.identity_stack import IdentityStack
from stacks.monitoring_stack import MonitoringStack
from stacks.receiving_stack import ReceivingStack
from stacks.sending_stack import SendingStack
from stacks.stack_names import (
    access_stack_id,
    address_stack_id,
    audit_stack_id,
    identity_stack_id,
    monitoring_stack_id,
    receiving_stack_id,
    sending_stack_id,
    template_stack_id,
    unit_of,
)
from stacks.template_stack import TemplateStack

_DEFAULT_SET: Final = "identities name the configuration set as their default"


class MailStage(cdk.Stage):
    """The stacks of one environment.

    Per Region one `SendingStack` and, after it, an `IdentityStack` for each domain (or for the domains of
    a zone that this deploy makes), then an `AccessStack` where anybody may send and a `TemplateStack` where
    there are templates; an `AddressStack` where there are single addresses, a `ReceivingStack` where mail
    comes in, a `MonitoringStack` where anybody watches, an `AuditStack` where calls are
    watched. A stack's id is made of what it is for, never of a position in a list, so that reordering an
    environment file changes nothing.
    """

    def __init__(self, scope: Construct, construct_id: str, *, config: MailEnvironment) -> None:
        super().__init__(scope, construct_id)
        for key, value in config.tags.items():
            cdk.Tags.of(self).add(key, value)
        for region in config.regions:
            tellers: list[cdk.Stack] = []
            if config.audit is not None:
                tellers.append(
                    AuditStack(self, audit_stack_id(region), config=config, audit=config.audit, region=region)
                )
            sending = (
                SendingStack(self, sending_stack_id(region), config=config, region=region)
                if config.makes_sending()
                else None
            )
            if sending is not None and config.feedback.forwards_in(region):
                tellers.append(sending)
            identities = []
            for name, domains in _units(config, region).items():
                identity = IdentityStack(
                    self, identity_stack_id(name, region), config=config, domains=domains, region=region
                )
                if sending is not None:
                    identity.add_stack_dependency(sending, _DEFAULT_SET)
                identities.append(identity)
            addresses = None
            if any(each.is_made for each in config.addresses_in(region)):
                addresses = AddressStack(self, address_stack_id(region), config=config, region=region)
                if sending is not None:
                    addresses.add_stack_dependency(sending, _DEFAULT_SET)
            self._add_what_needs_identities(config, region, identities, addresses, tellers)

    def _add_what_needs_identities(
        self,
        config: MailEnvironment,
        region: str,
        identities: Sequence[IdentityStack],
        addresses: AddressStack | None,
        tellers: list[cdk.Stack],
    ) -> None:
        """What is put on identities, is sent from them or comes in for them; and who hears alarms."""
        later: list[tuple[cdk.Stack, str]] = []
        if config.templates_in(region):
            templates = TemplateStack(self, template_stack_id(region), config=config, region=region)
            later.append((templates, "a template's sender is verified first"))
            if addresses is not None and _sent_from_addresses(config, region):
                templates.add_stack_dependency(addresses, "a template's sender is verified first")
        if config.receiving is not None and region in config.receiving_regions:
            receiving = ReceivingStack(
                self, receiving_stack_id(region), config=config, receiving=config.receiving, region=region
            )
            later.append((receiving, "SES receives mail for identities that exist"))
            tellers.append(receiving)
        if config.has_access(region):
            access = AccessStack(self, access_stack_id(region), config=config, region=region)
            later.append((access, "permissions are put on identities that exist"))
            tellers.append(access)
        if config.monitoring is not None:
            monitoring = MonitoringStack(
                self, monitoring_stack_id(region), config=config, monitoring=config.monitoring, region=region
            )
            for teller in tellers:
                teller.add_stack_dependency(monitoring, "alarms tell a topic that exists")
        for stack, reason in later:
            for identity in identities:
                stack.add_stack_dependency(identity, reason)


def _sent_from_addresses(config: MailEnvironment, region: str) -> bool:
    """Whether a template of a Region is sent from an address that is an identity of its own."""
    return any("@" in config.identity_of(template) for template in config.templates_in(region))


def _units(config: MailEnvironment, region: str) -> dict[str, list[MailDomain]]:
    """The domains of one Region by the domain or created zone that their stack is named after."""
    units: dict[str, list[MailDomain]] = {}
    for domain in config.domains:
        if region in config.regions_of(domain) and config.makes_identity(domain, region):
            units.setdefault(unit_of(domain), []).append(domain)
    return units
