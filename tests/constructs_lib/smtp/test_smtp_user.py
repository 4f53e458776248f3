from typing import Any

import pytest
from aws_cdk import aws_iam as iam

from constructs_lib.smtp.smtp_user import SmtpUser, require_name_prefix
from tests.support import TOKEN, refuses

IDENTITY = "arn:aws:ses:eu-west-1:111111111111:identity/example.com"


def statement(**overrides: Any) -> iam.PolicyStatement:  # noqa: ANN401 - any option
    return iam.PolicyStatement(**({"actions": ["ses:SendRawEmail"], "resources": [IDENTITY]} | overrides))


def user(**overrides: Any) -> SmtpUser:  # noqa: ANN401 - any option
    options = {"name": "billing", "region": "eu-west-1", "statements": [statement()]}
    return SmtpUser(**(options | overrides))


def test_the_name_of_the_secret_is_known_before_deployment() -> None:
    assert user().secret_name("mail/prod") == "mail/prod/smtp/eu-west-1/billing"


@pytest.mark.parametrize("name", ["a", "9", "news.example.com", "a_b-c", "a" * 64])
def test_takes_a_name(name: str) -> None:
    assert user(name=name).name == name


@pytest.mark.parametrize("name", ["", "A", "a b", "a/b", "-a", ".a", "a\n", "ä", "a" * 65, TOKEN])
def test_refuses_a_name(name: str) -> None:
    with refuses("smtp-name-invalid", repr(name)):
        user(name=name)


@pytest.mark.parametrize("prefix", ["prod", "mail/prod", "A-b_9", "a" * 64])
def test_takes_a_prefix(prefix: str) -> None:
    assert require_name_prefix(prefix) == prefix


@pytest.mark.parametrize("prefix", ["", "/", "/prod", "prod/", "a//b", "a b", "prod\n", "a" * 65, TOKEN])
def test_refuses_a_prefix(prefix: str) -> None:
    with refuses("smtp-name-invalid", repr(prefix)):
        require_name_prefix(prefix)


@pytest.mark.parametrize(
    "region,code",
    [
        ("eu-west-9", "region-without-ses"),
        ("", "region-without-ses"),
        ("eusc-de-east-1", "smtp-host-unknown"),
        (TOKEN, "smtp-host-unknown"),
    ],
)
def test_refuses_a_region_without_an_smtp_interface(region: str, code: str) -> None:
    with refuses(code, "region:"):
        user(region=region)


@pytest.mark.parametrize(
    "statements",
    [
        [statement()],
        [statement(conditions={"StringEquals": {"ses:FromAddress": "billing@example.com"}})],
        [statement(), statement(effect=iam.Effect.DENY, resources=[f"{IDENTITY}x"])],
        [statement(actions=["SES:sendrawemail"])],  # IAM compares without case.
        [statement(resources=[IDENTITY, TOKEN])],
    ],
)
def test_takes_a_permission(statements: list[iam.PolicyStatement]) -> None:
    assert user(statements=statements).statements == statements


@pytest.mark.parametrize(
    "statements,fragment",
    [
        ([], "at least one statement"),
        ([statement(actions=["ses:SendRawEmail", "ses:SendEmail"])], "ses:SendEmail"),
        ([statement(actions=["ses:*"])], "ses:*"),
        ([statement(), statement(actions=["s3:GetObject"])], "s3:GetObject"),
        ([iam.PolicyStatement(not_actions=["ses:SendEmail"], resources=[IDENTITY])], "no other action"),
        ([statement(resources=["*"])], "ARNs of identities"),
        ([iam.PolicyStatement(actions=["ses:SendRawEmail"])], "ARNs of identities"),
        ([iam.PolicyStatement(actions=["ses:SendRawEmail"], not_resources=[IDENTITY])], "ARNs of identities"),
        ([statement(principals=[iam.AnyPrincipal()])], "no principal"),
    ],
)
def test_refuses_a_permission(statements: list[iam.PolicyStatement], fragment: str) -> None:
    with refuses("smtp-permission-invalid", fragment):
        user(statements=statements)
