"""What several commands take and answer alike: the environment, its domains, exit codes."""

import re
from datetime import timedelta
from typing import Annotated, Final

import typer

from constructs_lib.domain_name import normalize_domain
from stacks.config import MailEnvironment
from stacks.domain_config import MailDomain
from stacks.environments import ENVIRONMENTS

NOT_ALL_WELL: Final = 1
"""Exit code: the answer is there, and something is not as it should be."""

SECONDS_PER_MINUTE: Final = 60

EnvironmentName = Annotated[
    str, typer.Argument(metavar="ENV", help=f"Environment: {', '.join(ENVIRONMENTS)}.", show_default=False)
]


_UNITS: Final = {"m": "minutes", "h": "hours", "d": "days"}


def period(text: str) -> timedelta:
    """A period as an operator writes it, such as ``24h``.

    Raises:
        BadParameter: It is none.
    """
    found = re.fullmatch(r"([1-9][0-9]{0,4})([mhd])", text)
    if found is None:
        raise typer.BadParameter("a number and m, h or d, such as 24h")
    return timedelta(**{_UNITS[found[2]]: int(found[1])})


def declared_domain(config: MailEnvironment, domain: str, *, option: str) -> MailDomain:
    """The domain of an environment that an operator names, in any spelling.

    Raises:
        ConfigurationError: the codes of `normalize_domain`.
        BadParameter: The environment has no such domain.
    """
    name = normalize_domain(domain, option=option)
    for declared in config.domains:
        if declared.domain == name:
            return declared
    names = ", ".join(declared.domain for declared in config.domains)
    raise typer.BadParameter(f"{name} is not a domain of {config.name}; it has {names}")
