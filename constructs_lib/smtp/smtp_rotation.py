"""The function that rotates SMTP credentials. Part of `smtp_credentials`.

One for all senders, with the permission for Secrets Manager to call it and a custom resource by which it
deletes the keys of users that leave. All go with their stack.

Example::

    SmtpRotation(self, "Rotation", users=[user], secrets=[secret], key=key, user_path="ses-smtp/Mail")
"""

from collections.abc import Mapping, Sequence
from typing import Final

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from constructs_lib.acknowledgments import acknowledge_wildcards
from constructs_lib.runtime_function import RuntimeFunction
from constructs_lib.runtimes.smtp_credentials.model import USERS

# Longer than new credentials are tried, and as long as CloudFormation waits for the clean-up.
_TIMEOUT_MINUTES: Final = 10


class SmtpRotation(Construct):
    """What rotates.

    Args:
        scope: Parent construct.
        construct_id: Id below the parent.
        users: The users whose keys it makes and deletes.
        secrets: The secrets that it writes.
        key: The key of the secrets.
        user_path: IAM path of the users, which nobody else uses, without the outer slashes.

    Attributes:
        function: The function.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        users: Sequence[iam.CfnUser],
        secrets: Sequence[secretsmanager.CfnSecret],
        key: kms.IKey,
        user_path: str,
    ) -> None:
        super().__init__(scope, construct_id)
        stack = cdk.Stack.of(self)
        ours = stack.format_arn(service="iam", region="", resource="user", resource_name=f"{user_path}/*")
        runtime = RuntimeFunction(
            self,
            "Function",
            runtime="smtp_credentials",
            description="Rotates the access keys behind SMTP credentials of Amazon SES",
            timeout=cdk.Duration.minutes(_TIMEOUT_MINUTES),
            environment={USERS: stack.to_json_string([user.ref for user in users])},
            statements=[
                iam.PolicyStatement(
                    actions=["iam:CreateAccessKey"], resources=[user.attr_arn for user in users]
                ),
                iam.PolicyStatement(actions=["iam:ListAccessKeys", "iam:DeleteAccessKey"], resources=[ours]),
                iam.PolicyStatement(
                    actions=[
                        "secretsmanager:DescribeSecret",
                        "secretsmanager:GetSecretValue",
                        "secretsmanager:PutSecretValue",
                        "secretsmanager:UpdateSecretVersionStage",
                    ],
                    resources=[secret.attr_id for secret in secrets],
                ),
                iam.PolicyStatement(
                    actions=["kms:Decrypt", "kms:GenerateDataKey"],
                    resources=[key.key_arn],
                    conditions={"StringEquals": via_secrets_manager(self)},
                ),
            ],
        )
        acknowledge_wildcards(
            runtime.role,
            [ours],
            reason="This stack's own path, to list and delete only: a user that has left the template is in "
            "no list any more, yet its keys must go.",
        )
        self.function = runtime.function
        self._permission = lambda_.CfnPermission(
            self,
            "SecretsManager",
            action="lambda:InvokeFunction",
            function_name=self.function.function_arn,
            principal="secretsmanager.amazonaws.com",
            # No SourceArn: with one, a function can rotate that one secret only (Secrets Manager User
            # Guide, permissions for rotation). The function itself reaches no secret but these.
            source_account=stack.account,
        )
        self._clean_up = cdk.CustomResource(
            self,
            "CleanUp",
            resource_type="Custom::SmtpUserKeys",
            service_token=self.function.function_arn,
            service_timeout=cdk.Duration.minutes(_TIMEOUT_MINUTES),
            properties={"Users": [user.ref for user in users]},
        )

    def schedule(self, scope: Construct, secret: secretsmanager.CfnSecret, *, days: int) -> None:
        """Rotate a secret as soon as it is deployed, and again every so many days."""
        schedule = secretsmanager.CfnRotationSchedule(
            scope,
            "Rotation",
            secret_id=secret.attr_id,
            rotation_lambda_arn=self.function.function_arn,
            rotation_rules=secretsmanager.CfnRotationSchedule.RotationRulesProperty(
                automatically_after_days=days
            ),
            # The first rotation makes the first key.
            rotate_immediately_on_update=True,
        )
        schedule.node.add_dependency(self._permission)
        # In reverse on deletion: no rotation makes a key after they were deleted.
        schedule.node.add_dependency(self._clean_up)


def via_secrets_manager(scope: Construct) -> Mapping[str, str]:
    """A condition: the KMS key is used through Secrets Manager of the stack's Region only."""
    stack = cdk.Stack.of(scope)
    return {"kms:ViaService": f"secretsmanager.{stack.region}.{stack.url_suffix}"}
