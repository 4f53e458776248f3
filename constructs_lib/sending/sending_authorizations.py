"""Another AWS account may send with an identity of ours, under conditions, and is told how.

For each authorization one custom resource, `Custom::SendingAuthorization`, puts one policy on the identity
(CloudFormation has no resource for it) and one output shows what the other account must set. For each
identity comes one `AWS::IAM::Policy`, and once for all of them the function that they let touch those
identities' policies. A policy that something else put there is never changed or deleted. Everything goes with
the stack: deleting it, or taking an authorization out of the list, ends the permission; the identity stays.

What a person must still do: hand the output to the other account. Its role needs the printed IAM policy, both
accounts must be out of the SES sandbox, and it sends with a configuration set of its own.

Example::

    SendingAuthorizations(
        stack, "Authorizations",
        authorizations=[
            SendingAuthorization(
                name="billing", identity=identity, account="222222222222",
                principals=("role/Billing",),
                conditions=SendConditions(from_addresses=("billing@example.com",)),
            )
        ],
    )
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct

from constructs_lib.acknowledgments import COMPLIANCE, acknowledge
from constructs_lib.errors import ConfigurationError
from constructs_lib.regions import require_ses_region
from constructs_lib.runtime_function import RuntimeFunction
from constructs_lib.sending.delegate_settings import DelegateSettings
from constructs_lib.sending.sending_authorization import SendingAuthorization
from constructs_lib.ses_arns import identity_arn

MAX_AUTHORIZATIONS: Final = 20
"""SES keeps 20 policies for an identity (SES Developer Guide, policy anatomy)."""

# As long as the function may wait for IAM and SES, and as long as Lambda needs to call it a second time.
_FUNCTION_TIMEOUT_MINUTES: Final = 4
_SERVICE_TIMEOUT_MINUTES: Final = 10


class SendingAuthorizations(Construct):
    """What other accounts may send. One function for all, so one of these per stack.

    Args:
        scope: Parent construct.
        construct_id: Id below the parent.
        authorizations: 1 to 20, each name once. Where the identity is a construct, the policy is put after
            it was made.

    Attributes:
        settings: What each other account must set, by the authorization's name; each is also an output, as
            JSON. In a stack that is not bound to a Region, values are tokens.

    Raises:
        ConfigurationError: ``sending-authorization-invalid``, ``region-without-ses``.
    """

    settings: Mapping[str, DelegateSettings]

    def __init__(
        self, scope: Construct, construct_id: str, *, authorizations: Sequence[SendingAuthorization]
    ) -> None:
        stack = cdk.Stack.of(scope)
        require_ses_region(stack.region, option="env.region")
        _require_authorizations(authorizations, own_account=stack.account)
        arns = {item.identity_name: identity_arn(scope, item.identity_name) for item in authorizations}
        policies = {
            item.name: item.policy(identity_arn=arns[item.identity_name], partition=stack.partition)
            for item in authorizations
        }

        super().__init__(scope, construct_id)
        runtime = RuntimeFunction(
            self,
            "Function",
            runtime="sending_authorization",
            description="Puts sending authorization policies on identities of Amazon SES",
            timeout=cdk.Duration.minutes(_FUNCTION_TIMEOUT_MINUTES),
            statements=[],
        )
        parents = {name: Construct(self, name) for name in arns}
        access = {name: _access(parent, runtime.role, arns[name]) for name, parent in parents.items()}
        self.settings = {
            item.name: item.settings(
                identity_arn=arns[item.identity_name], region=stack.region, partition=stack.partition
            )
            for item in authorizations
        }
        for item in authorizations:
            # Below its identity: for another identity it is another resource, and what it was is deleted
            # before the access to the former identity.
            parent = Construct(parents[item.identity_name], item.name)
            resource = cdk.CustomResource(
                parent,
                "Policy",
                resource_type="Custom::SendingAuthorization",
                service_token=runtime.function.function_arn,
                service_timeout=cdk.Duration.minutes(_SERVICE_TIMEOUT_MINUTES),
                properties={"Identity": item.identity_name, "Name": item.name, "Policy": policies[item.name]},
            )
            resource.node.add_dependency(access[item.identity_name])
            if isinstance(item.identity, Construct):
                resource.node.add_dependency(item.identity)
            cdk.CfnOutput(
                parent,
                "Settings",
                value=stack.to_json_string(self.settings[item.name].as_data()),
                description=f"For account {item.account}, to send as {item.identity_name}: {item.name}",
            )


def _access(parent: Construct, role: iam.Role, identity: str) -> iam.Policy:
    # Not in the role: it would shrink before CloudFormation deletes what left the template.
    policy = iam.Policy(
        parent,
        "Access",
        roles=[role],
        statements=[
            iam.PolicyStatement(
                actions=[
                    "ses:CreateEmailIdentityPolicy",
                    "ses:DeleteEmailIdentityPolicy",
                    "ses:GetEmailIdentityPolicies",
                    "ses:UpdateEmailIdentityPolicy",
                ],
                resources=[identity],
            )
        ],
    )
    acknowledge(policy, {"IAMNoInlinePolicy": "It belongs to this function alone."}, packs=COMPLIANCE)
    return policy


def _require_authorizations(authorizations: Sequence[SendingAuthorization], *, own_account: str) -> None:
    names = Counter(item.name for item in authorizations)
    twice = sorted(name for name, count in names.items() if count > 1)
    if twice or not 1 <= len(authorizations) <= MAX_AUTHORIZATIONS:
        raise ConfigurationError(
            "sending-authorization-invalid",
            option="authorizations",
            rule=f"1 to {MAX_AUTHORIZATIONS}, each name once.",
            got=twice or f"{len(authorizations)} authorizations",
            fix="name each once; put more than that into a stack of their own",
        )
    for item in authorizations:
        if item.account == own_account:
            raise ConfigurationError(
                "sending-authorization-invalid",
                option=f"{item.name}: account",
                rule="another account: within its own one, a permission belongs to the role that sends.",
                got=item.account,
                fix="write the other account's id, or give the role of this account a permission",
            )
