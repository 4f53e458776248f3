import json
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ses as ses
from constructs import Construct

from constructs_lib.receiving.rule_set_activation import RuleSetActivation
from constructs_lib.runtimes.rule_set_activation.logic import place_of
from tests.iam import Request, evaluate, identity_policies, resolve
from tests.lint_templates import findings as lint
from tests.support import TOKEN, refuses
from tests.synthesis import ACCOUNT, REGION, new_stack, only, outputs, resources, template_of
from tests.test_nag import PACKS, findings

KIND = "Custom::ReceiptRuleSetActivation"
STACK_ID = f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:stack/Stack/c0ffee00-0000-0000-0000-000000000000"


def build(stack: cdk.Stack | None = None, **overrides: Any) -> RuleSetActivation:  # noqa: ANN401 - any option
    options: dict[str, Any] = {"rule_set_name": "inbound"}
    return RuleSetActivation(stack or new_stack(), "Activation", **(options | overrides))


def synth(**overrides: Any) -> dict[str, Any]:  # noqa: ANN401 - any option
    return template_of(cdk.Stack.of(build(**overrides)))


def test_a_custom_resource_says_in_the_diff_which_set_and_whether_it_takes_over() -> None:
    template = synth()
    function, found = only(template, "AWS::Lambda::Function")
    _, resource = only(template, KIND)
    assert resource == {
        "Type": KIND,
        "Properties": {
            "ServiceToken": {"Fn::GetAtt": [function, "Arn"]},
            "ServiceTimeout": "600",
            "RuleSetName": "inbound",
            "TakeOver": False,
        },
        "DeletionPolicy": "Delete",
        "UpdateReplacePolicy": "Delete",
    }
    assert found["Properties"]["Handler"] == "runtimes.rule_set_activation.handler.handle"
    # Lambda calls three times, after one and after two more minutes: the last call ends before CloudFormation
    # gives up, or it would make a set active that is being deleted.
    assert found["Properties"]["Timeout"] * 3 + 60 + 120 < 600


def test_taking_over_is_asked_for() -> None:
    _, resource = only(synth(take_over=True), KIND)
    assert resource["Properties"]["TakeOver"] is True


def test_nothing_of_it_is_written_into_the_template_but_the_function_and_its_role() -> None:
    kinds = sorted(resource["Type"] for resource in synth()["Resources"].values())
    assert kinds == ["AWS::IAM::Role", "AWS::Lambda::Function", "AWS::Logs::LogGroup", KIND]


def test_the_former_set_is_printed() -> None:
    activation = build()
    template = template_of(cdk.Stack.of(activation))
    key, _ = only(template, KIND)
    ((description, value),) = outputs(template).items()
    assert description == "The receipt rule set that becomes active again when this stack goes"
    assert resolve(value, {f"{key}.Former": "theirs"}) == "theirs"
    assert cdk.Stack.of(activation).resolve(activation.former_rule_set_name) == value


def test_the_set_and_its_rules_are_made_before_and_deleted_after_it_is_active() -> None:
    stack = new_stack()
    made = Construct(stack, "Receiving")
    rule_set = ses.CfnReceiptRuleSet(made, "RuleSet", rule_set_name="inbound")
    rule = ses.CfnReceiptRule(
        made, "Rule", rule_set_name=rule_set.ref, rule=ses.CfnReceiptRule.RuleProperty(enabled=True)
    )
    other = ses.CfnReceiptFilter(
        stack,
        "Filter",
        filter=ses.CfnReceiptFilter.FilterProperty(
            ip_filter=ses.CfnReceiptFilter.IpFilterProperty(cidr="10.0.0.1/24", policy="Block")
        ),
    )
    build(stack, rule_set_name=rule_set.ref, rules=[made, other])
    _, resource = only(template_of(stack), KIND)
    logical_ids = {stack.get_logical_id(item) for item in (rule_set, rule, other)}
    assert set(resource["DependsOn"]) == logical_ids
    assert resource["Properties"]["RuleSetName"] == {"Ref": stack.get_logical_id(rule_set)}


