import json
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3

from constructs_lib.receiving.bounce_reply import MAILBOX_FULL
from constructs_lib.receiving.ip_filters import FilterPolicy, IpFilter
from constructs_lib.receiving.receipt_actions import (
    AddHeader,
    Bounce,
    DeliverToWorkMail,
    InvokeFunction,
    Stop,
    StoreInS3,
)
from constructs_lib.receiving.receipt_rule_set import ReceiptRuleSet
from tests.constructs_lib.receiving.receiving_stacks import (
    FUNCTION,
    SET,
    SET_ARN,
    build,
    rule,
    rules_by_name,
    synth,
)
from tests.iam import resolve
from tests.lint_templates import findings as lint
from tests.support import refuses
from tests.synthesis import ACCOUNT, REGION, new_stack, only, resources, template_of
from tests.test_nag import PACKS, findings

WORKMAIL = f"arn:aws:workmail:{REGION}:{ACCOUNT}:organization/m-0123"


def test_the_set_and_its_rules_in_order() -> None:
    template = synth(rules=[rule("a"), rule("b"), rule("c")])
    rule_set, found = only(template, "AWS::SES::ReceiptRuleSet")
    assert found["Properties"] == {"RuleSetName": SET}
    rules = rules_by_name(template)
    assert {name: each["Properties"].get("After") for name, each in rules.items()} == {
        "drop-spam": None,
        "a": "drop-spam",
        "b": "a",
        "c": "b",
    }
    for before, after in (("drop-spam", "a"), ("a", "b"), ("b", "c")):
        assert rules[before]["LogicalId"] in rules[after]["DependsOn"]
    assert rule_set in rules["drop-spam"]["DependsOn"]
    assert {each["Properties"]["RuleSetName"] for each in rules.values()} == {SET}


@pytest.mark.parametrize("after", ["theirs", None])
def test_rules_are_added_to_a_set_of_somebody_else(after: str | None) -> None:
    template = synth(rules=[rule("a"), rule("b")], existing_rule_set=True, after_rule=after)
    assert not resources(template, "AWS::SES::ReceiptRuleSet")
    rules = rules_by_name(template)
    assert {name: each["Properties"].get("After") for name, each in rules.items()} == {
        "drop-spam": after,
        "a": "drop-spam",
        "b": "a",
    }
    assert {each["Properties"]["RuleSetName"] for each in rules.values()} == {SET}
    _, order = only(template, "Custom::ReceiptRuleOrder")
    assert order["Properties"].get("AfterRule") == after


def test_a_place_among_others_is_one_in_a_set_of_theirs() -> None:
    with refuses("existing-resource-invalid", "after_rule: "):
        synth(after_rule="theirs")


def test_a_rule_as_it_is_by_default() -> None:
    found = rules_by_name(synth())["support"]["Properties"]["Rule"]
    assert found.pop("Actions")
    assert found == {
        "Name": "support",
        "Recipients": ["support@example.com"],
        "Enabled": True,
        "ScanEnabled": True,
        "TlsPolicy": "Require",
    }


def test_each_option_of_a_rule() -> None:
    wide = rule("wide", catch_all=True, tls_required=False, scan=False, enabled=False)
    found = rules_by_name(synth(rules=[wide]))["wide"]["Properties"]["Rule"]
    assert "Recipients" not in found
    assert (found["Enabled"], found["ScanEnabled"], found["TlsPolicy"]) == (False, False, "Optional")


def test_every_action_in_order() -> None:
    actions = (
        AddHeader(name="X-A", value="b"),
        InvokeFunction(function_arn=FUNCTION),
        InvokeFunction(function_arn=FUNCTION, synchronous=True),
        Bounce(reply=MAILBOX_FULL, sender="p@example.com"),
        DeliverToWorkMail(organization_arn=WORKMAIL),
        Stop(),
    )
    found = rules_by_name(synth(rules=[rule("all", *actions)]))["all"]["Properties"]["Rule"]["Actions"]
    assert found == [
        {"AddHeaderAction": {"HeaderName": "X-A", "HeaderValue": "b"}},
        {"LambdaAction": {"FunctionArn": FUNCTION, "InvocationType": "Event"}},
        {"LambdaAction": {"FunctionArn": FUNCTION, "InvocationType": "RequestResponse"}},
        {
            "BounceAction": {
                "SmtpReplyCode": "552",
                "StatusCode": "5.2.2",
                "Message": "Mailbox full",
                "Sender": "p@example.com",
            }
        },
        {"WorkmailAction": {"OrganizationArn": WORKMAIL}},
        {"StopAction": {"Scope": "RuleSet"}},
    ]


def test_functions_may_be_called_for_exactly_their_rules_before_these_are_made() -> None:
    call = InvokeFunction(function_arn=FUNCTION)
    template = synth(rules=[rule("a", call, call), rule("b", call)], drop_spam=False)
    permissions = resources(template, "AWS::Lambda::Permission")
    rules = rules_by_name(template)
    assert len(permissions) == 2
    for key, permission in permissions.items():
        (name,) = (name for name, each in rules.items() if key in each["DependsOn"])
        assert permission["Properties"] == {
            "Action": "lambda:InvokeFunction",
            "FunctionName": FUNCTION,
            "Principal": "ses.amazonaws.com",
            "SourceAccount": ACCOUNT,
            "SourceArn": f"{SET_ARN}:receipt-rule/{name}",
        }


