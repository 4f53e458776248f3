import pytest
from aws_cdk import aws_iam as iam

from constructs_lib.statements import names_resources_only

ARN = "arn:aws:ses:eu-west-1:111111111111:identity/example.com"


@pytest.mark.parametrize(
    "statement, right",
    [
        (iam.PolicyStatement(actions=["a:B"], resources=[ARN]), True),
        (iam.PolicyStatement(actions=["a:B"]), False),
        (iam.PolicyStatement(actions=["a:B"], resources=[ARN, "*"]), False),
        (iam.PolicyStatement(actions=["a:B"], not_resources=[ARN]), False),
        (iam.PolicyStatement(actions=["a:B"], resources=[ARN], principals=[iam.AnyPrincipal()]), False),
    ],
)
def test_resources_written_out_and_no_principal(statement: iam.PolicyStatement, right: bool) -> None:  # noqa: FBT001 - of the table
    assert names_resources_only(statement) is right
