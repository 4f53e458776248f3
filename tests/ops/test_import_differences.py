"""What an import leaves as it is, told before, with the command that changes it."""

import shlex
from typing import Any

import botocore.session
import pytest

from ops.doctor.ports import Kind
from ops.import_differences import Difference, differences
from ops.import_map import Found
from tests.ops.doctor.support import REGION
from tests.ops.test_import_map import Stack

IDENTITY: dict[str, Any] = {
    "EmailIdentity": "example.com",
    "ConfigurationSetAttributes": {"ConfigurationSetName": "transactional"},
    "DkimAttributes": {"SigningEnabled": True},
    "FeedbackAttributes": {"EmailForwardingEnabled": True},
    "MailFromAttributes": {
        "MailFromDomain": "bounce.example.com",
        "BehaviorOnMxFailure": "USE_DEFAULT_VALUE",
    },
}
SES_IDENTITY: dict[str, Any] = {
    "ConfigurationSetName": "transactional",
    "DkimAttributes": {"SigningEnabled": True, "Tokens": ["a"]},
    "FeedbackForwardingStatus": True,
    "MailFromAttributes": {"MailFromDomain": "bounce.example.com", "MailFromDomainStatus": "SUCCESS"},
}
SET: dict[str, Any] = {
    "Name": "transactional",
    "DeliveryOptions": {"TlsPolicy": "REQUIRE"},
    "ReputationOptions": {"ReputationMetricsEnabled": True},
    "SendingOptions": {"SendingEnabled": True},
    "SuppressionOptions": {"SuppressedReasons": ["BOUNCE", "COMPLAINT"]},
}
SES_SET: dict[str, Any] = SET | {"SuppressionOptions": {"SuppressedReasons": ["COMPLAINT", "BOUNCE"]}}
TYPES = {Kind.IDENTITY: (IDENTITY, "example.com"), Kind.CONFIGURATION_SET: (SET, "transactional")}


class Ses:
    def __init__(self, answer: dict[str, Any]) -> None:
        self.answer = answer

    def settings(self, kind: Kind, name: str, *, region: str) -> dict[str, Any]:
        assert (name, region) == (TYPES[kind][1], REGION)
        return self.answer


def told(kind: Kind, answer: dict[str, Any], **properties: Any) -> list[Difference]:  # noqa: ANN401 - of the template
    wanted, name = TYPES[kind]
    stack = Stack({"Resources": {"A": {"Type": kind.resource_type, "Properties": wanted | properties}}})
    found = Found(logical_id="A", resource_type=kind.resource_type, name=name, key="k", identifier=name)
    return list(differences(stack, found, Ses(answer)))


def test_the_same_is_no_difference() -> None:
    assert told(Kind.IDENTITY, SES_IDENTITY) == []
    assert told(Kind.CONFIGURATION_SET, SES_SET) == []
    assert told(Kind.CONFIGURATION_SET, {k: v for k, v in SES_SET.items() if k != "X"}) == []


def test_other_kinds_are_not_compared() -> None:
    found = Found(logical_id="A", resource_type="AWS::SNS::Topic", name="t", key="k", identifier="arn")
    assert list(differences(Stack({"Resources": {}}), found, Ses({}))) == []


def test_what_the_template_does_not_say_is_not_compared() -> None:
    assert told(Kind.IDENTITY, {}, **dict.fromkeys(IDENTITY.keys() - {"EmailIdentity"})) == []


@pytest.mark.parametrize(
    "kind, answer, option, command",
    [
        (
            Kind.IDENTITY,
            {"MailFromAttributes": {}},
            "MailFromAttributes.MailFromDomain",
            (
                "put-email-identity-mail-from-attributes --email-identity example.com"
                " --mail-from-domain bounce.example.com"
            ),
        ),
        (
            Kind.IDENTITY,
            {"ConfigurationSetName": "old"},
            "ConfigurationSetAttributes.ConfigurationSetName",
            (
                "put-email-identity-configuration-set-attributes --email-identity example.com"
                " --configuration-set-name transactional"
            ),
        ),
        (
            Kind.IDENTITY,
            {"DkimAttributes": {"SigningEnabled": False}},
            "DkimAttributes.SigningEnabled",
            "put-email-identity-dkim-attributes --email-identity example.com --signing-enabled",
        ),
        (
            Kind.IDENTITY,
            {"FeedbackForwardingStatus": False},
            "FeedbackAttributes.EmailForwardingEnabled",
            "put-email-identity-feedback-attributes --email-identity example.com --email-forwarding-enabled",
        ),
        (
            Kind.CONFIGURATION_SET,
            {"DeliveryOptions": {"TlsPolicy": "OPTIONAL"}},
            "DeliveryOptions.TlsPolicy",
            (
                "put-configuration-set-delivery-options --configuration-set-name transactional"
                " --tls-policy REQUIRE"
            ),
        ),
        (
            Kind.CONFIGURATION_SET,
            {"ReputationOptions": {}},
            "ReputationOptions.ReputationMetricsEnabled",
            (
                "put-configuration-set-reputation-options --configuration-set-name transactional"
                " --reputation-metrics-enabled"
            ),
        ),
        (
            Kind.CONFIGURATION_SET,
            {"SendingOptions": {"SendingEnabled": False}},
            "SendingOptions.SendingEnabled",
            "put-configuration-set-sending-options --configuration-set-name transactional --sending-enabled",
        ),
        (
            Kind.CONFIGURATION_SET,
            {"SuppressionOptions": {"SuppressedReasons": ["BOUNCE"]}},
            "SuppressionOptions.SuppressedReasons",
            (
                "put-configuration-set-suppression-options --configuration-set-name transactional"
                " --suppressed-reasons BOUNCE COMPLAINT"
            ),
        ),
    ],
)
def test_a_difference_comes_with_the_command_that_ends_it(
    kind: Kind, answer: dict[str, Any], option: str, command: str
) -> None:
    there = (SES_IDENTITY if kind is Kind.IDENTITY else SES_SET) | answer
    (difference,) = told(kind, there)
    assert difference.option == option
    assert difference.command == f"aws sesv2 {command} --region {REGION}"
    _require_command(difference.command)


def test_a_switch_that_is_to_be_off() -> None:
    (difference,) = told(Kind.IDENTITY, SES_IDENTITY, DkimAttributes={"SigningEnabled": False})
    assert difference.command.endswith(f"--no-signing-enabled --region {REGION}")
    _require_command(difference.command)


def _require_command(command: str) -> None:
    """The AWS CLI makes its commands and options of botocore's model."""
    _, service, verb, *arguments = shlex.split(command)
    model = botocore.session.get_session().get_service_model(service)
    operation = model.operation_model("".join(map(str.capitalize, verb.split("-"))))
    assert operation.input_shape is not None
    known = {option.lower() for option in operation.input_shape.members}
    for option in arguments:
        if option.startswith("--") and option != "--region":
            name = option.removeprefix("--").removeprefix("no-").replace("-", "")
            assert name in known, (option, known)
