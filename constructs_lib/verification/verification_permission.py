"""Who may have SES verify addresses with a custom verification template, as an IAM statement.

``SendCustomVerificationEmail`` sends a mail of a template, and makes its receiver an identity of the account:
whoever may call it for anybody can fill the account with identities. So a statement names each template and
the identity that the templates are sent from, and may name who can be asked.

Sources: Service Authorization Reference, Amazon SES (the action takes custom verification templates, which
are required, and identities; no configuration sets; the keys of addresses and display names); SES API v1,
SendCustomVerificationEmail.

Example::

    VerificationPermission(
        identities=("example.com",), templates=("Welcome",), recipients=("*@customer.example",)
    ).statement(stack)
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import aws_cdk as cdk
from constructs import Construct

from constructs_lib.domain_name import is_token
from constructs_lib.errors import ConfigurationError
from constructs_lib.regions import require_ses_region
from constructs_lib.sending.send_conditions import SendConditions
from constructs_lib.sending.send_permission import identity_name
from constructs_lib.verification.template_fields import require_name

_ACTION: Final = "ses:SendCustomVerificationEmail"


@dataclass(frozen=True, kw_only=True)
class VerificationPermission:
    """Permission to have SES verify addresses by mails of some templates of the stack's account.

    Attributes:
        identities: Verified domains and addresses that the templates are sent from.
        templates: Names of custom verification templates.
        recipients: Addresses that may be verified, such as ``*@customer.example``. Default: any.
        regions: Where. Default: the Region of the stack.

    Raises:
        ConfigurationError: ``send-permission-invalid``, ``template-name-invalid``, ``region-without-ses``,
            the codes of `SendConditions`, addresses and domains.
    """

    identities: Sequence[str]
    templates: Sequence[str]
    recipients: Sequence[str] = ()
    regions: Sequence[str] = ()

    def __post_init__(self) -> None:
        for option in ("identities", "templates", "recipients", "regions"):
            values = getattr(self, option)
            if isinstance(values, str):
                raise _invalid(option, values, f"write a sequence: {option}=({values!r},)")
            object.__setattr__(self, option, tuple(values))
        names = tuple(identity_name(name, "identities") for name in self.identities)
        object.__setattr__(self, "identities", names)
        if not self.identities:
            raise _invalid("identities", (), "name the domain or address that the templates are sent from")
        if not self.templates:
            raise _invalid("templates", (), "name the custom verification templates")
        for template in self.templates:
            if not is_token(template):
                require_name(template)
        for region in self.regions:
            require_ses_region(region, option="regions")
        object.__setattr__(self, "recipients", SendConditions(recipients=self.recipients).recipients)

    def statement(self, scope: Construct) -> dict[str, Any]:
        """The statement as plain data, with the partition, account and Region of a construct's stack."""
        block = SendConditions(recipients=self.recipients).block()
        return {"Effect": "Allow", "Action": [_ACTION], "Resource": list(self._resources(scope))} | (
            {"Condition": block} if block else {}
        )

    def _resources(self, scope: Construct) -> Iterator[str]:
        stack = cdk.Stack.of(scope)
        names = [("custom-verification-email-template", name) for name in self.templates]
        names += [("identity", name) for name in self.identities]
        for region in self.regions or (stack.region,):
            for resource, name in names:
                yield stack.format_arn(service="ses", region=region, resource=resource, resource_name=name)


def _invalid(option: str, got: object, fix: str) -> ConfigurationError:
    return ConfigurationError(
        "send-permission-invalid",
        option=option,
        rule="a permission names each identity and template, without a wildcard.",
        got=got,
        fix=fix,
    )
