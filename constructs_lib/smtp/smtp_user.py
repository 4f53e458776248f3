"""One sender of `SmtpCredentials`: what its IAM user may do, and in which Region its password works.

Example::

    SmtpUser(name="billing", region="eu-west-1", statements=[send_raw_email])
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from aws_cdk import aws_iam as iam

from constructs_lib.errors import ConfigurationError
from constructs_lib.regions import smtp_host
from constructs_lib.statements import names_resources_only

ACTION: Final = "ses:SendRawEmail"
"""What SES's SMTP interface asks IAM for (SES Developer Guide, "Obtaining Amazon SES SMTP credentials")."""

_NAME: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_PREFIX: Final = re.compile(r"[A-Za-z0-9_-]+(/[A-Za-z0-9_-]+)*")
_MAX_PREFIX: Final = 64


@dataclass(frozen=True, kw_only=True)
class SmtpUser:
    """A sender that speaks SMTP.

    Attributes:
        name: What it is for, 1 to 64 lower case letters, digits, dots, hyphens and underscores. It is part
            of the secret's name, so clients know it.
        region: The Region of the SMTP interface. It may differ from the stack's; another Region is another
            password, and therefore another secret.
        statements: Its permission: ``ses:SendRawEmail`` on identities and configuration sets, under the
            conditions of the sender.

    Raises:
        ConfigurationError: ``smtp-name-invalid``, ``smtp-permission-invalid``, ``region-without-ses``,
            ``smtp-host-unknown``.
    """

    name: str
    region: str
    statements: Sequence[iam.PolicyStatement]

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise ConfigurationError(
                "smtp-name-invalid",
                option="name",
                rule="1 to 64 lower case letters, digits, dots, hyphens and underscores, no token.",
                got=self.name,
                fix="choose such a name and keep it: clients find their credentials by it",
            )
        smtp_host(self.region, option="region")
        if not self.statements:
            raise self._permission("at least one statement is needed.", [])
        for statement in self.statements:
            if statement.not_actions or {action.lower() for action in statement.actions} != {ACTION.lower()}:
                raise self._permission(
                    f"{ACTION} and no other action: it is all that the SMTP interface checks.",
                    statement.actions or statement.not_actions,
                )
            if not names_resources_only(statement):
                raise self._permission(
                    "ARNs of identities and configuration sets, and no principal: the policy is the user's.",
                    statement.resources,
                )

    def secret_name(self, prefix: str) -> str:
        """The name of the secret that holds its credentials."""
        return f"{prefix}/smtp/{self.region}/{self.name}"

    def _permission(self, rule: str, got: object) -> ConfigurationError:
        return ConfigurationError(
            "smtp-permission-invalid",
            option=f"{self.name}: statements",
            rule=rule,
            got=got,
            fix=f'allow actions=["{ACTION}"] on resources=[<ARN>, ...]',
        )


def require_name_prefix(prefix: str) -> str:
    """Refuse what cannot begin the name of a secret (Secrets Manager API Reference, CreateSecret).

    Raises:
        ConfigurationError: ``smtp-name-invalid``.
    """
    if len(prefix) <= _MAX_PREFIX and _PREFIX.fullmatch(prefix):
        return prefix
    raise ConfigurationError(
        "smtp-name-invalid",
        option="name_prefix",
        rule="1 to 64 letters, digits, hyphens and underscores, in parts separated by one slash, no token.",
        got=prefix,
        fix='write for example "prod" or "mail/prod"',
    )
