"""The role by which another account writes mail records into a hosted zone: whom it trusts, what it permits.

Plain data, for the construct `ZoneRecordsRole` and for ``python -m ops zone-role``, which prints the same
role as a template for an owner without the CDK.

A role permits single names with single types, creating and deleting only, in one zone. Route 53 tells IAM the
names, the types and the actions of a change batch apart (Route 53 Developer Guide, IAM policy conditions for
fine-grained access), so there is a statement for each type: two types in one batch are refused.
``ForAllValues`` is true for a request that has none of these keys (IAM User Guide, multivalued context keys);
``Null`` refuses that.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from constructs_lib.account_id import require_account_id
from constructs_lib.domain_name import is_token, is_within
from constructs_lib.errors import ConfigurationError
from constructs_lib.identity.dns import Route53Zone, require_role_name
from constructs_lib.identity.record_permissions import RecordPermission
from constructs_lib.policy_size import ROLE_INLINE, require_policy_size

WRITERS_PATH: Final = "/zone-records/"
"""Path of the roles of this library's functions that write into zones of other accounts.

The owner of a zone trusts these roles of one account by their path: their names are CloudFormation's, so that
they can be replaced and stand in several Regions.
"""

_CHANGE: Final = "route53:ChangeResourceRecordSets"
_SUBSTITUTED: Final = "arn:${AWS::Partition}:"


def zone_role_properties(
    *,
    zone: Route53Zone,
    role_name: str,
    mail_account: str,
    permissions: Sequence[RecordPermission],
    partition: str = "${AWS::Partition}",
) -> dict[str, Any]:
    """The properties of the ``AWS::IAM::Role`` in the zone's account.

    Args:
        zone: The zone.
        role_name: The role's name.
        mail_account: The account that writes.
        permissions: What it may write.
        partition: The partition of the ARNs, which are text. Default: what `zone_role_template` replaces by
            that of the deployment.

    Raises:
        ConfigurationError: ``account-invalid``, ``policy-too-large``, ``zone-role-invalid``.
    """
    require_account_id(mail_account, option="mail_account")
    require_role_name(role_name, option="role_name")
    _require_permissions(permissions, zone)
    statements = _statements(zone, permissions, partition)
    require_policy_size(
        statements,
        limit=ROLE_INLINE,
        option="permissions",
        fix="make several roles, each for some of the domains: CrossAccountZone takes another role_name for "
        "the same zone; or delegate a subdomain",
    )
    account = f"arn:{partition}:iam::{mail_account}"
    return {
        "RoleName": role_name,
        "Description": f"Lets account {mail_account} write mail records into the zone {zone.zone_name}",
        "AssumeRolePolicyDocument": {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": {"AWS": f"{account}:root"},
                    "Action": "sts:AssumeRole",
                    "Condition": {"ArnLike": {"aws:PrincipalArn": f"{account}:role{WRITERS_PATH}*"}},
                }
            ],
        },
        "Policies": [
            {
                "PolicyName": "MailRecords",
                "PolicyDocument": {"Version": "2012-10-17", "Statement": statements},
            }
        ],
    }


def zone_role_template(properties: Mapping[str, Any]) -> dict[str, Any]:
    """A CloudFormation template with the role alone, to be deployed once in the zone's account.

    Args:
        properties: Those of `zone_role_properties`, without tokens of the CDK and with its default partition.
    """
    return {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": properties["Description"],
        "Resources": {"ZoneRecordsRole": {"Type": "AWS::IAM::Role", "Properties": _substituted(properties)}},
        "Outputs": {"RoleArn": {"Value": {"Fn::GetAtt": ["ZoneRecordsRole", "Arn"]}}},
    }


def _substituted(value: Any) -> Any:  # noqa: ANN401 - any part of a template
    match value:
        case str() if value.startswith(_SUBSTITUTED):
            return {"Fn::Sub": value}
        case Mapping():
            return {key: _substituted(each) for key, each in value.items()}
        case list():
            return [_substituted(each) for each in value]
    return value


def _statements(
    zone: Route53Zone, permissions: Sequence[RecordPermission], partition: str
) -> list[dict[str, Any]]:
    zone_arn = f"arn:{partition}:route53:::hostedzone/{zone.zone_id}"
    # Route 53 gives each change its id when it is made.
    any_change = f"arn:{partition}:route53:::change/*"
    names: dict[str, list[str]] = {}
    for permission in permissions:
        names.setdefault(str(permission.type), []).append(permission.name)
    return [
        {"Effect": "Allow", "Action": "route53:ListResourceRecordSets", "Resource": zone_arn},
        {"Effect": "Allow", "Action": "route53:GetChange", "Resource": any_change},
        *(
            {
                "Effect": "Allow",
                "Action": _CHANGE,
                "Resource": zone_arn,
                "Condition": {
                    "ForAllValues:StringLike": {f"{_CHANGE}NormalizedRecordNames": sorted(names[kind])},
                    "ForAllValues:StringEquals": {
                        f"{_CHANGE}RecordTypes": [kind],
                        f"{_CHANGE}Actions": ["CREATE", "DELETE"],
                    },
                    "Null": {
                        f"{_CHANGE}{key}": "false"
                        for key in ("NormalizedRecordNames", "RecordTypes", "Actions")
                    },
                },
            }
            for kind in sorted(names)
        ),
    ]


def _require_permissions(permissions: Sequence[RecordPermission], zone: Route53Zone) -> None:
    outside = [
        each.name for each in permissions if is_token(each.name) or not is_within(each.name, zone.zone_name)
    ]
    if outside or not permissions:
        raise ConfigurationError(
            "zone-role-invalid",
            option="permissions",
            rule=f"at least one, each with a name in the zone {zone.zone_name} that is known now.",
            got=outside or "none",
            fix="take those of domain_permissions() for a domain of the zone",
        )
