"""What is listed for an import: what is there, is in no stack, and needs nothing else."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from ops.doctor.holders import Holders
from ops.doctor.ports import Existing, Kind, StackResource
from ops.errors import AccessError
from ops.import_map import StackImport, find_imports
from tests.ops.doctor.support import REGION, FakeAccount
from tests.own_environment import DEV

SET = {"Type": "AWS::SES::ConfigurationSet", "Properties": {"Name": "transactional"}}
QUEUE: dict[str, Any] = {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "q"}}
TOPIC: dict[str, Any] = {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "t"}}
KEY = {"Type": "AWS::KMS::Key", "Properties": {}}
ZONE = {"Type": "AWS::Route53::HostedZone", "Properties": {"Name": "example.com."}}


@dataclass(frozen=True)
class Stack:
    template: dict[str, Any]
    path: str = "dev/Sending-eu-west-1"
    name: str = "dev-Sending-eu-west-1"
    region: str = REGION


@dataclass
class Account(FakeAccount):
    things: dict[tuple[Kind, str], Existing] = field(
        default_factory=lambda: {
            (Kind.CONFIGURATION_SET, "transactional"): Existing(physical_id="transactional"),
            (Kind.QUEUE, "q"): Existing(physical_id="https://sqs/q"),
            (Kind.TOPIC, "t"): Existing(physical_id="arn:t"),
        }
    )


def find(account: FakeAccount, **resources: dict[str, Any]) -> tuple[StackImport, ...]:
    stack = Stack({"Resources": resources})
    return tuple(find_imports(DEV, [stack], account, Holders(DEV, account, (REGION,))))


def mapping(account: FakeAccount, **resources: dict[str, Any]) -> dict[str, dict[str, str]]:
    (found,) = find(account, **resources)
    return found.mapping


def test_what_is_there_by_what_identifies_it() -> None:
    account = Account(zone_ids={"example.com": "Z1"})
    assert mapping(account, A=SET, B=QUEUE, C=TOPIC, D=ZONE, E=KEY) == {
        "A": {"Name": "transactional"},
        "B": {"QueueUrl": "https://sqs/q"},
        "C": {"TopicArn": "arn:t"},
        "D": {"Id": "Z1"},
    }


def test_nothing_is_there() -> None:
    assert find(FakeAccount(), A=SET, B=QUEUE, D=ZONE) == ()


def test_a_name_that_only_the_deployment_knows_is_not_looked_for() -> None:
    account = Account()
    assert find(account, A={"Type": "AWS::SNS::Topic", "Properties": {"TopicName": {"Ref": "P"}}}) == ()
    assert "existing" not in account.asked


@pytest.mark.parametrize(
    "reference",
    [
        {"Properties": {"TopicName": "t", "KmsMasterKeyId": {"Fn::GetAtt": ["Key", "Arn"]}}},
        {"Properties": {"TopicName": "t", "DeliveryStatusLogging": [{"A": {"Ref": "Key"}}]}},
        {"Properties": {"TopicName": "t"}, "DependsOn": "Key"},
        {"Properties": {"TopicName": "t"}, "DependsOn": ["Key"]},
        # By another thing that is there, and cannot be imported.
        {"Properties": {"TopicName": "t"}, "DependsOn": ["Queue"]},
    ],
)
def test_what_refers_to_something_else_is_told_and_not_listed(reference: dict[str, Any]) -> None:
    queue = QUEUE | {"DependsOn": ["Key"]}
    (found,) = find(Account(), Topic=TOPIC | reference, Key=KEY, Queue=queue, Set=SET)
    assert found.mapping == {"Set": {"Name": "transactional"}}
    why_not = {each.logical_id: each.why_not for each in found.found}
    assert why_not["Topic"].startswith("it refers to what the deploy makes: AWS::")
    assert not why_not["Set"]


def test_what_refers_to_what_is_imported_too_is_listed() -> None:
    topic = TOPIC | {"DependsOn": ["Set"]}
    assert set(mapping(Account(), Topic=topic, Set=SET)) == {"Topic", "Set"}


def test_what_a_stack_of_ours_holds_is_left_out() -> None:
    held = (StackResource(type="AWS::SES::ConfigurationSet", physical_id="transactional"),)
    assert find(Account(stacks={"dev-Sending-eu-west-1": held}), A=SET) == ()


def test_what_another_stack_holds_is_told_and_not_listed() -> None:
    (found,) = find(Account(others={"transactional": "theirs"}), A=SET)
    assert found.mapping == {}
    assert found.found[0].why_not == "the stack theirs holds it"


@pytest.mark.parametrize("denied", ["existing", "stack_resources", "stack_that_holds", "public_zone_id"])
def test_a_question_that_cannot_be_asked_is_an_error(denied: str) -> None:
    account = Account(denials=frozenset({denied}), zone_ids={"example.com": "Z1"})
    with pytest.raises(AccessError):
        find(account, A=SET, D=ZONE)
