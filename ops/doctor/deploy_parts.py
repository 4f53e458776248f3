"""The calls that make what several stacks are made of: functions, roles, alarms."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from ops.doctor.arns import arn
from stacks.config import MailEnvironment

ANY: Final = "*"
"""Where IAM cannot limit an action to a resource, or the resource has no name before it is made."""


@dataclass(frozen=True, kw_only=True)
class DeployAction:
    """One call.

    Attributes:
        type: What is made, in CloudFormation's words.
        action: The IAM action.
        resource: An ARN such as the deploy uses, or ``*``.
    """

    type: str
    action: str
    resource: str = ANY


def key(environment: MailEnvironment, region: str) -> Iterator[DeployAction]:
    """A KMS key, unless the environment names one that exists."""
    if region not in environment.existing_key_arns:
        yield DeployAction(type="AWS::KMS::Key", action="kms:CreateKey")


def function(
    environment: MailEnvironment, region: str, stack: str, custom: str, *, path: str = "/"
) -> Iterator[DeployAction]:
    """A function with its role and log group, and what it is called as; empty for no custom resource."""
    made = _function_arn(environment, region, stack)
    yield from role(environment, region, stack, path=path)
    yield DeployAction(type="AWS::Lambda::Function", action="lambda:CreateFunction", resource=made)
    yield DeployAction(
        type="AWS::Logs::LogGroup",
        action="logs:CreateLogGroup",
        resource=arn(environment, region, "logs", f"log-group:{environment.name}-{stack}-Log"),
    )
    if custom:
        yield DeployAction(type=custom, action="lambda:InvokeFunction", resource=made)


def invocation(environment: MailEnvironment, region: str, stack: str) -> DeployAction:
    """That a service may call a function."""
    called = _function_arn(environment, region, stack)
    return DeployAction(type="AWS::Lambda::Permission", action="lambda:AddPermission", resource=called)


def role(environment: MailEnvironment, region: str, stack: str, *, path: str = "/") -> Iterator[DeployAction]:
    """A role and its policies."""
    made = arn(environment, region, "iam", f"role{path}{environment.name}-{stack}-Role")
    yield DeployAction(type="AWS::IAM::Role", action="iam:CreateRole", resource=made)
    yield DeployAction(type="AWS::IAM::Policy", action="iam:PutRolePolicy", resource=made)


def alarm(environment: MailEnvironment, region: str, stack: str) -> Iterator[DeployAction]:
    """An alarm."""
    made = arn(environment, region, "cloudwatch", f"alarm:{environment.name}-{stack}-Alarm")
    yield DeployAction(type="AWS::CloudWatch::Alarm", action="cloudwatch:PutMetricAlarm", resource=made)


def _function_arn(environment: MailEnvironment, region: str, stack: str) -> str:
    return arn(environment, region, "lambda", f"function:{environment.name}-{stack}-Function")
