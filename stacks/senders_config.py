"""What an environment says about who may send. Nothing here loads the CDK."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from constructs_lib.domain_name import is_within
from constructs_lib.errors import ConfigurationError
from constructs_lib.sending.send_conditions import SendConditions
from stacks.config_errors import environment_invalid, require_tuples

_NAME: Final = re.compile(r"[a-z][a-z0-9-]{0,31}")


@dataclass(frozen=True, kw_only=True)
class Sender:
    """An application of this account that may send, by the SES API or by SMTP.

    Attributes:
        name: 1 to 32 lower case letters, digits and hyphens. Applications find their managed policy
            ``<environment>-send-<name>`` or secret ``<environment>/smtp/<Region>/<name>`` by it.
        conditions: What its messages must be like; at least one From address, of domains of this
            environment that are sent for from the same Regions.
        templates: Names of templates that it may send. Default: none.
        sandbox_recipients: Identities of recipients while the account is in the SES sandbox.
        smtp: Whether it gets SMTP credentials in place of the managed policy. Prefer the API: a role needs
            no credentials of its own.

    Raises:
        ConfigurationError: ``environment-invalid``.
    """

    name: str
    conditions: SendConditions
    templates: tuple[str, ...] = ()
    sandbox_recipients: tuple[str, ...] = ()
    smtp: bool = False

    def __post_init__(self) -> None:
        _require_name("senders", self.name)
        require_tuples(self, option=f"senders: {self.name}")
        if not self.conditions.from_addresses:
            raise environment_invalid(
                f"senders: {self.name}: conditions",
                "at least one From address: it says which domains the sender uses.",
                self.conditions.from_addresses,
                'write SendConditions(from_addresses=("billing@example.com",))',
            )
        if self.smtp and self.templates:
            raise environment_invalid(
                f"senders: {self.name}: templates",
                "SMTP has no templates: messages are raw.",
                self.templates,
                "leave templates out, or send by the API",
            )

    def domains_among(self, declared: Iterable[str]) -> tuple[str, ...]:
        """The declared domains whose identities its messages use, each once, sorted.

        SES uses the identity of the longest name that the From address is within (SES Developer Guide,
        creating and verifying identities).

        Raises:
            ConfigurationError: ``from-address-outside-identity``.
        """
        names = sorted(declared, key=len, reverse=True)
        found: set[str] = set()
        for address in self.conditions.from_addresses:
            written = address.rpartition("@")[2]
            domain = written.removeprefix("*.")
            home = next((name for name in names if is_within(domain, name)), None)
            if home is None:
                raise ConfigurationError(
                    "from-address-outside-identity",
                    option=f"senders: {self.name}: from_addresses",
                    rule="addresses of domains of the environment: " + ", ".join(sorted(names)) + ".",
                    got=address,
                    fix="declare the domain in `domains`, or use an address of one that is declared",
                )
            found.add(home)
            if written != domain:
                found |= {name for name in names if is_within(name, domain)}
        return tuple(sorted(found))


@dataclass(frozen=True, kw_only=True)
class Delegate:
    """Another account that may send with a domain of this environment.

    Attributes:
        name: 1 to 32 lower case letters, digits and hyphens; what it is called in outputs.
        account: The other account's id, 12 digits as text.
        domain: The domain, declared in this environment. It may send in each Region of it.
        conditions: What its messages must be like; ``SendConditions()`` allows any address of the domain.
        principals: Its roles or users, as ``role/Newsletter``. Default: whomever its administrators allow to.

    Raises:
        ConfigurationError: ``environment-invalid``. Account and principals are checked where the
            authorization is built.
    """

    name: str
    account: str
    domain: str
    conditions: SendConditions
    principals: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        _require_name("delegates", self.name)
        require_tuples(self, option=f"delegates: {self.name}")


def _require_name(option: str, name: str) -> None:
    if not _NAME.fullmatch(name):
        raise environment_invalid(
            f"{option}: name",
            "1 to 32 lower case letters, digits and hyphens, a letter first.",
            name,
            "choose such a name and keep it: it is a part of other names",
        )
