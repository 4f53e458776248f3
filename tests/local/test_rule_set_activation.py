"""An activation on the embedded AWS: the real function makes sets active and gives the place back."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from aws_cdk import aws_secretsmanager as secretsmanager
from botocore.exceptions import WaiterError

from constructs_lib.receiving.rule_set_activation import RuleSetActivation
from tests.local.conftest import Aws
from tests.local.deployable import Deployable, delete_stack, new_deployable_stack

STACK = "Activation"
SETS = ("inbound", "news", "theirs", "third")


@dataclass(frozen=True, kw_only=True)
class Account:
    """An account with four sets, none of them active."""

    aws: Aws

    def deploy(
        self, name: str, *, take_over: bool = False, broken: bool = False, ends: str | None = None
    ) -> None:
        stack = new_deployable_stack(STACK)
        activation = RuleSetActivation(stack, "Activation", rule_set_name=name, take_over=take_over)
        if broken:
            fails = secretsmanager.CfnRotationSchedule(stack, "Broken", secret_id="no-such-secret")  # noqa: S106
            fails.node.add_dependency(activation)
        Deployable.of(stack).deploy(self.aws, ends=ends)

    def activate(self, name: str) -> None:
        self.aws.ses_v1.set_active_receipt_rule_set(RuleSetName=name)

    @property
    def active(self) -> str | None:
        return self.aws.ses_v1.describe_active_receipt_rule_set().get("Metadata", {}).get("Name")

    @property
    def parameters(self) -> list[str]:
        found = self.aws._client("ssm").describe_parameters()["Parameters"]
        return [item["Name"] for item in found if item["Name"].startswith("/receipt-rule-set-activation/")]

    @property
    def outputs(self) -> list[str]:
        (stack,) = self.aws.cloudformation.describe_stacks(StackName=STACK)["Stacks"]
        return [output["OutputValue"] for output in stack["Outputs"]]


@pytest.fixture
def account(aws: Aws) -> Iterator[Account]:
    aws.ses_v1.set_active_receipt_rule_set()
    for name in SETS:
        aws.ses_v1.create_receipt_rule_set(RuleSetName=name)
    yield Account(aws=aws)
    if any(stack["StackName"] == STACK for stack in aws.cloudformation.describe_stacks()["Stacks"]):
        delete_stack(aws, STACK)
    aws.ses_v1.set_active_receipt_rule_set()
    for name in SETS:
        aws.ses_v1.delete_receipt_rule_set(RuleSetName=name)


def test_the_former_set_comes_back_after_a_rename(account: Account) -> None:
    account.activate("theirs")
    account.deploy("inbound", take_over=True)
    assert (account.active, account.outputs) == ("inbound", ["theirs"])
    (parameter,) = account.parameters
    assert parameter.startswith(f"/receipt-rule-set-activation/stack/{STACK}/")
    account.deploy("news")
    assert (account.active, account.outputs, account.parameters) == ("news", ["theirs"], [parameter])
    delete_stack(account.aws, STACK)
    assert (account.active, account.parameters) == ("theirs", [])


def test_none_comes_back_where_none_was(account: Account) -> None:
    account.deploy("inbound")
    assert (account.active, account.outputs) == ("inbound", ["(none)"])
    delete_stack(account.aws, STACK)
    assert (account.active, account.parameters) == (None, [])


def test_what_somebody_activated_since_stays(account: Account) -> None:
    account.deploy("inbound")
    account.activate("third")
    delete_stack(account.aws, STACK)
    assert (account.active, account.parameters) == ("third", [])


def test_a_deployment_that_fails_elsewhere_leaves_what_was_active(account: Account) -> None:
    account.activate("theirs")
    with pytest.raises(WaiterError):
        account.deploy("inbound", take_over=True, broken=True)
    assert (account.active, account.parameters) == ("theirs", [])
    delete_stack(account.aws, STACK)

    account.deploy("inbound", take_over=True)
    account.deploy("news", broken=True, ends="stack_rollback_complete")
    assert (account.active, account.outputs) == ("inbound", ["theirs"])


def test_another_set_is_refused_by_its_name(account: Account) -> None:
    account.activate("theirs")
    with pytest.raises(WaiterError):
        account.deploy("inbound")
    events = account.aws.cloudformation.describe_stack_events(StackName=STACK)["StackEvents"]
    reasons = " ".join(event.get("ResourceStatusReason", "") for event in events)
    assert "[rule-set-taken] The receipt rule set theirs is active in this account and Region" in reasons
    assert (account.active, account.parameters) == ("theirs", [])
