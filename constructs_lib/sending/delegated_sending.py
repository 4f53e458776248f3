"""What a role needs to send with an identity of another account: the sender's side, in the sender's account.

A user gets one `AWS::IAM::ManagedPolicy` that permits sending with that identity and a configuration set of
this account, under the conditions that the owner sets, and an output that says what each send must name. The
owner lets the account by a `SendingAuthorization`, whose output has the identity's ARN. The policy goes with
its stack.

Bounces and complaints count for the sender's account (SES Developer Guide, delegate sender tasks): let the
configuration set publish its events, for example by `FeedbackTopics`.

Example::

    DelegatedSending(
        stack, "AsShop", roles=[newsletter], configuration_set=profile,
        identity_arn=identity_arn,  # the owner's output
        conditions=SendConditions(from_addresses=("letters@shop.example",)),
    )
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct

from constructs_lib.arns import arn_form
from constructs_lib.domain_name import is_token
from constructs_lib.errors import ConfigurationError
from constructs_lib.policy_size import MANAGED_POLICY, require_policy_size
from constructs_lib.regions import require_ses_region
from constructs_lib.sending.configuration_set_name import require_configuration_set_name
from constructs_lib.sending.delegate_settings import DelegateSettings, delegate_settings
from constructs_lib.sending.send_conditions import SendConditions
from constructs_lib.sending.send_permission import SendPermission
from constructs_lib.sending.sending_authorization import SEND_ACTIONS
from constructs_lib.sending.sending_profile import SendingProfile

_IDENTITY_ARN: Final = arn_form("ses", r"identity/(?P<name>[^\s*?/]{3,320})")


class DelegatedSending(Construct):
    """A managed policy that permits sending with another account's identity.

    Args:
        scope: Parent construct.
        construct_id: Id below the parent.
        identity_arn: The identity, as the owner's output has it, in the Region of the stack.
        configuration_set: What each send names: a sending profile of this account, or the name of a set.
        conditions: What each message must be like: the owner's conditions or narrower ones, or the owner's
            side denies what this one allows.
        roles: Roles that get it, imported ones too. Default: none yet.
        managed_policy_name: A stable name, for roles that other stacks or teams own: they attach it by name.
            Default: CloudFormation chooses one.

    Attributes:
        policy: The managed policy.
        settings: What each send names, also an output, as JSON.

    Raises:
        ConfigurationError: ``delegated-sending-invalid``, ``from-address-outside-identity``,
            ``configuration-set-name-invalid``, ``region-without-ses``, ``policy-too-large``,
            ``recipients-too-many``; before anything is built.
    """

    policy: iam.ManagedPolicy
    settings: DelegateSettings

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        identity_arn: str,
        configuration_set: SendingProfile | str,
        conditions: SendConditions,
        roles: Sequence[iam.IRole] = (),
        managed_policy_name: str | None = None,
    ) -> None:
        stack = cdk.Stack.of(scope)
        require_ses_region(stack.region, option="env.region")
        owner = _require_identity(identity_arn, region=stack.region, account=stack.account)
        # What the owner's account could not send from is refused here as well.
        SendPermission(identities=(owner["name"],), conditions=conditions)
        if isinstance(configuration_set, SendingProfile):
            set_name = configuration_set.configuration_set_name
        else:
            set_name = require_configuration_set_name(configuration_set, option="configuration_set")
        settings = delegate_settings(
            identity_arn=identity_arn,
            region=stack.region,
            partition=stack.partition,
            account=stack.account,
            actions=[action for action in SEND_ACTIONS if conditions.applies_to(action)],
            conditions=conditions.block(),
            configuration_set=set_name,
        )
        statements = [_conditioned(each, settings.conditions) for each in settings.iam_policy["Statement"]]
        require_policy_size(
            statements, limit=MANAGED_POLICY, option="conditions", fix="use * before the @ of addresses"
        )

        super().__init__(scope, construct_id)
        self.settings = settings
        self.policy = iam.ManagedPolicy(
            self,
            "Policy",
            description=f"Amazon SES: sends as {owner['name']} of account {owner['account']}",
            managed_policy_name=managed_policy_name,
            statements=[iam.PolicyStatement.from_json(each) for each in statements],
            roles=list(roles),
        )
        cdk.CfnOutput(
            self,
            "Settings",
            value=stack.to_json_string(
                {"ConfigurationSetName": set_name}
                | {key: settings.as_data()[key] for key in ("Region", "ApiV2", "ApiV1", "SmtpHeaders")}
            ),
            description=f"What each send as {owner['name']} names",
        )


def _conditioned(statement: Mapping[str, Any], conditions: Mapping[str, Any]) -> dict[str, Any]:
    return dict(statement) | ({"Condition": dict(conditions)} if conditions else {})


def _require_identity(identity_arn: str, *, region: str, account: str) -> dict[str, str]:
    found = _IDENTITY_ARN.fullmatch(identity_arn)
    if found is None or (not is_token(region) and found["region"] != region):
        raise _invalid(
            f"the ARN of an identity in {region}, the Region of the stack: it can be sent with in its own"
            " Region only.",
            identity_arn,
            "copy it from the owner's output, and deploy in its Region",
        )
    if found["account"] == account:
        raise _invalid(
            "an identity of another account.",
            identity_arn,
            "use SendPolicy for an identity of this account",
        )
    return found.groupdict()


def _invalid(rule: str, got: object, fix: str) -> ConfigurationError:
    return ConfigurationError("delegated-sending-invalid", option="identity_arn", rule=rule, got=got, fix=fix)
