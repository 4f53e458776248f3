from typing import Any

import pytest

from constructs_lib.verification.verification_template import VerificationTemplate
from stacks.verification_config import MailAddress
from tests.stacks.test_config import domain, environment
from tests.support import refuses
from tests.synthesis import resources, stage_stacks, stage_templates

IDENTITY = "AWS::SES::EmailIdentity"
TEMPLATE = "AWS::SES::CustomVerificationEmailTemplate"


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
    assert config.identity_of(template("a@eu.news.example.com")) == "news.example.com"


def test_a_template_is_sent_from_an_address_in_the_regions_of_the_address() -> None:
    config = environment(
        addresses=(MailAddress(address="hello@EXAMPLE.net", regions=("us-east-1",)),),
        templates=(template("hello@example.net"),),
    )
    stacks = stage_stacks(config)
    assert "Templates-eu-west-1" not in stacks
    made = stacks["Templates-us-east-1"]
    assert made.dependencies == {"Addresses-us-east-1"}
    # Nobody may be there to follow the link, so nothing waits for it.
    assert {each["Type"] for each in made.template["Resources"].values()} == {TEMPLATE}


def test_templates_wait_for_domains_whatever_else_they_are_sent_from() -> None:
    config = environment(
        addresses=(MailAddress(address="hello@example.net"), MailAddress(address="legal@example.net")),
        templates=(template(), template("hello@example.net", "Other")),
    )
    made = stage_stacks(config)["Templates-eu-west-1"]
    assert made.dependencies == {"example-com-eu-west-1", "Addresses-eu-west-1"}
    assert {each["Properties"]["TemplateName"] for each in resources(made.template, TEMPLATE).values()} == {
        "Welcome",
        "Other",
    }
    gates = resources(made.template, "Custom::VerifiedIdentity").values()
    assert {gate["Properties"]["Domain"] for gate in gates} == {"example.com"}


def test_only_templates_of_addresses_come_after_the_addresses() -> None:
    config = environment(
        addresses=(MailAddress(address="legal@example.net"),), templates=(template("legal@example.com"),)
    )
    assert stage_stacks(config)["Templates-eu-west-1"].dependencies == {"example-com-eu-west-1"}


def test_the_domain_of_a_sender_decides_although_the_sender_is_declared_too() -> None:
    """It verifies the sender, so that the sender's own mail may even be made of the template."""
    config = environment(
        domains=(domain(regions=("us-east-1",)),),
        addresses=(MailAddress(address="hello@example.com", template="Welcome", regions=("us-east-1",)),),
        templates=(template(),),
    )
    assert config.identity_of(template()) == "example.com"
    assert config.regions_of_template(template()) == ("us-east-1",)
    assert stage_stacks(config)["Templates-us-east-1"].dependencies == {"example-com-us-east-1"}


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
        (
            {
                "addresses": (MailAddress(address="a@example.net", template="Welcome"),),
                "templates": (template("a@example.net"),),
            },
            "environment-invalid",
            "a@example.net: template",
        ),
        (
            # Each is verified by what the other one sends: neither ever is.
            {
                "addresses": (
                    MailAddress(address="a@example.net", template="Second"),
                    MailAddress(address="b@example.net", template="First"),
                ),
                "templates": (template("a@example.net", "First"), template("b@example.net", "Second")),
            },
            "environment-invalid",
            "the template First is sent from this address",
        ),
        (
            {
                "addresses": (
                    MailAddress(address="a@example.net", template="Welcome", regions=("us-east-1",)),
                ),
                "templates": (template(),),
            },
            "environment-invalid",
            "it is where its sender is, in eu-west-1",
        ),
        ({"templates": (template("a@example.org"),)}, "from-address-outside-identity", "FromEmailAddress"),
        (
            {
                "addresses": (MailAddress(address="a@example.org"),),
                "templates": (template("A@example.org"),),
            },
            "from-address-outside-identity",
            "domains and addresses): example.com, a@example.org",
        ),
    ],
)
def test_refuses(options: dict[str, Any], code: str, fragment: str) -> None:
    with refuses(code, fragment):
        environment(**options)


@pytest.mark.parametrize("address", ["", "legal", "a b@example.net", "Legal <a@example.net>"])
def test_refuses_what_is_no_address(address: str) -> None:
    with refuses("email-address-invalid", "addresses: "):
        MailAddress(address=address)
