from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_autoscaling as autoscaling
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam

from constructs_lib.ec2.ec2_machine import (
    MAX_USER_DATA,
    Machine,
    descriptions_of,
    require_imdsv2,
    role_of,
    user_data_with,
)
from tests.support import refuses
from tests.synthesis import new_stack, only, template_of

KINDS = ["instance", "group", "template"]


def machine(kind: str, *, stack: cdk.Stack | None = None, **options: Any) -> Machine:  # noqa: ANN401 - any option
    """An instance, group or launch template with its default options."""
    stack = stack or new_stack()
    defaults: dict[str, Any] = {
        "instance_type": ec2.InstanceType("t4g.micro"),
        "machine_image": ec2.MachineImage.generic_linux({"eu-west-1": "ami-0123456789abcdef0"}),
        "user_data": ec2.MultipartUserData(),
    }
    options = defaults | options
    if kind == "template":
        role = iam.Role(stack, "Role", assumed_by=iam.ServicePrincipal("ec2.amazonaws.com"))
        options = {"role": role} | options
        return ec2.LaunchTemplate(stack, "Machine", **options)
    vpc = ec2.Vpc(stack, "Network", max_azs=2)
    if kind == "instance":
        return ec2.Instance(stack, "Machine", vpc=vpc, **options)
    return autoscaling.AutoScalingGroup(stack, "Machine", vpc=vpc, **options)


def http_tokens(found: Machine) -> object:
    template = template_of(cdk.Stack.of(found))
    if isinstance(found, ec2.Instance):
        _, instance = only(template, "AWS::EC2::Instance")
        return instance["Properties"].get("MetadataOptions", {}).get("HttpTokens")
    _, launch_template = only(template, "AWS::EC2::LaunchTemplate")
    data = launch_template["Properties"]["LaunchTemplateData"]
    return data.get("MetadataOptions", {}).get("HttpTokens")


@pytest.mark.parametrize("kind", KINDS)
def test_imdsv2_is_optional_without_us_and_required_with_us(kind: str) -> None:
    assert http_tokens(machine(kind)) is None
    found = machine(kind)
    require_imdsv2(found)
    assert http_tokens(found) == "required"


def test_imdsv2_cannot_be_waived() -> None:
    found = machine("instance", http_tokens=ec2.HttpTokens.OPTIONAL)
    require_imdsv2(found)
    assert http_tokens(found) == "required"


def test_other_metadata_options_stay() -> None:
    found = machine("instance", http_put_response_hop_limit=2)
    require_imdsv2(found)
    _, instance = only(template_of(cdk.Stack.of(found)), "AWS::EC2::Instance")
    assert instance["Properties"]["MetadataOptions"] == {
        "HttpPutResponseHopLimit": 2,
        "HttpTokens": "required",
    }


def test_a_group_whose_launch_template_is_elsewhere_is_refused() -> None:
    stack = new_stack()
    template = machine("template", stack=stack)
    assert isinstance(template, ec2.LaunchTemplate)
    group = autoscaling.AutoScalingGroup(
        stack, "Group", vpc=ec2.Vpc(stack, "Network", max_azs=2), launch_template=template
    )
    with refuses("instance-metadata-unprotected", "'Stack/Group'"):
        descriptions_of(group)
    assert len(descriptions_of(template)) == 1


@pytest.mark.parametrize("kind", KINDS)
def test_the_role_of_the_instances(kind: str) -> None:
    found = machine(kind)
    assert found.role
    assert role_of(found).role_name == found.role.role_name


def test_a_role_is_its_own_role_and_a_template_without_one_is_refused() -> None:
    role = iam.Role(new_stack(), "Role", assumed_by=iam.ServicePrincipal("ec2.amazonaws.com"))
    assert role_of(role) is role
    with refuses("instance-sender-invalid", "a launch template without a role"):
        role_of(machine("template", role=None))


@pytest.mark.parametrize("kind", KINDS)
def test_user_data_in_parts(kind: str) -> None:
    found = machine(kind)
    assert user_data_with(found, "") is found.user_data


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("user_data", [None, ec2.UserData.for_linux, ec2.UserData.for_windows])
def test_user_data_of_one_kind_is_refused(kind: str, user_data: Any) -> None:  # noqa: ANN401 - a factory
    with refuses("user-data-not-multipart", "ec2.MultipartUserData()"):
        user_data_with(machine(kind, user_data=user_data() if user_data else None), "")


@pytest.mark.parametrize("kind", KINDS)
def test_user_data_has_a_limit(kind: str) -> None:
    found = machine(kind)
    assert found.user_data
    room = MAX_USER_DATA - len(found.user_data.render())
    user_data_with(found, "x" * room)
    with refuses("user-data-too-large", f"{MAX_USER_DATA + 1} bytes, {room + 1} of them"):
        user_data_with(found, "x" * (room + 1))
    with refuses("user-data-too-large", "bytes"):
        user_data_with(found, "ä" * (room // 2 + 1))


def test_own_commands_count_as_they_are_sent() -> None:
    user_data, commands = ec2.MultipartUserData(), ec2.UserData.for_linux()
    user_data.add_user_data_part(commands)
    commands.add_commands("x" * 12_288)
    found = machine("instance", user_data=user_data)
    with refuses("user-data-too-large", "10 of them"):
        user_data_with(found, "x" * 10)
