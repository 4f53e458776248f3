"""EC2 instances that send mail: through the API with their role, or as a machine with ``sendmail``.

A user gives an instance, an Auto Scaling group, a launch template or just a role what sending needs, each
as wanted: permission for the SES API, the way to SES's SMTP interface inside the VPC, SMTP credentials, a
Postfix that relays through SES. One resource appears, an `AWS::IAM::ManagedPolicy`, which goes with its
stack. Where the instances are described IMDSv2 is required, and a security group and a part of the user
data are added. What IMDSv1 gave away is denied in any case.

What a person must still do: replace instances that run already (cloud-init works once for an instance).

Example::

    instance = ec2.Instance(stack, "Server", user_data=ec2.MultipartUserData(), ...)
    Ec2Sender(
        stack, "Sender", target=instance, credentials=credentials, smtp_user="billing",
        null_client=NullClient(origin="example.com"), endpoint=SmtpEndpoint(stack, "Smtp", vpc=vpc),
    )
"""

import re
from collections.abc import Sequence
from typing import Final

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from constructs import Construct

from constructs_lib.domain_name import is_token
from constructs_lib.ec2.ec2_machine import Machine, descriptions_of, require_imdsv2, role_of, user_data_with
from constructs_lib.ec2.null_client import NullClient, SmtpSecret
from constructs_lib.errors import ConfigurationError
from constructs_lib.smtp.smtp_credentials import SmtpCredentials
from constructs_lib.smtp.smtp_endpoint import SmtpEndpoint
from constructs_lib.statements import names_resources_only

_SEND: Final = re.compile(r"ses:Send[A-Za-z]+", re.IGNORECASE)


class Ec2Sender(Construct):
    """What instances need to send.

    Args:
        scope: Parent construct.
        construct_id: Id below the parent.
        target: Who sends. For a role alone, nothing but its permissions can be given.
        statements: The permission to send through the API: ``ses:Send...`` on identities, configuration sets
            and templates. Default: none.
        credentials: SMTP credentials that the instances may read. Default: none.
        smtp_user: Which sender of them. Default: none.
        null_client: A Postfix that relays with them; ``user_data`` is then an `ec2.MultipartUserData`.
            Default: none.
        endpoint: The way to SES inside the VPC. A launch template then has a security group of its own
            already. Default: none; instances reach SES over the internet.

    Attributes:
        policy: All that was permitted.

    Raises:
        ConfigurationError: ``instance-sender-invalid``, ``instance-permission-invalid``,
            ``instance-metadata-unprotected``, ``user-data-not-multipart``, ``user-data-too-large``.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        target: Machine | iam.IRole,
        statements: Sequence[iam.PolicyStatement] = (),
        credentials: SmtpCredentials | None = None,
        smtp_user: str | None = None,
        null_client: NullClient | None = None,
        endpoint: SmtpEndpoint | None = None,
    ) -> None:
        machine = target if isinstance(target, Machine) else None
        if machine:
            descriptions_of(machine)
        role = role_of(target)
        for statement in statements:
            _require_send(statement)
        secret = _secret(credentials, smtp_user)
        _require_fit(machine, secret, null_client, endpoint, nothing=not (statements or secret or endpoint))
        config = null_client.cloud_config(secret) if null_client and secret else ""
        user_data = user_data_with(machine, config) if machine and config else None

        super().__init__(scope, construct_id)
        self.policy = iam.ManagedPolicy(
            self, "Policy", description="Sending through Amazon SES from EC2", roles=[role]
        )
        self._permit(statements)
        if credentials and smtp_user:
            credentials.grant_read(self.policy, smtp_user).assert_success()
            self._deny_imdsv1(["secretsmanager:GetSecretValue"], [credentials.secret_arn(smtp_user)])
        if machine:
            require_imdsv2(machine)
        if machine and endpoint:
            machine.add_security_group(endpoint.client_security_group)
        if user_data:
            user_data.add_part(ec2.MultipartBody.from_raw_body(content_type="text/cloud-config", body=config))

    def _permit(self, statements: Sequence[iam.PolicyStatement]) -> None:
        for statement in statements:
            self.policy.add_statements(statement)
            self._deny_imdsv1(statement.actions, statement.resources)

    def _deny_imdsv1(self, actions: Sequence[str], resources: Sequence[str]) -> None:
        """Whatever an instance is started from, what IMDSv1 gave away sends nothing (EC2 User Guide, IAM)."""
        self.policy.add_statements(
            iam.PolicyStatement(
                effect=iam.Effect.DENY,
                actions=actions,
                resources=resources,
                conditions={"NumericLessThan": {"ec2:RoleDelivery": "2.0"}},
            )
        )


def _secret(credentials: SmtpCredentials | None, smtp_user: str | None) -> SmtpSecret | None:
    if credentials is None and smtp_user is None:
        return None
    if credentials is None or smtp_user is None:
        raise _misfit("smtp_user", "a sender of `credentials`; one needs the other.", smtp_user, "pass both")
    try:
        return SmtpSecret(
            name=credentials.secret_name(smtp_user),
            region=cdk.Stack.of(credentials).region,
            ses_region=credentials.ses_region(smtp_user),
        )
    except KeyError:
        raise _misfit("smtp_user", "a sender of `credentials`.", smtp_user, "name one of its users") from None


def _require_fit(
    machine: Machine | None,
    secret: SmtpSecret | None,
    null_client: NullClient | None,
    endpoint: SmtpEndpoint | None,
    *,
    nothing: bool,
) -> None:
    if null_client and not secret:
        raise _misfit("null_client", "it relays with `credentials`.", None, "pass credentials and smtp_user")
    if machine is None and (null_client or endpoint):
        raise _misfit(
            "target",
            "a role has no user data and no security group.",
            "a role",
            "pass the instance, group or launch template; or give the role its permissions only",
        )
    if nothing:
        raise _misfit("statements", "something to send with.", [], "pass statements, credentials or endpoint")
    if endpoint and null_client and null_client.port not in endpoint.ports:
        raise _misfit("endpoint.ports", "the null client's port is one of them.", endpoint.ports, "add it")
    if endpoint and secret and secret.ses_region != endpoint.region and not is_token(endpoint.region):
        raise _misfit(
            "endpoint",
            f"it is in {secret.ses_region}, where the password of `smtp_user` works.",
            endpoint.region,
            "use a sender of the endpoint's Region",
        )


def _require_send(statement: iam.PolicyStatement) -> None:
    if statement.not_actions or not all(_SEND.fullmatch(action) for action in statement.actions):
        rule = "ses:SendEmail, ses:SendRawEmail and their like, each written out."
    elif not names_resources_only(statement):
        rule = "ARNs of identities, configuration sets and templates, and no principal."
    else:
        return
    raise ConfigurationError(
        "instance-permission-invalid",
        option="statements",
        rule=rule,
        got=statement.to_statement_json(),
        fix='allow actions=["ses:SendEmail", "ses:SendRawEmail"] on resources=[<ARN>, ...]',
    )


def _misfit(option: str, rule: str, got: object, fix: str) -> ConfigurationError:
    return ConfigurationError("instance-sender-invalid", option=option, rule=rule, got=got, fix=fix)
