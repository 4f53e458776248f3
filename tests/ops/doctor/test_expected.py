"""The names and actions that the doctor asks about are those of the templates that are deployed."""

from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest

from ops.doctor.deploy_actions import deploy_actions
from ops.doctor.expected import dkim_secrets, expected_names
from ops.doctor.ports import Kind
from stacks.environments import ENVIRONMENTS
from stacks.stack_names import stack_names_in
from tests.own_environment import DEV
from tests.synthesis import environment_templates

NAMES = {
    Kind.IDENTITY: "EmailIdentity",
    Kind.CONFIGURATION_SET: "Name",
    Kind.RULE_SET: "RuleSetName",
    Kind.TEMPLATE: "TemplateName",
    Kind.TOPIC: "TopicName",
    Kind.QUEUE: "QueueName",
    Kind.SECRET: "Name",
    Kind.POLICY: "ManagedPolicyName",
    Kind.ROLE: "RoleName",
    Kind.RULE: "Name",
}
ENVIRONMENT_REGIONS = [
    (environment.name, region) for environment in ENVIRONMENTS.values() for region in environment.regions
]


@cache
def templates(environment: str) -> dict[str, dict[str, Any]]:
    return dict(environment_templates(environment))


def resources(environment: str, region: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """The resources of a Region, each with the id of its stack."""
    for stack, template in templates(environment).items():
        if stack.endswith(region):
            for resource in template["Resources"].values():
                yield stack, resource


@pytest.mark.parametrize("environment, region", ENVIRONMENT_REGIONS)
def test_every_name_in_the_templates_is_asked_about_and_no_other(environment: str, region: str) -> None:
    types = {kind.resource_type: kind for kind in Kind}
    named = {
        (types[resource["Type"]], resource["Properties"][NAMES[types[resource["Type"]]]], stack)
        for stack, resource in resources(environment, region)
        if resource["Type"] in types and NAMES[types[resource["Type"]]] in resource["Properties"]
    }
    expected = list(expected_names(ENVIRONMENTS[environment], region))
    assert {(each.kind, each.name, each.stack) for each in expected} == named
    assert {each.region for each in expected} == {region}
    assert len(expected) == len(set(expected))


@pytest.mark.parametrize("environment, region", ENVIRONMENT_REGIONS)
def test_every_type_in_the_templates_has_an_action(environment: str, region: str) -> None:
    deployed = {resource["Type"] for _, resource in resources(environment, region)}
    asked = {each.type for each in deploy_actions(ENVIRONMENTS[environment], region)}
    assert deployed - asked == set(), "add them to ops/doctor/deploy_actions.py"
    # The policies inside roles take the same action.
    assert asked - deployed <= {"AWS::IAM::Policy"}


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_every_stack_is_looked_into(environment: str) -> None:
    config = ENVIRONMENTS[environment]
    looked_into = {name for region in config.regions for name in stack_names_in(config, region)}
    assert {f"{environment}-{stack}" for stack in templates(environment)} <= looked_into


def test_secrets_of_own_keys_are_read() -> None:
    assert dkim_secrets(ENVIRONMENTS["prod"]) == (("prod/dkim/receipts.example.com/s2026", "eu-west-1"),)
    assert dkim_secrets(DEV) == ()
