from typing import Any

import pytest

from constructs_lib.verification_template import VerificationTemplate
from stacks.verification_config import MailAddress
from tests.stacks.test_config import domain, environment
from tests.support import refuses
from tests.synthesis import resources, stage_stacks, stage_templates

IDENTITY = "AWS::SES::EmailIdentity"


def template(sender: str = "hello@example.com", name: str = "Welcome") -> VerificationTemplate:
    return VerificationTemplate(
        template_name=name,
        from_email_address=sender,
        template_subject="Please confirm",
        template_content="<html><body><p>Please confirm.</p></body></html>",
        success_redirection_url="https://www.example.com/verified",
        failure_redirection_url="https://www.example.com/failed",
    )


def names(config: Any, stack: str) -> set[str]:  # noqa: ANN401 - an environment
    made = resources(stage_templates(config)[stack], IDENTITY)
    return {each["Properties"]["EmailIdentity"] for each in made.values()}


def test_addresses_are_in_the_first_region_unless_told_otherwise() -> None:
    config = environment(
        addresses=(
            MailAddress(address="legal@example.net"),
            MailAddress(address="Jo@EXAMPLE.org", regions=("us-east-1", "eu-west-1")),
        )
    )
    assert names(config, "Addresses-eu-west-1") == {"legal@example.net", "Jo@example.org"}
    assert names(config, "Addresses-us-east-1") == {"Jo@example.org"}
    assert stage_stacks(config)["Addresses-us-east-1"].dependencies == {"Sending-us-east-1"}


def test_an_address_with_a_template_gets_no_mail_of_ses() -> None:
    address = MailAddress(address="jo@example.net", template="Welcome")
    config = environment(addresses=(address,), templates=(template(),))
    assert not any(stack.startswith("Addresses-") for stack in stage_templates(config))
    assert config.addresses_in("eu-west-1") == (address,)


def test_a_template_belongs_to_the_regions_of_the_domain_of_its_sender() -> None:
    config = environment(
        domains=(
            domain(),
            domain("news.example.com", regions=("us-east-1",)),
        ),
        templates=(template(), template("letters@news.example.com", "News")),
    )
    assert [each.template_name for each in config.templates_in("eu-west-1")] == ["Welcome"]
    assert [each.template_name for each in config.templates_in("us-east-1")] == ["News"]
    assert config.domain_of(template("a@eu.news.example.com")) == "news.example.com"


@pytest.mark.parametrize(
    "options, code, fragment",
    [
        (
            {"addresses": (MailAddress(address="a@example.net"), MailAddress(address="a@EXAMPLE.net"))},
            "address-duplicate",
            "test: addresses",
        ),
        (
            {"addresses": (MailAddress(address="a@example.net", regions=("ap-south-1",)),)},
            "environment-invalid",
            "addresses: a@example.net: regions",
        ),
        (
            {"addresses": (MailAddress(address="a@example.net", template="Welcome"),)},
            "environment-invalid",
            "it has none",
        ),
        ({"templates": (template("a@example.org"),)}, "from-address-outside-identity", "FromEmailAddress"),
    ],
)
def test_refuses(options: dict[str, Any], code: str, fragment: str) -> None:
    with refuses(code, fragment):
        environment(**options)


@pytest.mark.parametrize("address", ["", "legal", "a b@example.net", "Legal <a@example.net>"])
def test_refuses_what_is_no_address(address: str) -> None:
    with refuses("email-address-invalid", "addresses: "):
        MailAddress(address=address)
