"""A function of yours in Lambda, made of a folder: a role of its own, its own log, nothing more.

Three resources appear: `AWS::Lambda::Function`, its `AWS::IAM::Role` and its `AWS::Logs::LogGroup`. All go
with their stack: they hold nothing. `InboundMail` lets it read its queue and the raw mail.

Example::

    settings = MailFunction(folder="functions/orders", handler="orders.handle")
    orders = FolderFunction(stack, "Orders", settings=settings, root=Path(__file__).parent)
    InboundMail(stack, "Inbound", function=orders.function, ...)
"""

from pathlib import Path
from typing import Final

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from constructs_lib.acknowledgments import COMPLIANCE, acknowledge
from constructs_lib.receiving.mail_function import MailFunction
from constructs_lib.runtime_function import own_log, writes_to

_REASONS: Final = {
    "CloudWatchLogGroupEncrypted": "What is in the log is up to the function; CloudWatch encrypts it.",
    "IAMNoInlinePolicy": "The policy belongs to this role alone and goes with it.",
    "LambdaConcurrency": "The event source has a limit; a reservation is an option.",
    "LambdaDLQ": "A queue calls it, tries again and has a dead-letter queue with an alarm.",
    "LambdaInsideVPC": "It reads a queue and a bucket with its role and listens to nothing.",
    "LambdaTracing": "What it traces is up to the function.",
}


class FolderFunction(Construct):
    """One function, made of a folder.

    Args:
        scope: Parent construct.
        construct_id: Id below the parent.
        settings: The function.
        root: What its folder is relative to.

    Attributes:
        function: The function. Its role may be given more.
        log_group: Its log, kept for a year.

    Raises:
        ConfigurationError: ``mail-function-invalid``: there is no such code.
    """

    def __init__(self, scope: Construct, construct_id: str, *, settings: MailFunction, root: Path) -> None:
        folder = settings.require_code(root)
        super().__init__(scope, construct_id)
        self.log_group = own_log(self)
        role = iam.Role(
            self,
            "Role",
            assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"),
            description=f"Of a function on incoming mail: {settings.folder}",
            managed_policies=[
                iam.ManagedPolicy.from_managed_policy_name(self, name.replace("/", "."), name)
                for name in settings.policies
            ],
            inline_policies={"Log": iam.PolicyDocument(statements=[writes_to(self.log_group)])},
        )
        self.function = lambda_.Function(
            self,
            "Function",
            code=lambda_.Code.from_asset(
                str(folder), exclude=["__pycache__/"], ignore_mode=cdk.IgnoreMode.GIT
            ),
            handler=settings.handler,
            runtime=lambda_.Runtime(settings.runtime),
            architecture=lambda_.Architecture.ARM_64,
            description=f"On incoming mail: {settings.folder}",
            # By name: no DependsOn repeats the reference, which cfn-lint reports; more can be added to it.
            role=iam.Role.from_role_name(self, "FunctionRole", role.role_name),
            log_group=self.log_group,
            environment=dict(settings.variables),
            memory_size=settings.memory_mb,
            timeout=cdk.Duration.seconds(settings.timeout_seconds),
            reserved_concurrent_executions=settings.reserved_concurrency,
        )
        acknowledge(self, _REASONS, packs=(*COMPLIANCE, "Serverless"))
