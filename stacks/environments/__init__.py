"""The environments: one module each, collected here. The only place that knows their names."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from constructs_lib.errors import ConfigurationError
from stacks.config import MailEnvironment
from stacks.environments.dev import DEV
from stacks.environments.local import LOCAL
from stacks.environments.prod import PROD

ENVIRONMENTS: Final[Mapping[str, MailEnvironment]] = MappingProxyType(
    {environment.name: environment for environment in (LOCAL, DEV, PROD)}
)


def environment(name: str) -> MailEnvironment:
    """Return an environment by name.

    Raises:
        ConfigurationError: ``environment-unknown``, listing what is known.
    """
    if name in ENVIRONMENTS:
        return ENVIRONMENTS[name]
    raise ConfigurationError(
        "environment-unknown",
        option="ENV",
        rule="an environment declared in stacks/environments.",
        got=name,
        fix="use one of "
        + ", ".join(ENVIRONMENTS)
        + ", or add yours to ENVIRONMENTS in stacks/environments/__init__.py",
    )
