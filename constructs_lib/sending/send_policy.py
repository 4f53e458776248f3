"""Giving a `SendPermission` or a `VerificationPermission` to roles, users and groups.

A user gets one `AWS::IAM::ManagedPolicy`, attached to whom it names and to whatever it is attached to later.
It goes with its stack. `DomainIdentity.grant_send` is for what is declared in the same app: it adds the
statement to the policy of a role, or of a function's role.

What a person must still do: take `sandbox_recipients` out once the account has left the SES sandbox.

Example::

    SendPolicy(
        stack, "BillingPolicy", roles=[billing],
        permissions=[SendPermission(
            identities=("example.com",), configuration_set="transactional",
            conditions=SendConditions(from_addresses=("billing@example.com",)),
        )],
    )
"""

from collections.abc import Mapping, Sequence
from typing import Any

from aws_cdk import aws_iam as iam
from constructs import Construct

from constructs_lib.errors import ConfigurationError
from constructs_lib.policy_size import GROUP_INLINE, MANAGED_POLICY, USER_INLINE, require_policy_size
from constructs_lib.sending.send_conditions import SendConditions
from constructs_lib.sending.send_permission import SendPermission
from constructs_lib.verification.verification_permission import VerificationPermission


class SendPolicy(Construct):
    """A managed policy that permits sending, or having addresses verified.

    Args:
        scope: Parent construct.
        construct_id: Id below the parent.
        permissions: What it permits.
        managed_policy_name: A stable name, for roles that other stacks or teams own: they attach it by name.
            Default: CloudFormation chooses one.
        roles: Roles that get it, imported ones too. Default: none yet.
        users: Users that get it. Default: none yet.
        groups: Groups that get it. Default: none yet.

    Attributes:
        policy: The managed policy: ``role.add_managed_policy(send_policy.policy)`` attaches it.

    Raises:
        ConfigurationError: ``recipients-too-many``, ``policy-too-large``, ``send-permission-invalid``.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        permissions: Sequence[SendPermission | VerificationPermission],
        managed_policy_name: str | None = None,
        roles: Sequence[iam.IRole] = (),
        users: Sequence[iam.IUser] = (),
        groups: Sequence[iam.IGroup] = (),
    ) -> None:
        if not permissions:
            raise ConfigurationError(
                "send-permission-invalid",
                option="permissions",
                rule="IAM refuses a policy without a statement.",
                got=permissions,
                fix="name at least one SendPermission",
            )
        statements = [permission.statement(scope) for permission in permissions]
        require_policy_size(
            statements, limit=MANAGED_POLICY, option="permissions", fix="make a policy for each permission"
        )
        super().__init__(scope, construct_id)
        self.policy = iam.ManagedPolicy(
            self,
            "Policy",
            managed_policy_name=managed_policy_name,
            statements=[iam.PolicyStatement.from_json(statement) for statement in statements],
            roles=list(roles),
            users=list(users),
            groups=list(groups),
        )


class SendingIdentity:
    """What every identity offers: permission to send with it.

    Attributes:
        domain: The identity.
        configuration_set_name: Its default configuration set, None where that is not known.
    """

    domain: str
    configuration_set_name: str | None

    def grant_send(
        self,
        grantee: iam.IGrantable,
        *,
        from_addresses: Sequence[str] = (),
        recipients: Sequence[str] = (),
        display_names: Sequence[str] = (),
        configuration_set: str | None = None,
        templates: Sequence[str] = (),
        sandbox_recipients: Sequence[str] = (),
    ) -> iam.Grant:
        """Permit sending with this identity, in its account and Region.

        Args:
            grantee: A role, user or group, or what has a role, such as a function.
            from_addresses: Default: every address of the domain and of its subdomains.
            recipients: Default: anybody. Every To, Cc and Bcc address must be among them.
            display_names: Default: any.
            configuration_set: Name of the one that sends use. Default: that of the identity.
            templates: Default: none, and no action for templates.
            sandbox_recipients: Identities of the recipients while the account is in the SES sandbox.

        Raises:
            ConfigurationError: the codes of `SendConditions` and `SendPermission`; ``recipients-too-many``,
                ``policy-too-large``: the policies of a user and of a group hold less than a `SendPolicy`.
        """
        permission = SendPermission(
            identities=(self.domain,),
            configuration_set=configuration_set or self.configuration_set_name,
            templates=templates,
            conditions=SendConditions(
                from_addresses=from_addresses, recipients=recipients, display_names=display_names
            ),
            sandbox_recipients=sandbox_recipients,
        )
        return _grant(grantee, permission.statement(self._scope()))

    def grant_send_verification(
        self, grantee: iam.IGrantable, *, templates: Sequence[str], recipients: Sequence[str] = ()
    ) -> iam.Grant:
        """Permit having SES verify addresses by custom templates that are sent from this identity.

        Each address becomes an identity of the account.

        Args:
            grantee: A role, user or group, or what has a role, such as a function.
            templates: Names of custom verification templates.
            recipients: Addresses that may be verified, such as ``*@customer.example``. Default: any.

        Raises:
            ConfigurationError: the codes of `VerificationPermission`; ``recipients-too-many``,
                ``policy-too-large`` as of `grant_send`.
        """
        permission = VerificationPermission(
            identities=(self.domain,), templates=templates, recipients=recipients
        )
        return _grant(grantee, permission.statement(self._scope()))

    def _scope(self) -> Construct:
        """A construct of the stack whose account and Region hold the identity."""
        raise NotImplementedError


def _grant(grantee: iam.IGrantable, statement: Mapping[str, Any]) -> iam.Grant:
    # What is too much for a role's own policy becomes managed policies of it (CDK, Role).
    limit = MANAGED_POLICY
    if isinstance(grantee, iam.User):
        limit = USER_INLINE
    elif isinstance(grantee, iam.Group):
        limit = GROUP_INLINE
    require_policy_size([statement], limit=limit, option="grantee", fix="attach a SendPolicy instead")
    return iam.Grant.add_to_principal(
        grantee=grantee,
        actions=statement["Action"],
        resource_arns=statement["Resource"],
        conditions=statement.get("Condition"),
    )
