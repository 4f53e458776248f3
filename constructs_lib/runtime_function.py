"""A function of ours in Lambda: the smallest role, its own log, only the files that it needs.

A user of the library does not make one: the constructs whose capability CloudFormation lacks do. Three
resources appear: `AWS::Lambda::Function`, its `AWS::IAM::Role` and its `AWS::Logs::LogGroup`. All go with
their stack: they hold nothing.

Example::

    RuntimeFunction(
        stack, "Function", runtime="sending_authorization",
        description="Puts one identity policy", statements=[...],
    )
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

from constructs_lib.acknowledgments import COMPLIANCE, acknowledge
from constructs_lib.identity.zone_role import WRITERS_PATH

_PACKAGE: Final = Path(__file__).parent

_ACKNOWLEDGED: Final = {
    "CloudWatchLogGroupEncrypted": "The log holds no message, address or secret; CloudWatch encrypts it.",
    "IAMNoInlinePolicy": "The policy belongs to this role alone and goes with it.",
    "LambdaConcurrency": "A call per deployment or rotation; accounts limited to 10 refuse a reservation.",
    "LambdaDLQ": "Whoever calls it waits for its answer and repeats: no event can be lost.",
    "LambdaInsideVPC": "It calls AWS APIs with its role and listens to nothing.",
    "LambdaTracing": "One short call of one API; its log says what it did.",
}
"""Rules of cdk-nag's packs that do not apply, and why."""


class RuntimeFunction(Construct):
    """One of the runtimes in `constructs_lib.runtimes`, deployed.

    Args:
        scope: Parent construct.
        construct_id: Id below the parent.
        runtime: Package below ``constructs_lib/runtimes``; its ``handler.handle`` is called.
        description: What it does, for whoever finds it in an account.
        statements: All that it may do, besides writing to its own log.
        environment: Environment variables. Never a secret. Default: none.
        timeout: Default: one minute.
        memory_mb: Megabytes of memory, by which Lambda measures CPU too. Default: 256.
        reserved_concurrency: Calls at the same moment that Lambda keeps for it, and at most. Default: it
            shares the account's.
        layers: Packages that the runtime needs and Lambda lacks. Default: none.
        writes_foreign_zones: Whether it assumes roles of other accounts to write into their hosted zones:
            they know its own role by its path. Default: not.
        reasons: Of cdk-nag rules, where those of a function that CloudFormation calls are not true.

    Attributes:
        function: The function.
        role: Its role.
        log_group: Its log, kept for a year.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        runtime: str,
        description: str,
        statements: Sequence[iam.PolicyStatement],
        environment: Mapping[str, str] | None = None,
        timeout: cdk.Duration | None = None,
        memory_mb: int = 256,
        reserved_concurrency: int | None = None,
        layers: Sequence[lambda_.ILayerVersion] = (),
        writes_foreign_zones: bool = False,
        reasons: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(scope, construct_id)
        self.log_group = own_log(self)
        self.role = iam.Role(
            self,
            "Role",
            assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"),
            description=description,
            path=WRITERS_PATH if writes_foreign_zones else None,
            inline_policies={
                "Function": iam.PolicyDocument(
                    statements=[
                        writes_to(self.log_group),
                        *statements,
                    ]
                )
            },
        )
        self.function = lambda_.Function(
            self,
            "Function",
            code=lambda_.Code.from_asset(
                str(_PACKAGE),
                exclude=_all_but(runtime, *(["assumed_role.py"] if writes_foreign_zones else [])),
                ignore_mode=cdk.IgnoreMode.GIT,
            ),
            handler=f"runtimes.{runtime}.handler.handle",
            runtime=lambda_.Runtime.PYTHON_3_14,
            architecture=lambda_.Architecture.ARM_64,
            description=description,
            # By ARN: nothing adds statements, and no DependsOn repeats the reference, which cfn-lint reports.
            role=iam.Role.from_role_arn(self, "FunctionRole", self.role.role_arn, mutable=False),
            log_group=self.log_group,
            environment=dict(environment or {}),
            memory_size=memory_mb,
            timeout=timeout or cdk.Duration.minutes(1),
            reserved_concurrent_executions=reserved_concurrency,
            layers=list(layers) or None,
        )
        acknowledge(self, _ACKNOWLEDGED | dict(reasons or {}), packs=(*COMPLIANCE, "Serverless"))


def own_log(function: Construct) -> logs.LogGroup:
    """The log of one function, kept for a year, gone with the stack."""
    return logs.LogGroup(
        function, "Log", retention=logs.RetentionDays.ONE_YEAR, removal_policy=cdk.RemovalPolicy.DESTROY
    )


def writes_to(log_group: logs.ILogGroup) -> iam.PolicyStatement:
    """All that a function needs for its own log: the group is there before it."""
    return iam.PolicyStatement(
        actions=["logs:CreateLogStream", "logs:PutLogEvents"], resources=[log_group.log_group_arn]
    )


def _all_but(runtime: str, *shared: str) -> list[str]:
    """Ignore patterns that leave one runtime and what it shares; caches would change the asset's hash."""
    return [
        "/*",
        "!/runtimes/",
        "/runtimes/*",
        "!/runtimes/__init__.py",
        "!/runtimes/aws_calls.py",
        "!/runtimes/custom_resource.py",
        *(f"!/runtimes/{name}" for name in shared),
        f"!/runtimes/{runtime}/",
        "__pycache__/",
    ]
