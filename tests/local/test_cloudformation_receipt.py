import json
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import WaiterError

from local.embedded import ACCOUNT, EmbeddedAws
from tests.local.conftest import Aws
from tests.local.deployable import delete_stack
from tests.local.receiving import Receiver, new_receiver
from tests.local.test_cloudformation_identity import update
from tests.local.test_cloudformation_verification_template import create, fails

REGION = "eu-west-2"
STACK = "receiving"
NO_TOPIC = f"arn:aws:sns:{REGION}:{ACCOUNT}:missing"


@pytest.fixture(scope="module")
def receiver(embedded_aws: EmbeddedAws, aws: Aws) -> Receiver:
    return new_receiver(embedded_aws, aws.in_region(REGION))


@pytest.fixture
def region(receiver: Receiver) -> Iterator[Aws]:
    yield receiver.aws
    ses = receiver.aws.ses_v1
    ses.set_active_receipt_rule_set()
    delete_stack(receiver.aws, STACK)
    assert ses.list_receipt_rule_sets()["RuleSets"] == []
    assert ses.list_receipt_filters()["Filters"] == []


def template(
    *rules: dict[str, Any], rule_set: str | None = "set", cidr: str = "192.0.2.1", **more: dict[str, Any]
) -> str:
    """Rules in their order, each behind the one before."""
    resources: dict[str, Any] = {
        "Set": {
            "Type": "AWS::SES::ReceiptRuleSet",
            "Properties": {"RuleSetName": rule_set} if rule_set else {},
        },
        "Filter": {
            "Type": "AWS::SES::ReceiptFilter",
            "Properties": {"Filter": {"Name": f"f{cidr}", "IpFilter": {"Policy": "Block", "Cidr": cidr}}},
        },
        **more,
    }
    before: dict[str, Any] = {}
    for each in rules:
        logical_id = each.pop("Id", None) or f"Rule{each['Name']}"
        properties = {"RuleSetName": {"Ref": "Set"}, "Rule": {"Enabled": True, **each}, **before}
        resources[logical_id] = {"Type": "AWS::SES::ReceiptRule", "Properties": properties}
        before = {"After": {"Ref": logical_id}}
    outputs = {"Set": {"Value": {"Ref": "Set"}}, "Filter": {"Value": {"Ref": "Filter"}}}
    return json.dumps({"Resources": resources, "Outputs": outputs})


def names(aws: Aws, rule_set: str = "set") -> list[str]:
    return [found["Name"] for found in aws.ses_v1.describe_receipt_rule_set(RuleSetName=rule_set)["Rules"]]


def test_a_set_is_made_changed_and_deleted(region: Aws, receiver: Receiver) -> None:
    store = receiver.store(ObjectKeyPrefix="in/", TopicArn=receiver.topic)
    create(region, STACK, template({"Name": "a"}, {"Name": "b", "Actions": [store], "ScanEnabled": True}))
    assert names(region) == ["a", "b"]
    (stack,) = region.cloudformation.describe_stacks(StackName=STACK)["Stacks"]
    values = {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}
    assert values == {"Set": "set", "Filter": "f192.0.2.1"}
    found = region.ses_v1.describe_receipt_rule(RuleSetName="set", RuleName="b")["Rule"]
    assert (found["Actions"], found["ScanEnabled"], found["Enabled"]) == ([store], True, True)

    # Another order, a rule more, one changed in its place.
    update(region, STACK, template({"Name": "b"}, {"Name": "c"}, {"Name": "a", "TlsPolicy": "Require"}))
    assert names(region) == ["b", "c", "a"]
    assert region.ses_v1.describe_receipt_rule(RuleSetName="set", RuleName="b")["Rule"]["Actions"] == []
    assert (
        region.ses_v1.describe_receipt_rule(RuleSetName="set", RuleName="a")["Rule"]["TlsPolicy"] == "Require"
    )
    update(region, STACK, template({"Name": "a"}, cidr="192.0.2.9"))
    assert names(region) == ["a"]
    (ip_filter,) = region.ses_v1.list_receipt_filters()["Filters"]
    assert (ip_filter["Name"], ip_filter["IpFilter"]["Cidr"]) == ("f192.0.2.9", "192.0.2.9")


def test_a_renamed_rule_is_a_new_one_in_the_same_place(region: Aws) -> None:
    create(region, STACK, template({"Name": "a"}, {"Name": "b", "Id": "Second"}, {"Name": "c"}))
    update(region, STACK, template({"Name": "a"}, {"Name": "x", "Id": "Second"}, {"Name": "c"}))
    assert names(region) == ["a", "x", "c"]


