"""In what an identity or a configuration set differs from its template: pure.

An import compares nothing and changes nothing (CloudFormation User Guide, resource import). Whatever differs
stays as it is, and a later deploy of the same template does not see it. So it is told before, with the
command of the AWS CLI that makes it as the template has it. Source of the commands: SES API v2.
"""

import json
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol

from ops.doctor.ports import Kind
from ops.import_map import Found, Stack

Settings = Mapping[str, Any]
"""An answer of GetEmailIdentity or GetConfigurationSet (SES API v2)."""


class SettingsGateway(Protocol):
    """Reads what an import does not compare."""

    def settings(self, kind: Kind, name: str, *, region: str) -> Settings:
        """The settings of an identity or a configuration set.

        Raises:
            AccessError: SES could not be asked.
        """


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One setting.

    Attributes:
        option: Its name in the template.
        now: What SES has.
        wanted: What the template has.
        command: What makes it so.
    """

    option: str
    now: object
    wanted: object
    command: str


@dataclass(frozen=True, kw_only=True)
class _Setting:
    """Where a setting stands.

    Attributes:
        template: Its path in the template's properties.
        answer: Its path in SES's answer.
        command: The command that changes it.
        option: Its option of the command; a ``--no-`` form where it is a switch.
    """

    template: tuple[str, str]
    answer: tuple[str, ...]
    command: str
    option: str


_IDENTITY: Final = (
    _Setting(
        template=("ConfigurationSetAttributes", "ConfigurationSetName"),
        answer=("ConfigurationSetName",),
        command="put-email-identity-configuration-set-attributes",
        option="configuration-set-name",
    ),
    _Setting(
        template=("MailFromAttributes", "MailFromDomain"),
        answer=("MailFromAttributes", "MailFromDomain"),
        command="put-email-identity-mail-from-attributes",
        option="mail-from-domain",
    ),
    _Setting(
        template=("DkimAttributes", "SigningEnabled"),
        answer=("DkimAttributes", "SigningEnabled"),
        command="put-email-identity-dkim-attributes",
        option="signing-enabled",
    ),
    _Setting(
        template=("FeedbackAttributes", "EmailForwardingEnabled"),
        answer=("FeedbackForwardingStatus",),
        command="put-email-identity-feedback-attributes",
        option="email-forwarding-enabled",
    ),
)
_CONFIGURATION_SET: Final = (
    _Setting(
        template=("DeliveryOptions", "TlsPolicy"),
        answer=("DeliveryOptions", "TlsPolicy"),
        command="put-configuration-set-delivery-options",
        option="tls-policy",
    ),
    _Setting(
        template=("ReputationOptions", "ReputationMetricsEnabled"),
        answer=("ReputationOptions", "ReputationMetricsEnabled"),
        command="put-configuration-set-reputation-options",
        option="reputation-metrics-enabled",
    ),
    _Setting(
        template=("SendingOptions", "SendingEnabled"),
        answer=("SendingOptions", "SendingEnabled"),
        command="put-configuration-set-sending-options",
        option="sending-enabled",
    ),
    _Setting(
        template=("SuppressionOptions", "SuppressedReasons"),
        answer=("SuppressionOptions", "SuppressedReasons"),
        command="put-configuration-set-suppression-options",
        option="suppressed-reasons",
    ),
)
_COMPARED: Final = {
    Kind.IDENTITY: (_IDENTITY, "email-identity"),
    Kind.CONFIGURATION_SET: (_CONFIGURATION_SET, "configuration-set-name"),
}
_KINDS: Final = {kind.resource_type: kind for kind in _COMPARED}


def differences(stack: Stack, found: Found, gateway: SettingsGateway) -> Iterator[Difference]:
    """In what a thing differs from its template.

    Raises:
        AccessError: SES could not be asked.
    """
    kind = _KINDS.get(found.resource_type)
    if kind is None:
        return
    settings, option = _COMPARED[kind]
    answer = gateway.settings(kind, found.name, region=stack.region)
    properties = stack.template["Resources"][found.logical_id]["Properties"]
    for setting in settings:
        wanted, now = _at(properties, setting.template), _at(answer, setting.answer)
        if wanted is None or _comparable(wanted) == _comparable(now):
            continue
        arguments = [f"--{option}", found.name, *_arguments(setting.option, wanted), "--region", stack.region]
        yield Difference(
            option=".".join(setting.template),
            now=now,
            wanted=wanted,
            command=f"aws sesv2 {setting.command} {shlex.join(arguments)}",
        )


def _at(document: Mapping[str, Any], path: tuple[str, ...]) -> Any:  # noqa: ANN401 - a part of a document
    found: Any = document
    for key in path:
        found = (found or {}).get(key)
    return found


def _comparable(value: object) -> str:
    """Lists as sets; what is left out, empty and switched off are the same to SES."""
    if isinstance(value, list):
        return json.dumps(sorted(value))
    return json.dumps(value or False)


def _arguments(option: str, value: object) -> list[str]:
    if isinstance(value, bool):
        return [f"--{option}" if value else f"--no-{option}"]
    if isinstance(value, list):
        return [f"--{option}", *map(str, value)]
    return [f"--{option}", str(value)]
