"""Who may send what, as IAM statements: identities, configuration set, templates, conditions.

One statement names the ARNs of identities, configuration set and templates together, because SES asks IAM
about each of them, and holds only under the given `SendConditions`. No action and no resource is a wildcard.

Example::

    SendPermission(
        identities=("example.com",), configuration_set="transactional",
        conditions=SendConditions(from_addresses=("billing@example.com",)),
    ).statements(stack)
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.domain_name import is_token, is_within, normalize_domain
from constructs_lib.email_address import normalize_address
from constructs_lib.errors import ConfigurationError
from constructs_lib.regions import require_ses_region
from constructs_lib.sending.configuration_set_name import require_configuration_set_name
from constructs_lib.sending.send_conditions import SendConditions

if TYPE_CHECKING:
    from aws_cdk import aws_iam as iam
    from constructs import Construct

_PLAIN_ACTIONS: Final = ("ses:SendEmail", "ses:SendRawEmail")
_TEMPLATE_ACTIONS: Final = ("ses:SendTemplatedEmail", "ses:SendBulkTemplatedEmail", "ses:SendBulkEmail")
_SMTP_ACTIONS: Final = ("ses:SendRawEmail",)
_TEMPLATE_NAME: Final = re.compile(r"[A-Za-z0-9._-]+")


@dataclass(frozen=True, kw_only=True)
class SendPermission:
    """Permission to send with some identities of the stack's account.

    Sources: Service Authorization Reference, Amazon SES (the resources and keys of each action); SES
    Developer Guide, creating identities (a domain covers its subdomains and all addresses).

    Attributes:
        identities: Verified domains and addresses.
        configuration_set: The one that sends use, by name or as the default of the identity. Default: none,
            and SES denies a send that uses one.
        templates: Names of templates. They bring the actions for templates, ``SendBulkEmail`` only where no
            condition needs a key that SES does not pass with it: those of addresses and display names.
        conditions: Default: any From address of the identities, any recipient.
        regions: Where it may send. Default: the Region of the stack.
        sandbox_recipients: Identities of the recipients. While an account is in the SES sandbox, SES asks
            about them as well. Nobody can send from them: the From address stays one of `identities`.

    Raises:
        ConfigurationError: ``from-address-outside-identity``, ``send-permission-invalid``,
            ``configuration-set-name-invalid``, ``region-without-ses``, the codes of addresses and domains.
    """

    identities: Sequence[str]
    configuration_set: str | None = None
    templates: Sequence[str] = ()
    conditions: SendConditions = field(default_factory=SendConditions)
    regions: Sequence[str] = ()
    sandbox_recipients: Sequence[str] = ()

    def __post_init__(self) -> None:
        for option in ("identities", "sandbox_recipients"):
            names = tuple(identity_name(name, option) for name in _names(self, option))
            object.__setattr__(self, option, names)
        if not self.identities:
            raise _invalid("identities", (), "name the domain or address to send from")
        if self.configuration_set is not None:
            require_configuration_set_name(self.configuration_set, option="configuration_set")
        for template in _names(self, "templates"):
            if not is_token(template) and not _TEMPLATE_NAME.fullmatch(template):
                raise _invalid("templates", template, "write the name of one template, without a wildcard")
        for region in _names(self, "regions"):
            require_ses_region(region, option="regions")
        for address in self.conditions.from_addresses:
            if not any(_covers(identity, address) for identity in self.identities):
                raise ConfigurationError(
                    "from-address-outside-identity",
                    option="from_addresses",
                    rule="an identity covers its domain and the subdomains of it, or its one address.",
                    got=address,
                    fix=f"use an address of {' or '.join(self.identities)}, or name the identity it is of",
                )

    def statements(self, scope: "Construct") -> "list[iam.PolicyStatement]":
        """The statements for a principal that calls the SES API."""
        return _as_statements(self.statement(scope))

    def smtp_statements(self, scope: "Construct") -> "list[iam.PolicyStatement]":
        """The statements for a user of the SMTP interface, which sends raw messages and no templates."""
        return _as_statements(self.statement(scope, smtp=True))

    def statement(self, scope: "Construct", *, smtp: bool = False) -> dict[str, Any]:
        """One statement as plain data, with the partition, account and Region of a construct's stack.

        Raises:
            ConfigurationError: ``send-permission-invalid`` where SES passes some condition's key with none
                of the actions.
        """
        templates = () if smtp else self.templates
        actions = _SMTP_ACTIONS if smtp else _PLAIN_ACTIONS + (_TEMPLATE_ACTIONS if templates else ())
        conditions = self.conditions
        if self.sandbox_recipients and not conditions.from_addresses:
            # A recipient's identity is a resource here: without this it would be one to send from.
            own = tuple(address for identity in self.identities for address in _all_addresses(identity))
            conditions = replace(conditions, from_addresses=own)
        applicable = [action for action in actions if conditions.applies_to(action)]
        if not applicable:
            raise _invalid(
                "conditions",
                sorted(conditions.other),
                f"leave out the keys that SES does not pass with {', '.join(actions)}",
            )
        return {
            "Effect": "Allow",
            "Action": applicable,
            "Resource": list(self._resources(scope, templates)),
        } | ({"Condition": block} if (block := conditions.block()) else {})

    def _resources(self, scope: "Construct", templates: Sequence[str]) -> Iterator[str]:
        from constructs_lib.ses_arns import ses_arn  # noqa: PLC0415 - loads the CDK, as below

        names = [("identity", name) for name in (*self.identities, *self.sandbox_recipients)]
        if self.configuration_set is not None:
            names.append(("configuration-set", self.configuration_set))
        names += [("template", name) for name in templates]
        for region in self.regions or (None,):
            for resource, name in names:
                yield ses_arn(scope, resource, name, region=region)


def _names(permission: SendPermission, option: str) -> tuple[str, ...]:
    names = getattr(permission, option)
    if isinstance(names, str):
        raise _invalid(option, names, f"write a sequence: {option}=({names!r},)")
    return tuple(names)


def identity_name(name: str, option: str) -> str:
    """The name of an identity as its ARN has it: a domain or one address. Tokens pass.

    Raises:
        ConfigurationError: ``send-permission-invalid`` for a pattern, the codes of addresses and domains.
    """
    if "@" not in name or is_token(name):
        return normalize_domain(name, option=option)
    if "*" in name or "?" in name:
        raise _invalid(option, name, "write one address, or the domain: its identity covers every address")
    return normalize_address(name, option=option)


def _covers(identity: str, address: str) -> bool:
    if is_token(identity) or is_token(address):
        return True
    return address == identity or is_within(address.rpartition("@")[2], identity)


def _all_addresses(identity: str) -> tuple[str, ...]:
    return (identity,) if "@" in identity else (f"*@{identity}", f"*@*.{identity}")


def _invalid(option: str, got: object, fix: str) -> ConfigurationError:
    return ConfigurationError(
        "send-permission-invalid",
        option=option,
        rule="a permission names each identity and template, and only conditions that SES can check.",
        got=got,
        fix=fix,
    )


def _as_statements(statement: dict[str, Any]) -> "list[iam.PolicyStatement]":
    # Not with the module: environment files check permissions, and the operator's commands read those files.
    from aws_cdk import aws_iam as iam  # noqa: PLC0415

    return [iam.PolicyStatement.from_json(statement)]