def test_an_s3_action_of_its_own_bucket() -> None:
    stack = new_stack()
    theirs = StoreInS3(
        prefix="x/",
        bucket=s3.Bucket.from_bucket_name(stack, "Theirs", "theirs"),
        writer_role=iam.Role.from_role_arn(stack, "Role", f"arn:aws:iam::{ACCOUNT}:role/writer"),
    )
    build(stack, rules=[rule("a", theirs)], store=None)
    (action,) = rules_by_name(template_of(stack))["a"]["Properties"]["Rule"]["Actions"]
    assert action["S3Action"] == {
        "BucketName": "theirs",
        "ObjectKeyPrefix": "x/",
        "IamRoleArn": f"arn:aws:iam::{ACCOUNT}:role/writer",
    }


def test_filters_have_no_name_that_a_change_would_collide_with() -> None:
    cidr = "203.0.113.0/24"
    found = only(synth(filters=[IpFilter(cidr=cidr, policy=FilterPolicy.BLOCK)]), "AWS::SES::ReceiptFilter")
    changed = only(synth(filters=[IpFilter(cidr=cidr, policy=FilterPolicy.ALLOW)]), "AWS::SES::ReceiptFilter")
    assert found[1]["Properties"]["Filter"] == {"IpFilter": {"Cidr": cidr, "Policy": "Block"}}
    assert changed[0] == found[0]
    assert not resources(synth(), "AWS::SES::ReceiptFilter")


def test_adding_removing_and_moving_rules_renames_none() -> None:
    first = {name: each["LogicalId"] for name, each in rules_by_name(synth(rules=_rules("abc"))).items()}
    for names in ("abxc", "ac", "cab", "cxba"):
        now = rules_by_name(synth(rules=_rules(names)))
        assert all(each["LogicalId"] == first[name] for name, each in now.items() if name in first)


def test_attributes() -> None:
    stack = new_stack()
    found = build(stack, rules=_rules("ab"))
    assert found.rule_set_name == SET
    assert [each.name for each in found.rules] == ["drop-spam", "a", "b"]
    assert found.rule_arns["a"] == f"{SET_ARN}:receipt-rule/a"
    assert list(found.rule_arns) == ["drop-spam", "a", "b"]


@pytest.mark.parametrize(
    "options, code, fragment",
    [
        ({"rule_set_name": "a.b"}, "receipt-rule-set-invalid", "rule_set_name: "),
        ({"rules": []}, "receipt-rules-invalid", "0 rules"),
        ({"rules": [rule(f"r{n}") for n in range(200)]}, "receipt-rules-invalid", "1 to 199"),
        ({"rules": [rule("drop-spam")]}, "receipt-rule-set-invalid", "drop-spam"),
        ({"store": None}, "receipt-rule-set-invalid", "store: mail of support"),
        ({"rules": [rule("a", StoreInS3(prefix="sales/"))]}, "receipt-rule-set-invalid", "'sales/'"),
        ({"topics": {"sales/": None}}, "receipt-rule-set-invalid", "['sales/']"),
        (
            {"rules": [rule("a", InvokeFunction(function_arn=FUNCTION.replace(REGION, "us-east-1")))]},
            "receipt-rule-set-invalid",
            "a: function_arn",
        ),
        (
            {"rules": [rule("a", InvokeFunction(function_arn=FUNCTION.replace(ACCOUNT, "222222222222")))]},
            "receipt-rule-set-invalid",
            "account 111111111111",
        ),
        (
            {"filters": [IpFilter(cidr="203.0.113.0/24", policy=FilterPolicy.BLOCK)] * 2},
            "ip-filter-invalid",
            "203.0.113.0/24",
        ),
    ],
)
def test_refuses_before_anything_is_built(options: dict[str, Any], code: str, fragment: str) -> None:
    stack = new_stack()
    with refuses(code, fragment):
        build(stack, **options)
    assert stack.node.try_find_child("Receiving") is None


def test_refuses_a_region_that_receives_nothing() -> None:
    with refuses("region-without-receiving", "env.region: "):
        ReceiptRuleSet(new_stack("eu-central-2"), "Receiving", rule_set_name=SET, rules=[rule("a", Stop())])


def test_a_stack_without_a_region_and_a_token_as_name_pass() -> None:
    stack = new_stack(None)
    name = cdk.CfnParameter(stack, "Name").value_as_string
    build(stack, rule_set_name=name, rules=[rule("a", InvokeFunction(function_arn=FUNCTION))], store=None)
    template = template_of(stack)
    assert rules_by_name(template)["a"]["Properties"]["RuleSetName"] == {"Ref": "Name"}
    sources = [
        each["Properties"]["SourceArn"] for each in resources(template, "AWS::Lambda::Permission").values()
    ]
    assert {resolve(source, {"Name": "x"}) for source in sources} == {
        f"arn:aws:ses:{REGION}:{ACCOUNT}:receipt-rule-set/x:receipt-rule/{name}"
        for name in ("a", "drop-spam")
    }


def test_the_rule_packs_and_cfn_lint_are_clean(tmp_path: Path) -> None:
    stack = new_stack()
    build(stack, filters=[IpFilter(cidr="203.0.113.0/24", policy=FilterPolicy.BLOCK)])
    for pack in PACKS:
        assert findings(pack, stack) == set()
    path = tmp_path / "template.json"
    path.write_text(json.dumps(template_of(stack)), encoding="utf-8")
    assert lint("Stack", REGION, path) == []


def _rules(names: str) -> list[Any]:
    return [rule(name) for name in names]
