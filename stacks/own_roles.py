"""The roles of an environment's own functions, which change Amazon SES or send for it like the deployment.

Nothing here loads the CDK.
"""

from collections.abc import Iterable, Iterator
from typing import Final

from stacks.config import MailEnvironment
from stacks.stack_names import access_stack_name, identity_stack_name, receiving_stack_name

_KEPT: Final = 20
"""Characters of a stack's name that a role's name is sure to begin with: CloudFormation shortens both to fit
IAM's 64 with the logical id and a random part, and does not document how."""


def own_roles(config: MailEnvironment, regions: Iterable[str]) -> tuple[str, ...]:
    """The beginnings of their names, as `known_principals` takes them, each once, sorted."""
    names = {name[:_KEPT] for region in regions for name in _stacks(config, region)}
    return tuple(f"role/{name}*" for name in sorted(names))


def _stacks(config: MailEnvironment, region: str) -> Iterator[str]:
    """Stacks whose functions make calls that are watched: rule sets, forwarding, policies, tokens."""
    if region in config.receiving_regions:
        yield receiving_stack_name(config, region)
    if config.delegates:
        yield access_stack_name(config, region)
    for domain in config.domains:
        if domain.legacy_txt and region in config.regions_of(domain):
            yield identity_stack_name(config, domain, region)
