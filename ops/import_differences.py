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


@dataclass(frozen=True)
class _Setting:
    """Where a setting stands.

    Attributes:
        template: Its path in the template's properties.
        changed: How the command that changes it ends.
        option: Its option of the command; a ``--no-`` form where it is a switch.
        answer: Its path in SES's answer. Default: as in the template.
    """

    template: tuple[str, str]
    changed: str
    option: str
    answer: tuple[str, ...] = ()


_IDENTITY: Final = (
    _Setting(
        ("ConfigurationSetAttributes", "ConfigurationSetName"),
        "configuration-set-attributes",
        "configuration-set-name",
        answer=("ConfigurationSetName",),
    ),
    _Setting(("MailFromAttributes", "MailFromDomain"), "mail-from-attributes", "mail-from-domain"),
    _Setting(("DkimAttributes", "SigningEnabled"), "dkim-attributes", "signing-enabled"),
    _Setting(
        ("FeedbackAttributes", "EmailForwardingEnabled"),
        "feedback-attributes",
        "email-forwarding-enabled",
        answer=("FeedbackForwardingStatus",),
    ),
)
_CONFIGURATION_SET: Final = (
    _Setting(("DeliveryOptions", "TlsPolicy"), "delivery-options", "tls-policy"),
    _Setting(
        ("ReputationOptions", "ReputationMetricsEnabled"), "reputation-options", "reputation-metrics-enabled"
    ),
    _Setting(("SendingOptions", "SendingEnabled"), "sending-options", "sending-enabled"),
    _Setting(("SuppressionOptions", "SuppressedReasons"), "suppression-options", "suppressed-reasons"),
)
_COMPARED: Final = {
    Kind.IDENTITY: (_IDENTITY, "put-email-identity", "email-identity"),
    Kind.CONFIGURATION_SET: (_CONFIGURATION_SET, "put-configuration-set", "configuration-set-name"),
}
"""The settings of a kind, how the commands that change them begin, and what names the thing in them."""

_KINDS: Final = {kind.resource_type: kind for kind in _COMPARED}


def differences(stack: Stack, found: Found, gateway: SettingsGateway) -> Iterator[Difference]:
    """In what a thing differs from its template.

    Raises:
        AccessError: SES could not be asked.
    """
    kind = _KINDS.get(found.resource_type)
    if kind is None:
        return
    settings, command, option = _COMPARED[kind]
    answer = gateway.settings(kind, found.name, region=stack.region)
    properties = stack.template["Resources"][found.logical_id]["Properties"]
    for setting in settings:
        wanted, now = _at(properties, setting.template), _at(answer, setting.answer or setting.template)
        if wanted is None or _comparable(wanted) == _comparable(now):
            continue
        arguments = [f"--{option}", found.name, *_arguments(setting.option, wanted), "--region", stack.region]
        yield Difference(
            option=".".join(setting.template),
            now=now,
            wanted=wanted,
            command=f"aws sesv2 {command}-{setting.changed} {shlex.join(arguments)}",
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
