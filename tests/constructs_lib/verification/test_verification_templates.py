import json
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_sqs as sqs
from cdk_nag import NagPack

from constructs_lib.identity.dns import ExternalDns
from constructs_lib.identity.domain_identity import DomainIdentity
from constructs_lib.verification.template_limits import MAX_STACK_CONTENT
from constructs_lib.verification.verification_templates import VerificationTemplates
from tests.constructs_lib.verification.test_verification_template import template
from tests.lint_templates import findings as lint
from tests.support import refuses
from tests.synthesis import REGION, new_stack, only, resources, template_of
from tests.template_files import FIELDS
from tests.test_nag import PACKS, findings

KIND = "AWS::SES::CustomVerificationEmailTemplate"


def build(stack: cdk.Stack, **overrides: Any) -> VerificationTemplates:  # noqa: ANN401 - any option
    options: dict[str, Any] = {"templates": [template()], "identities": ["example.com"]}
    return VerificationTemplates(stack, "Templates", **(options | overrides))


def synth(**overrides: Any) -> dict[str, Any]:  # noqa: ANN401 - any option
    stack = new_stack()
    build(stack, **overrides)
    return template_of(stack)


def test_a_template_is_one_resource_that_goes_with_its_stack() -> None:
    found = synth()
    assert len(found["Resources"]) == 1
    assert "Outputs" not in found
    _, resource = only(found, KIND)
    assert resource == {
        "Type": KIND,
        "Properties": FIELDS,
        "DeletionPolicy": "Delete",
        "UpdateReplacePolicy": "Delete",
    }


def test_what_the_template_holds_is_ascii() -> None:
    found = synth(templates=[template(template_content="<p>José €</p>", template_subject="Grüße")])
    _, resource = only(found, KIND)
    assert resource["Properties"]["TemplateContent"] == "<p>Jos&#233; &#8364;</p>"
    assert resource["Properties"]["TemplateSubject"] == "=?utf-8?b?R3LDvMOfZQ==?="


def test_it_may_be_kept() -> None:
    _, resource = only(synth(removal_policy=cdk.RemovalPolicy.RETAIN), KIND)
    assert resource["DeletionPolicy"] == "Retain"


def test_templates_are_made_one_after_the_other_behind_what_they_wait_for() -> None:
    stack = new_stack()
    gate = sqs.Queue(stack, "Gate")
    names = ["A", "b-2", "C_3"]
    made = build(stack, templates=[template(template_name=name) for name in names], after=[gate])
    found = template_of(stack)
    ids = [stack.get_logical_id(made.templates[name]) for name in names]
    ((gate_id, _),) = resources(found, "AWS::SQS::Queue").items()
    waits = [found["Resources"][key].get("DependsOn", []) for key in ids]
    assert waits[0] == [gate_id]
    assert waits[1:] == [[ids[0]], [ids[1]]]


def test_identities_of_the_app_are_made_before() -> None:
    stack = new_stack()
    identity = DomainIdentity(
        stack, "Identity", domain="example.com", dns=ExternalDns(), configuration_set_name="transactional"
    )
    build(stack, identities=[identity, "example.org"])
    found = template_of(stack)
    identity_id, _ = only(found, "AWS::SES::EmailIdentity")
    _, resource = only(found, KIND)
    assert identity_id in resource["DependsOn"]


def test_another_order_or_neighbour_replaces_nothing() -> None:
    one = synth(templates=[template(template_name="A")])
    two = synth(templates=[template(template_name="B"), template(template_name="A")])
    assert resources(one, KIND).keys() < resources(two, KIND).keys()


def test_another_name_is_another_resource() -> None:
    assert (
        not resources(synth(), KIND).keys()
        & resources(synth(templates=[template(template_name="Other")]), KIND).keys()
    )


@pytest.mark.parametrize("count", [0, 51])
def test_refuses_none_and_too_many(count: int) -> None:
    with refuses("templates-invalid", f"Got '{count} templates'"):
        synth(templates=[template(template_name=f"T{number}") for number in range(count)])


def test_refuses_a_name_twice_and_builds_nothing() -> None:
    stack = new_stack()
    with refuses("templates-invalid", "Got ['Welcome']"):
        build(stack, templates=[template(), template(template_content="<p>Other</p>")])
    assert not stack.node.children


def test_refuses_a_sender_of_elsewhere() -> None:
    with refuses("from-address-outside-identity", "(identities): example.org"):
        synth(identities=["example.org"])


def test_refuses_a_region_without_ses() -> None:
    with refuses("region-without-ses", "env.region"):
        build(new_stack("eu-west-9"))


def test_templates_of_a_stack_share_what_cloudformation_takes() -> None:
    half = template(template_name="A", template_content="<p>" + "x" * (MAX_STACK_CONTENT // 2 - 500))
    other = template(template_name="B", template_content=half.template_content)
    third = template(template_name="C", template_content="<p>" + "é" * 200)
    found = synth(templates=[half, other])
    # CloudFormation takes 1 MB; the CDK writes a template with one space of indentation.
    assert len(json.dumps(found, indent=1)) < 1_000_000
    with refuses("template-too-large", "Got '90"):
        synth(templates=[half, other, third])


def test_a_template_may_be_larger_than_what_goes_without_a_bucket() -> None:
    assert synth(templates=[template(template_content="<p>" + "x" * 60_000)])


@pytest.mark.parametrize("pack", PACKS)
def test_rule_packs_are_clean(pack: type[NagPack]) -> None:
    stack = new_stack()
    build(stack)
    assert findings(pack, stack) == set()


def test_cfn_lint_is_clean(tmp_path: Path) -> None:
    file = tmp_path / "template.json"
    file.write_text(json.dumps(synth()))
    assert lint("Stack", REGION, file) == []
    file.write_text(json.dumps(synth(templates=[template(template_name="x" * 64)])))
    assert lint("Stack", REGION, file) == []
