"""Every rule pack of cdk-nag over every environment; acknowledgments stand beside their cause."""

import aws_cdk as cdk
import pytest
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3 as s3
from cdk_nag import (
    AwsSolutionsChecks,
    HIPAASecurityChecks,
    NagPack,
    NIST80053R5Checks,
    PCIDSS321Checks,
    ServerlessChecks,
)

from stacks.environments import ENVIRONMENTS
from stacks.mail_stage import MailStage
from tests.synthesis import new_app, new_stack

PACKS = (AwsSolutionsChecks, NIST80053R5Checks, HIPAASecurityChecks, PCIDSS321Checks, ServerlessChecks)


def findings(pack: type[NagPack], scope: cdk.App | cdk.Stack) -> set[str]:
    """What a pack reports below a construct, as ``rule: resource``."""
    report = pack(scope).validate_scope(scope)
    return {
        f"{violation.rule_name}: {resource.resource_logical_id}"
        for violation in report.violations
        for resource in violation.violating_resources
    }


@pytest.fixture(scope="module")
def every_environment() -> cdk.App:
    app = new_app()
    for name, config in ENVIRONMENTS.items():
        MailStage(app, name, config=config)
    return app


@pytest.mark.parametrize("pack", PACKS)
def test_every_environment_is_clean(pack: type[NagPack], every_environment: cdk.App) -> None:
    assert findings(pack, every_environment) == set()


@pytest.mark.parametrize("pack", PACKS)
def test_each_pack_can_fail(pack: type[NagPack]) -> None:
    stack = new_stack()
    s3.CfnBucket(stack, "Bucket")
    lambda_.CfnFunction(
        stack,
        "Function",
        code=lambda_.CfnFunction.CodeProperty(zip_file="pass"),
        role="arn:aws:iam::111111111111:role/any",
        handler="index.handler",
        runtime="python3.9",
    )
    assert findings(pack, stack)
