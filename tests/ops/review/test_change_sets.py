"""CloudFormation's change sets: made, read page by page, deleted; and what they say beats the templates."""

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.stub import ANY, Stubber

from ops.aws_clients import AwsClients
from ops.errors import PermissionDeniedError
from ops.prices import read_prices
from ops.review.assembly import Stack
from ops.review.change_sets import AwsChangeSets, read_change_sets
from ops.review.report import reports
from ops.review.sides import Side
from tests.stubs import session, stubbed

REGION, ACCOUNT = "eu-west-1", "111111111111"
NAMED = {"StackName": "prod-Mail", "ChangeSetName": ANY}
DEPLOYED = {
    "Stacks": [{"StackName": "prod-Mail", "StackStatus": "UPDATE_COMPLETE", "CreationTime": "2026-01-01"}]
}


def stack(topic: str = "one", **properties: Any) -> Stack:  # noqa: ANN401 - any property
    resources = {"Topic": {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": topic, **properties}}}
    return Stack(
        id="Mail", name="prod-Mail", region=REGION, account=ACCOUNT, template={"Resources": resources}
    )


def modified(name: str, recreation: str) -> dict[str, Any]:
    target = {"Attribute": "Properties", "Name": name, "RequiresRecreation": recreation}
    change = {
        "Action": "Modify",
        "LogicalResourceId": "Topic",
        "ResourceType": "AWS::SNS::Topic",
        "Replacement": "True" if recreation == "Always" else "False",
        "Details": [{"Target": target, "Evaluation": "Static"}],
    }
    return {"Type": "Resource", "ResourceChange": change}


@pytest.fixture
def gateway(monkeypatch: pytest.MonkeyPatch) -> AwsChangeSets:
    monkeypatch.setattr(AwsChangeSets, "pause", lambda _self, _seconds: None)
    monkeypatch.setattr(AwsChangeSets, "account_id", lambda _self: ACCOUNT)
    return AwsChangeSets(AwsClients(region=REGION, session=session()))


@pytest.fixture
def cloudformation(gateway: AwsChangeSets) -> Iterator[Stubber]:
    with stubbed(gateway._client(REGION)) as stubber:
        yield stubber


def made(cloudformation: Stubber) -> None:
    cloudformation.add_response("describe_stacks", DEPLOYED, {"StackName": "prod-Mail"})
    expected = {
        **NAMED,
        "ChangeSetType": "UPDATE",
        "TemplateBody": ANY,
        "Capabilities": ["CAPABILITY_NAMED_IAM"],
        "Parameters": [],
    }
    cloudformation.add_response("create_change_set", {"Id": "arn:of-the-change-set"}, expected)


def test_it_is_read_page_by_page_and_deleted(gateway: AwsChangeSets, cloudformation: Stubber) -> None:
    made(cloudformation)
    first, second = modified("DisplayName", "Never"), modified("TopicName", "Always")
    describe = "describe_change_set"
    cloudformation.add_response(describe, {"Status": "CREATE_IN_PROGRESS"}, NAMED)
    cloudformation.add_response(
        describe, {"Status": "CREATE_COMPLETE", "Changes": [first], "NextToken": "more"}, NAMED
    )
    cloudformation.add_response(
        describe, {"Status": "CREATE_COMPLETE", "Changes": [second]}, {**NAMED, "NextToken": "more"}
    )
    cloudformation.add_response("delete_change_set", {}, NAMED)
    assert gateway.change_set(stack("two")) == {"Changes": [first, second]}


def test_it_is_deleted_when_reading_fails(gateway: AwsChangeSets, cloudformation: Stubber) -> None:
    made(cloudformation)
    cloudformation.add_client_error("describe_change_set", "AccessDenied")
    cloudformation.add_response("delete_change_set", {}, NAMED)
    with pytest.raises(PermissionDeniedError, match="cloudformation:DescribeChangeSet"):
        gateway.change_set(stack("two"))


def test_what_is_not_deployed_or_too_large_is_not_asked(
    gateway: AwsChangeSets, cloudformation: Stubber
) -> None:
    cloudformation.add_client_error("describe_stacks", "ValidationError")
    assert gateway.change_set(stack("two")) is None
    assert gateway.change_set(stack("x" * 52_000)) is None


def test_only_changed_stacks_of_the_account_are_asked(
    gateway: AwsChangeSets, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Stack] = []

    def change_set(_: AwsChangeSets, it: Stack) -> dict[str, Any]:
        asked.append(it)
        return {"Changes": []}

    monkeypatch.setattr(AwsChangeSets, "change_set", change_set)
    elsewhere = Stack(id="Mail", name="x", region=REGION, account="9" * 12, template={"Resources": {"A": {}}})
    before = {"prod": {"Mail": stack(), "Same": stack()}, "dev": {"Mail": stack()}}
    after = {"prod": {"Mail": stack("two"), "Same": stack(), "New": stack()}, "dev": {"Mail": elsewhere}}
    assert read_change_sets(before, after, gateway) == {"prod": {"Mail": {"Changes": []}}}
    assert asked == [stack("two")]


def test_what_it_says_beats_the_templates() -> None:
    before = Side(label="a", environments={"prod": {"Mail": stack()}})
    after = Side(label="b", environments={"prod": {"Mail": stack("two")}})
    sets = {"prod": {"Mail": {"Changes": [modified("DisplayName", "Always")]}}}
    (alone,) = reports(before, after, table=read_prices())
    (asked,) = reports(before, after, table=read_prices(), change_sets=sets)
    assert (alone.resources[0].fate, asked.resources[0].fate) == ("updated", "replaced")
    assert asked.notes == ("CloudFormation was asked about Mail: its change sets decide what is replaced.",)
