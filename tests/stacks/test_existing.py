"""An environment of things that somebody else made: only what is missing is made, and nothing of theirs."""

from dataclasses import replace
from typing import Any

import pytest

from constructs_lib.events.feedback import Feedback, FeedbackQueue, FeedbackTopic
from constructs_lib.identity.dns import CreatedZone, ExternalDns, Route53Zone
from constructs_lib.identity.dns_records import Purpose
from constructs_lib.receiving.receipt_actions import Stop
from constructs_lib.receiving.receipt_rules import ReceiptRule
from ops.doctor.deploy_actions import deploy_actions
from ops.doctor.expected import expected_names
from ops.doctor.ports import Kind
from stacks.config import MailEnvironment
from stacks.domain_config import MailDomain
from stacks.feedback_config import MailFeedback
from stacks.receiving_config import MailReceiving
from stacks.verification_config import MailAddress
from tests.support import refuses
from tests.synthesis import REGION, only, resources, stage_templates

ZONE = Route53Zone(zone_id="Z0123456789", zone_name="example.com")
BOUNCES = MailFeedback(topics=(FeedbackTopic(kind=Feedback.BOUNCE, queue=FeedbackQueue()),))
RULES = (ReceiptRule(name="closed", recipients=("example.com",), actions=(Stop(),)),)
THEIRS = MailReceiving(rule_set_name="theirs", rules=RULES, existing_rule_set=True, after_rule="archive")


def environment(*domains: MailDomain, **options: Any) -> MailEnvironment:  # noqa: ANN401 - any option
    return MailEnvironment(
        name="test",
        account="111111111111",
        regions=(REGION,),
        configuration_set_name="shared",
        domains=domains or (domain(),),
        existing_configuration_set=True,
        **options,
    )


def domain(dns: Any = ZONE, **options: Any) -> MailDomain:  # noqa: ANN401 - any option
    return MailDomain(domain="example.com", dns=dns, **({"existing_identity": True} | options))


EVERYTHING = environment(
    feedback=BOUNCES,
    receiving=THEIRS,
    addresses=(MailAddress(address="a@example.net", existing_identity=True),),
)
OF_OTHERS = ("AWS::SES::EmailIdentity", "AWS::SES::ConfigurationSet", "AWS::SES::ReceiptRuleSet")


def test_nothing_of_others_is_made() -> None:
    for template in stage_templates(EVERYTHING).values():
        assert not {each["Type"] for each in template["Resources"].values()} & set(OF_OTHERS)


def test_what_is_missing_is_made() -> None:
    made = stage_templates(EVERYTHING)
    assert made.keys() == {f"Sending-{REGION}", f"example-com-{REGION}", f"Receiving-{REGION}"}
    _, destination = only(made[f"Sending-{REGION}"], "AWS::SES::ConfigurationSetEventDestination")
    assert destination["Properties"]["ConfigurationSetName"] == "shared"
    records = resources(made[f"example-com-{REGION}"], "AWS::Route53::RecordSet").values()
    assert sorted(each["Properties"]["Name"] for each in records) == [
        "_dmarc.example.com",
        "bounce.example.com",
        "bounce.example.com",
    ]
    rules = resources(made[f"Receiving-{REGION}"], "AWS::SES::ReceiptRule").values()
    assert {each["Properties"]["RuleSetName"] for each in rules} == {"theirs"}
    assert "archive" in {each["Properties"].get("After") for each in rules}


@pytest.mark.parametrize(
    "where, stacks",
    [
        (domain(), {f"example-com-{REGION}"}),
        (domain(legacy_txt=True, dns=ExternalDns()), {f"example-com-{REGION}"}),
        (domain(dns=CreatedZone(zone_name="example.com")), {f"example-com-{REGION}"}),
        (domain(existing_identity=False), {f"example-com-{REGION}"}),
        # CloudFormation takes no stack without resources.
        (domain(dns=ExternalDns()), set()),
        (domain(existing_records=tuple(Purpose)[:4]), set()),
    ],
)
def test_a_stack_without_resources_is_left_out(where: MailDomain, stacks: set[str]) -> None:
    assert stage_templates(environment(where)).keys() == stacks


def test_an_address_that_exists_needs_no_stack() -> None:
    there = MailAddress(address="a@example.net", existing_identity=True)
    assert f"Addresses-{REGION}" not in stage_templates(environment(addresses=(there,)))
    assert f"Addresses-{REGION}" in stage_templates(
        environment(addresses=(replace(there, existing_identity=False),))
    )


def test_the_doctor_knows_that_they_are_to_be_there() -> None:
    expected = [each.kind for each in expected_names(EVERYTHING, REGION) if each.existing]
    assert expected == [Kind.CONFIGURATION_SET, Kind.IDENTITY, Kind.IDENTITY, Kind.RULE_SET]


def test_the_deploy_needs_no_permission_to_make_them() -> None:
    types = {each.type for each in deploy_actions(EVERYTHING, REGION)}
    assert not types & set(OF_OTHERS)
    assert "AWS::SES::ReceiptRule" in types


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: MailReceiving(rule_set_name="ours", rules=RULES, after_rule="archive"),
        lambda: MailAddress(address="a@example.net", template="Welcome", existing_identity=True),
    ],
)
def test_options_of_what_is_not_made(wrong: Any) -> None:  # noqa: ANN401 - makes it
    with refuses("existing-resource-invalid", "existing_"):
        wrong()
