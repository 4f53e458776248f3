from typing import Any

import aws_cdk as cdk
import pytest

from constructs_lib.sending.configuration_set_name import require_configuration_set_name
from constructs_lib.sending.sending_profile import (
    SendingProfile,
    SuppressionReason,
)
from constructs_lib.ses_arns import configuration_set_arn
from tests.support import refuses
from tests.synthesis import REGION, new_stack, only, template_of


def synth(*, region: str | None = REGION, **overrides: Any) -> dict[str, Any]:  # noqa: ANN401 - any option
    stack = new_stack(region)
    SendingProfile(stack, "Sending", **({"configuration_set_name": "transactional"} | overrides))
    return template_of(stack)


def test_default_is_one_resource_with_the_safe_settings() -> None:
    template = synth()
    assert len(template["Resources"]) == 1
    assert "Outputs" not in template
    _, resource = only(template, "AWS::SES::ConfigurationSet")
    assert resource["Properties"] == {
        "Name": "transactional",
        "DeliveryOptions": {"TlsPolicy": "REQUIRE"},
        "ReputationOptions": {"ReputationMetricsEnabled": True},
        "SendingOptions": {"SendingEnabled": True},
        "SuppressionOptions": {"SuppressedReasons": ["BOUNCE", "COMPLAINT"]},
    }


def test_it_stays_because_identities_that_have_it_as_their_default_do() -> None:
    _, resource = only(synth(), "AWS::SES::ConfigurationSet")
    assert (resource["DeletionPolicy"], resource["UpdateReplacePolicy"]) == ("RetainExceptOnCreate", "Retain")
    _, resource = only(synth(removal_policy=cdk.RemovalPolicy.DESTROY), "AWS::SES::ConfigurationSet")
    assert resource["DeletionPolicy"] == "Delete"


@pytest.mark.parametrize("reasons", [(), (SuppressionReason.COMPLAINT,), (SuppressionReason.BOUNCE,)])
def test_suppression_reasons(reasons: tuple[SuppressionReason, ...]) -> None:
    _, resource = only(synth(suppression_reasons=reasons), "AWS::SES::ConfigurationSet")
    assert resource["Properties"]["SuppressionOptions"] == {"SuppressedReasons": list(reasons)}


def test_arn_follows_the_partition() -> None:
    stack = new_stack(None)
    arn = stack.resolve(configuration_set_arn(stack, "transactional"))
    assert arn == {
        "Fn::Join": [
            "",
            [
                "arn:",
                {"Ref": "AWS::Partition"},
                ":ses:",
                {"Ref": "AWS::Region"},
                ":",
                {"Ref": "AWS::AccountId"},
                ":configuration-set/transactional",
            ],
        ]
    }
    gov = new_stack("us-gov-west-1")
    profile = SendingProfile(gov, "Sending", configuration_set_name="bulk")
    assert gov.resolve(profile.configuration_set_arn).startswith("arn:aws-us-gov:ses:us-gov-west-1:")
    assert profile.configuration_set_name == "bulk"


@pytest.mark.parametrize("name", ["a", "A_b-9", "x" * 64, "${Token[TOKEN.17]}"])
def test_accepts_a_name(name: str) -> None:
    assert require_configuration_set_name(name) == name


@pytest.mark.parametrize("name", ["", "x" * 65, "a b", "a.b", "ä", "name\n", "a/b"])
def test_refuses_a_name_and_builds_nothing(name: str) -> None:
    stack = new_stack()
    with refuses("configuration-set-name-invalid", repr(name)):
        SendingProfile(stack, "Sending", configuration_set_name=name)
    assert not stack.node.children


def test_refuses_a_region_without_ses() -> None:
    with refuses("region-without-ses", "env.region"):
        synth(region="eu-west-9")
    assert synth(region=None)["Resources"]
