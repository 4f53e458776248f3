"""SMTP credentials on the embedded AWS: really deployed, rotated by the real function, and taken away."""

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam

from constructs_lib.smtp.smtp_credentials import SmtpCredentials
from constructs_lib.smtp.smtp_user import SmtpUser
from tests.local.conftest import Aws
from tests.local.deployable import Deployable, delete_stack, new_deployable_stack

STACK = "Mail"
BILLING, NEWS = ("billing", "eu-west-1"), ("news", "us-east-1")


@dataclass(frozen=True, kw_only=True)
class Deployment:
    """A stack with SMTP credentials, deployed without the CDK command line."""

    aws: Aws

    def deploy(self, *users: tuple[str, str], days: int = 60, broken: bool = False) -> None:
        stack = Deployable.of(synth(*users, days=days))
        if broken:
            resources = stack.template["Resources"]
            resources["Broken"] = {
                "Type": "AWS::SecretsManager::RotationSchedule",
                "Properties": {"SecretId": "no-such-secret"},
                "DependsOn": [name for name in resources if "Rotation" in name],
            }
        stack.deploy(self.aws, ends="stack_rollback_complete" if broken else None)

    def delete(self) -> None:
        delete_stack(self.aws, STACK)

    @property
    def secrets(self) -> Any:  # noqa: ANN401 - no stubs of this service
        return self.aws._client("secretsmanager")

    def credentials(self, user: tuple[str, str], stage: str = "AWSCURRENT") -> dict[str, Any]:
        found = self.secrets.get_secret_value(SecretId=secret_name(user), VersionStage=stage)
        value: dict[str, Any] = json.loads(found["SecretString"])
        return value

    def rotated(self, user: tuple[str, str], *, since: str) -> dict[str, Any]:
        """The current credentials, as soon as they are not those of a former key."""
        return until(
            lambda: found if (found := self.credentials(user))["username"] not in {"", since} else None
        )

    def rotate(self, user: tuple[str, str]) -> dict[str, Any]:
        before = self.credentials(user)["username"]
        self.secrets.rotate_secret(SecretId=secret_name(user))
        return self.rotated(user, since=before)

    def keys(self, user: tuple[str, str]) -> set[str]:
        tags = self.secrets.describe_secret(SecretId=secret_name(user))["Tags"]
        (name,) = (tag["Value"] for tag in tags if tag["Key"] == "ses-smtp-user")
        listed = self.aws._client("iam").list_access_keys(UserName=name)["AccessKeyMetadata"]
        return {key["AccessKeyId"] for key in listed}

    def users(self) -> list[str]:
        return [
            user["UserName"] for user in self.aws._client("iam").list_users(PathPrefix="/ses-smtp/")["Users"]
        ]


def secret_name(user: tuple[str, str]) -> str:
    return f"prod/smtp/{user[1]}/{user[0]}"


def until(find: Callable[[], dict[str, Any] | None]) -> dict[str, Any]:
    for _ in range(100):
        found = find()
        if found is not None:
            return found
        time.sleep(0.1)
    raise AssertionError("it did not happen within ten seconds")


def synth(*users: tuple[str, str], days: int) -> cdk.Stack:
    stack = new_deployable_stack(STACK)
    send = iam.PolicyStatement(
        actions=["ses:SendRawEmail"],
        resources=[stack.format_arn(service="ses", resource="identity", resource_name="example.com")],
    )
    SmtpCredentials(
        stack,
        "Smtp",
        name_prefix="prod",
        users=[SmtpUser(name=name, region=region, statements=[send]) for name, region in users],
        rotation_interval=cdk.Duration.days(days),
    )
    return stack


@pytest.fixture
def deployment(aws: Aws) -> Iterator[Deployment]:
    found = Deployment(aws=aws)
    yield found
    found.delete()
    assert found.users() == []


def test_the_first_deployment_makes_credentials_that_ses_takes(deployment: Deployment) -> None:
    deployment.deploy(BILLING, NEWS)
    billing, news = (deployment.rotated(user, since="") for user in (BILLING, NEWS))
    assert billing["host"] == "email-smtp.eu-west-1.amazonaws.com"
    assert news["host"] == "email-smtp.us-east-1.amazonaws.com"
    assert deployment.keys(BILLING) == {billing["username"]}
    assert deployment.keys(NEWS) == {news["username"]}

    second = deployment.rotate(BILLING)
    assert deployment.keys(BILLING) == {billing["username"], second["username"]}
    assert deployment.credentials(BILLING, "AWSPREVIOUS") == billing

    third = deployment.rotate(BILLING)
    assert deployment.keys(BILLING) == {second["username"], third["username"]}
    # The other sender is not touched.
    assert deployment.credentials(NEWS) == news


def test_a_sender_that_leaves_is_deleted_with_its_keys_and_the_other_one_stays(
    deployment: Deployment,
) -> None:
    deployment.deploy(BILLING, NEWS)
    news = deployment.rotated(NEWS, since="")
    deployment.rotated(BILLING, since="")
    assert len(deployment.users()) == 2
    deployment.deploy(NEWS)
    assert len(deployment.users()) == 1
    assert deployment.credentials(NEWS) == news
    assert deployment.keys(NEWS) == {news["username"]}


def test_an_update_that_is_rolled_back_leaves_the_credentials_of_whoever_should_have_left(
    deployment: Deployment,
) -> None:
    deployment.deploy(BILLING, NEWS)
    billing = deployment.rotated(BILLING, since="")
    deployment.deploy(NEWS, broken=True)
    assert deployment.credentials(BILLING) == billing
    assert deployment.keys(BILLING) == {billing["username"]}
    assert len(deployment.users()) == 2


def test_nothing_of_a_key_is_in_the_stack_or_in_a_log(deployment: Deployment) -> None:
    deployment.deploy(BILLING)
    first = deployment.rotated(BILLING, since="")
    second = deployment.rotate(BILLING)
    calls, logs = deployment.aws.cloudformation, deployment.aws._client("logs")
    seen = [
        calls.get_template(StackName=STACK),
        calls.describe_stacks(StackName=STACK),
        calls.describe_stack_events(StackName=STACK),
        calls.list_stack_resources(StackName=STACK),
        deployment.secrets.describe_secret(SecretId=secret_name(BILLING)),
    ]
    lines = [
        logs.filter_log_events(logGroupName=group["logGroupName"])["events"]
        for group in logs.describe_log_groups()["logGroups"]
        if "Smtp" in group["logGroupName"]
    ]
    assert "START RequestId" in str(lines)
    for secret in (first["password"], second["password"], first["username"], second["username"]):
        assert secret not in str([*seen, lines])