def test_a_renamed_set_takes_its_rules_along(region: Aws) -> None:
    create(region, STACK, template({"Name": "a"}, {"Name": "b"}))
    update(region, STACK, template({"Name": "a"}, {"Name": "b"}, rule_set="other"))
    assert names(region, "other") == ["a", "b"]
    assert [found["Name"] for found in region.ses_v1.list_receipt_rule_sets()["RuleSets"]] == ["other"]


def test_a_rule_changes_over_to_another_set(region: Aws) -> None:
    other = {"Type": "AWS::SES::ReceiptRuleSet", "Properties": {"RuleSetName": "other"}}

    def moving(rule_set: str) -> dict[str, Any]:
        properties = {"RuleSetName": {"Ref": rule_set}, "Rule": {"Name": "moving"}}
        return {"Type": "AWS::SES::ReceiptRule", "Properties": properties}

    create(region, STACK, template(Other=other, Moving=moving("Set")))
    update(region, STACK, template(Other=other, Moving=moving("Other")))
    assert (names(region), names(region, "other")) == ([], ["moving"])


def test_a_failed_update_leaves_everything_as_it_was(region: Aws) -> None:
    create(region, STACK, template({"Name": "a"}, {"Name": "b", "Id": "Second"}))
    wrong = {"Name": "c", "Actions": [{"SNSAction": {"TopicArn": NO_TOPIC}}]}
    with pytest.raises(WaiterError):
        update(
            region,
            STACK,
            template({"Name": "a", "TlsPolicy": "Require"}, {"Name": "x", "Id": "Second"}, wrong),
        )
    (stack,) = region.cloudformation.describe_stacks(StackName=STACK)["Stacks"]
    assert stack["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    assert names(region) == ["a", "b"]
    assert (
        region.ses_v1.describe_receipt_rule(RuleSetName="set", RuleName="a")["Rule"]["TlsPolicy"]
        == "Optional"
    )


def test_names_that_a_template_leaves_out(region: Aws) -> None:
    create(region, STACK, template({"Id": "First"}, {"Id": "Second"}, rule_set=None))
    (found,) = region.ses_v1.list_receipt_rule_sets()["RuleSets"]
    assert found["Name"].startswith(f"{STACK}-Set-")
    first, second = names(region, found["Name"])
    assert (first[:16], second[:17]) == (f"{STACK}-First-", f"{STACK}-Second-")


def test_the_active_set_cannot_be_deleted_with_its_stack(region: Aws) -> None:
    create(region, STACK, template({"Name": "a"}))
    region.ses_v1.set_active_receipt_rule_set(RuleSetName="set")
    with pytest.raises(WaiterError):
        delete_stack(region, STACK)
    (stack,) = region.cloudformation.describe_stacks(StackName=STACK)["Stacks"]
    assert stack["StackStatus"] == "DELETE_FAILED"
    reasons = [
        event["ResourceStatusReason"]
        for event in region.cloudformation.describe_stack_events(StackName=STACK)["StackEvents"]
        if event["ResourceStatus"] == "DELETE_FAILED" and event["LogicalResourceId"] == "Set"
    ]
    assert reasons == ["Cannot delete active rule set: set (Service: Ses, Error Code: CannotDelete)"]


@pytest.mark.parametrize(
    "rules,more,reason",
    [
        ([{"Name": "a", "Actions": [{"S3Action": {"BucketName": "missing"}}]}], {}, "InvalidS3Configuration"),
        ([{"Name": "a", "Id": "A"}, {"Name": "a", "Id": "B"}], {}, "AlreadyExists"),
        (
            [],
            {
                "Lost": {
                    "Type": "AWS::SES::ReceiptRule",
                    "Properties": {"RuleSetName": "missing", "Rule": {"Name": "a"}},
                }
            },
            "RuleSetDoesNotExist",
        ),
    ],
)
def test_a_stack_fails_with_the_reason(
    region: Aws, rules: list[dict[str, Any]], more: dict[str, Any], reason: str
) -> None:
    assert reason in fails(region, STACK, template(*rules, **more))
    assert region.ses_v1.list_receipt_rule_sets()["RuleSets"] == []


def test_a_name_that_is_taken_stays_what_it_was(region: Aws) -> None:
    region.ses_v1.create_receipt_rule_set(RuleSetName="set")
    assert "Rule set already exists: set" in fails(region, STACK, template())
    region.ses_v1.delete_receipt_rule_set(RuleSetName="set")
