import json
from typing import Any

import aws_cdk as cdk
import pytest

from constructs_lib.identity.dns import ExternalDns
from constructs_lib.identity.domain_identity import DomainIdentity
from constructs_lib.sending.send_conditions import SendConditions
from constructs_lib.sending.sending_authorizations import SendingAuthorizations
from tests.constructs_lib.sending.test_sending_authorization import IDENTITY, OTHER, authorization
from tests.iam import resolve
from tests.lint_templates import findings as lint
from tests.support import refuses
from tests.synthesis import ACCOUNT, REGION, new_stack, only, outputs, resources, template_of
from tests.test_nag import PACKS, findings

KIND = "Custom::SendingAuthorization"
ANY = SendConditions()
NEWS = authorization(
    name="news", identity="example.org", account="333333333333", principals=(), conditions=ANY
)


def build(*items: Any, region: str | None = REGION) -> SendingAuthorizations:  # noqa: ANN401 - any option
    return SendingAuthorizations(new_stack(region), "Authorizations", authorizations=items)


def synth(*items: Any, region: str | None = REGION) -> dict[str, Any]:  # noqa: ANN401 - any option
    return template_of(cdk.Stack.of(build(*items, region=region)))


def test_each_authorization_is_one_policy_and_one_output_and_the_function_is_shared() -> None:
    one, two = synth(authorization()), synth(authorization(), NEWS)
    added = two["Resources"].keys() - one["Resources"].keys()
    assert sorted(two["Resources"][key]["Type"] for key in added) == ["AWS::IAM::Policy", KIND]
    assert len(resources(two, "AWS::Lambda::Function")) == 1
    assert (len(one["Outputs"]), len(two["Outputs"])) == (1, 2)


def test_the_policy_is_put_on_the_identity_by_the_function() -> None:
    template = synth(authorization())
    function, found = only(template, "AWS::Lambda::Function")
    _, resource = only(template, KIND)
    assert resource["Properties"] == {
        "ServiceToken": {"Fn::GetAtt": [function, "Arn"]},
        "ServiceTimeout": "600",
        "Identity": "example.com",
        "Name": "billing",
        "Policy": authorization().policy(identity_arn=IDENTITY, partition="aws"),
    }
    assert resource["DeletionPolicy"] == "Delete"
    # Lambda calls a second time after a minute, within the time that CloudFormation waits.
    assert found["Properties"]["Timeout"] * 2 + 60 < 600


def test_the_function_reaches_policies_of_these_identities_only_and_as_long_as_it_must() -> None:
    template = synth(authorization(), authorization(name="other"), NEWS)
    role, found = only(template, "AWS::IAM::Role")
    (inline,) = found["Properties"]["Policies"]
    assert inline["PolicyDocument"]["Statement"][0]["Action"] == ["logs:CreateLogStream", "logs:PutLogEvents"]
    assert len(inline["PolicyDocument"]["Statement"]) == 1
    access = {}
    for key, policy in resources(template, "AWS::IAM::Policy").items():
        (statement,) = policy["Properties"]["PolicyDocument"]["Statement"]
        assert policy["Properties"]["Roles"] == [{"Ref": role}]
        assert statement["Action"] == [
            "ses:CreateEmailIdentityPolicy",
            "ses:DeleteEmailIdentityPolicy",
            "ses:GetEmailIdentityPolicies",
            "ses:UpdateEmailIdentityPolicy",
        ]
        access[statement["Resource"]] = key
    assert access.keys() == {IDENTITY, IDENTITY.replace(".com", ".org")}
    for resource in resources(template, KIND).values():
        # In reverse on deletion: the policy goes before the access to it.
        arn = IDENTITY.replace("example.com", resource["Properties"]["Identity"])
        assert resource["DependsOn"] == [access[arn]]


def test_another_identity_or_name_is_another_resource_and_a_further_one_renames_nothing() -> None:
    (one,) = resources(synth(authorization()), KIND)
    assert one in resources(synth(NEWS, authorization()), KIND)
    assert one not in resources(synth(authorization(identity="example.org", conditions=ANY)), KIND)
    assert one not in resources(synth(authorization(name="dunning")), KIND)
    changed = authorization(account="333333333333", principals=())
    assert one in resources(synth(changed), KIND)


def test_an_identity_of_ours_exists_before_its_policy() -> None:
    stack = new_stack()
    identity = DomainIdentity(
        stack, "Identity", domain="example.com", dns=ExternalDns(), configuration_set_name="transactional"
    )
    SendingAuthorizations(stack, "Authorizations", authorizations=[authorization(identity=identity)])
    template = template_of(stack)
    key, _ = only(template, "AWS::SES::EmailIdentity")
    _, resource = only(template, KIND)
    assert key in resource["DependsOn"]
    assert resource["Properties"]["Identity"] == "example.com"


@pytest.mark.parametrize("region", [REGION, None])
def test_the_output_is_what_the_other_account_must_set(region: str | None) -> None:
    authorizations = build(authorization(), region=region)
    stack = cdk.Stack.of(authorizations)
    ((description, value),) = outputs(template_of(stack)).items()
    assert description == f"For account {OTHER}, to send as example.com: billing"
    printed = json.loads(resolve(value))
    wanted = authorization().settings(identity_arn=IDENTITY, region=REGION, partition="aws").as_data()
    assert printed == wanted
    assert resolve(stack.resolve(authorizations.settings["billing"].as_data())) == wanted


def test_refuses_what_no_stack_can_hold_and_builds_nothing() -> None:
    many = [authorization(name=f"n{number}") for number in range(21)]
    for items, fragment in (
        ([], "0 authorizations"),
        (many, "21 authorizations"),
        ([authorization(), authorization(identity="example.org", conditions=ANY)], "['billing']"),
        ([authorization(account=ACCOUNT, principals=())], "billing: account: another account"),
    ):
        stack = new_stack()
        with refuses("sending-authorization-invalid", fragment):
            SendingAuthorizations(stack, "Authorizations", authorizations=items)
        assert not stack.node.children
    with refuses("region-without-ses", "env.region"):
        synth(authorization(), region="eu-nowhere-1")
    assert len(resources(synth(*many[:20]), KIND)) == 20


@pytest.mark.parametrize("region", [REGION, None])
def test_the_rule_packs_and_cfn_lint_are_clean(region: str | None, tmp_path: Any) -> None:  # noqa: ANN401 - a path
    stack = cdk.Stack.of(build(authorization(), NEWS, region=region))
    for pack in PACKS:
        assert findings(pack, stack) == set()
    path = tmp_path / "template.json"
    path.write_text(json.dumps(template_of(stack)), encoding="utf-8")
    assert lint("Stack", REGION, path) == []
