"""The names that the operator's commands make are those of the stacks that are deployed."""

from dataclasses import replace

import aws_cdk as cdk
import pytest

from constructs_lib.identity.dns import ExternalDns
from stacks.config import MailEnvironment
from stacks.domain_config import MailDomain
from stacks.environments import ENVIRONMENTS
from stacks.identity_stack import IdentityStack
from stacks.mail_stage import MailStage
from stacks.stack_names import identity_stack_name
from tests.own_environment import DEV

HYPHENS = replace(
    DEV,
    name="hyphens",
    domains=tuple(MailDomain(domain=name, dns=ExternalDns()) for name in ("a-b.example", "a.b.example")),
    senders=(),
    delegates=(),
)


@pytest.mark.parametrize("config", [*ENVIRONMENTS.values(), HYPHENS], ids=lambda config: config.name)
def test_every_identity_is_looked_for_in_its_stack(config: MailEnvironment) -> None:
    stage = MailStage(cdk.App(), config.name, config=config)
    real = {
        (str(identity.node.id), stack.region): stack.stack_name
        for stack in stage.node.children
        if isinstance(stack, IdentityStack)
        for identity in stack.identities
    }
    ours = {
        (domain.domain, region): identity_stack_name(config, domain, region)
        for domain in config.domains
        for region in config.regions_of(domain)
    }
    assert ours == real
