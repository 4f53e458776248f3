"""What describes EC2 instances: its role, metadata service and user data. Part of `ec2_sender`.

Example::

    require_imdsv2(instance)
"""

from typing import Any, Final

import aws_cdk as cdk
from aws_cdk import aws_autoscaling as autoscaling
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam

from constructs_lib.errors import ConfigurationError

Machine = ec2.Instance | autoscaling.AutoScalingGroup | ec2.LaunchTemplate
"""An instance, or what instances are started from."""

MAX_USER_DATA: Final = 16 * 1024
"""Bytes, before they are encoded (EC2 User Guide, run commands at launch)."""

_HTTP_TOKENS: Final[dict[type, str]] = {
    ec2.CfnInstance: "MetadataOptions.HttpTokens",
    ec2.CfnLaunchTemplate: "LaunchTemplateData.MetadataOptions.HttpTokens",
    autoscaling.CfnLaunchConfiguration: "MetadataOptions.HttpTokens",
}


def descriptions_of(machine: Machine) -> list[cdk.CfnResource]:
    """The resources that say how instances are started.

    Raises:
        ConfigurationError: ``instance-metadata-unprotected``: they are not part of this construct.
    """
    found = [
        child
        for child in machine.node.find_all()
        if type(child) in _HTTP_TOKENS and isinstance(child, cdk.CfnResource)
    ]
    if found:
        return found
    raise ConfigurationError(
        "instance-metadata-unprotected",
        option="target",
        rule="IMDSv2 is required where instances are described; this group's launch template is elsewhere.",
        got=machine.node.path,
        fix="pass that ec2.LaunchTemplate as the target, or the role of its instances",
    )


def require_imdsv2(machine: Machine) -> None:
    """Let instances give credentials to whoever has a session token only (EC2 User Guide, IMDSv2)."""
    for description in descriptions_of(machine):
        description.add_property_override(_HTTP_TOKENS[type(description)], "required")


def role_of(target: Machine | iam.IRole) -> iam.IRole:
    """The role of the instances.

    Raises:
        ConfigurationError: ``instance-sender-invalid``: a launch template without one.
    """
    role = target.role if isinstance(target, Machine) else target
    if role is not None:
        return role
    raise ConfigurationError(
        "instance-sender-invalid",
        option="target",
        rule="instances send with the permissions of their role.",
        got="a launch template without a role",
        fix="make it with role=iam.Role(...), assumed by ec2.amazonaws.com",
    )


def user_data_with(machine: Machine, part: str) -> ec2.MultipartUserData:
    """The user data that a part may be added to.

    Raises:
        ConfigurationError: ``user-data-not-multipart``, ``user-data-too-large``.
    """
    user_data = machine.user_data
    if not isinstance(user_data, ec2.MultipartUserData):
        raise ConfigurationError(
            "user-data-not-multipart",
            option="target",
            rule="cloud-init takes several kinds of user data as parts of one MIME message (cloud-init, user "
            "data formats).",
            got=type(user_data).__name__,
            fix="give it user_data=ec2.MultipartUserData(); commands go into a part of their own",
        )
    own = cdk.Stack.of(machine).resolve(user_data.render())
    size = _bytes(own) + len(part.encode())
    if size > MAX_USER_DATA:
        raise ConfigurationError(
            "user-data-too-large",
            option="target",
            rule=f"at most {MAX_USER_DATA} bytes of user data (EC2 User Guide, run commands at launch).",
            got=f"{size} bytes, {len(part.encode())} of them for the null client",
            fix="put your own commands into a file that the instance fetches",
        )
    return user_data


def _bytes(value: Any) -> int:  # noqa: ANN401 - a resolved template value
    """How long a value of the template will be, without what only the deployment knows."""
    match value:
        case str():
            return len(value.encode())
        case {"Fn::Base64": encoded}:
            return _bytes(encoded) * 4 // 3
        case {"Fn::Join": [_, parts]}:
            return sum(map(_bytes, parts))
        case _:
            return 0