def test_a_construct_that_moves_stays_the_same_resource_with_the_same_function() -> None:
    here, moved = synth(), new_stack()
    RuleSetActivation(Construct(moved, "Mail"), "Moved", rule_set_name="inbound")
    there = template_of(moved)
    assert resources(here, KIND) == resources(there, KIND)
    assert list(resources(here, KIND)) == ["ReceiptRuleSetActivation"]
    assert only(here, "AWS::Lambda::Function")[0] == only(there, "AWS::Lambda::Function")[0]


PLACE = f"arn:aws:ssm:{REGION}:{ACCOUNT}:parameter{place_of(STACK_ID)}"
OTHER_STACK = PLACE.replace("Stack", "Stack2")
FORMER_STACK = PLACE.replace("c0ffee00", "decaf000")


def test_iam_lets_the_function_switch_and_write_one_parameter_only() -> None:
    template = synth()
    role, _ = only(template, "AWS::IAM::Role")
    log, _ = only(template, "AWS::Logs::LogGroup")
    log_arn = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:log:*"
    names = {f"{log}.Arn": log_arn, "AWS::StackId": STACK_ID}
    policies = identity_policies(template, role, names)

    def ask(action: str, resource: str = "*") -> Request:
        return Request(
            principal=f"arn:aws:iam::{ACCOUNT}:role/function",
            action=action,
            resources=[resource],
            identity_policies=policies,
            resource_account=ACCOUNT,
        )

    allowed = [
        ask("ses:DescribeActiveReceiptRuleSet"),
        ask("ses:DescribeReceiptRuleSet"),
        ask("ses:SetActiveReceiptRuleSet"),
        ask("ssm:GetParameter", PLACE),
        ask("ssm:PutParameter", PLACE),
        ask("ssm:DeleteParameter", PLACE),
    ]
    denied = [
        ask("ses:DeleteReceiptRuleSet"),
        ask("ses:CreateReceiptRule"),
        ask("ses:CloneReceiptRuleSet"),
        *(ask("ssm:PutParameter", arn) for arn in (OTHER_STACK, FORMER_STACK, f"{PLACE}/more")),
        ask("ssm:GetParameter", OTHER_STACK),
    ]
    decisions = evaluate([*allowed, *denied])
    assert [decision.allowed for decision in decisions] == [True] * len(allowed) + [False] * len(denied)


@pytest.mark.parametrize("name", ["inbound", "a", "In_bound-2", "0", "a" * 64, TOKEN])
def test_names_that_ses_takes(name: str) -> None:
    build(rule_set_name=name)


@pytest.mark.parametrize(
    "option, value, code, fragment",
    [
        ("rule_set_name", "", "rule-set-activation-invalid", "1 to 64"),
        ("rule_set_name", "a" * 65, "rule-set-activation-invalid", "1 to 64"),
        ("rule_set_name", "-inbound", "rule-set-activation-invalid", "letter or digit"),
        ("rule_set_name", "inbound_", "rule-set-activation-invalid", "letter or digit"),
        ("rule_set_name", "in.bound", "rule-set-activation-invalid", "not its ARN"),
        ("rule_set_name", "inbound\n", "rule-set-activation-invalid", "1 to 64"),
        ("rule_set_name", "inböund", "rule-set-activation-invalid", "ASCII"),
        ("stack", new_stack("eu-nowhere-1"), "region-without-ses", "env.region"),
    ],
)
def test_refuses_and_builds_nothing(option: str, value: Any, code: str, fragment: str) -> None:  # noqa: ANN401
    options = {"stack": new_stack()} | {option: value}
    with refuses(code, fragment):
        build(**options)
    assert not options["stack"].node.children


def test_refuses_a_second_one_in_a_stack() -> None:
    stack = new_stack()
    build(stack)
    with refuses("rule-set-activation-invalid", "once in a stack"):
        RuleSetActivation(stack, "Again", rule_set_name="other")


@pytest.mark.parametrize("region", [REGION, None])
def test_the_rule_packs_and_cfn_lint_are_clean(region: str | None, tmp_path: Any) -> None:  # noqa: ANN401
    stack = new_stack(region)
    build(stack)
    for pack in PACKS:
        assert findings(pack, stack) == set()
    path = tmp_path / "template.json"
    path.write_text(json.dumps(template_of(stack)), encoding="utf-8")
    assert lint("Stack", REGION, path) == []
