"""The role by which another account writes mail records into a hosted zone: whom it trusts, what it permits.

Plain data, for the construct `ZoneRecordsRole` and for ``python -m ops zone-role``, which prints the same
role as a template for an owner without the CDK.

A role permits single names with single types, creating and deleting only, in one zone. Route 53 tells IAM the
names, the types and the actions of a change batch apart (Route 53 Developer Guide, IAM policy conditions for
fine-grained access), so there is a statement for each type: two types in one batch are refused.
``ForAllValues`` is true for a request that has none of these keys (IAM User Guide, multivalued context keys);
``Null`` refuses that.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from constructs_lib.account_id import require_account_id
from constructs_lib.domain_name import is_token, is_within, normalize_domain
from constructs_lib.errors import ConfigurationError
from constructs_lib.identity.dmarc import DmarcPolicy
from constructs_lib.identity.dns import Route53Zone, require_role_name
from constructs_lib.identity.dns_records import DnsRecord, Purpose, RecordType
from constructs_lib.identity.mail_records import (
    inbound_mx_record,
    legacy_record,
    mail_from_domain,
    mail_records,
)
from constructs_lib.policy_size import ROLE_INLINE, require_policy_size

WRITERS_PATH: Final = "/zone-records/"
"""Path of the roles of this library's functions that write into zones of other accounts.

The owner of a zone trusts these roles of one account by their path: their names are CloudFormation's, so that
they can be replaced and stand in several Regions.
"""

MIN_DKIM_TOKEN: Final = 24
"""Characters that a selector of Easy DKIM has at least. SES's have 32, which no document promises; selectors
that other providers let be published as CNAME records are shorter."""

_ANY_REGION: Final = "us-east-1"
_CHANGE: Final = "route53:ChangeResourceRecordSets"
_PARTITION: Final = "arn:${AWS::Partition}:"


@dataclass(frozen=True, kw_only=True)
class RecordPermission:
    """Permission to create, replace and delete one record set, or those that match a pattern.

    Attributes:
        name: Absolute name without trailing dot, in lower case; ``*`` and ``?`` as in IAM's StringLike.
        type: Record type.
    """

    name: str
    type: RecordType


def permissions_for(records: Iterable[DnsRecord]) -> tuple[RecordPermission, ...]:
    """The permissions that writing some records takes, each once, sorted.

    Args:
        records: Records of `mail_records`, `inbound_mx_record` and `legacy_record`. Of records of Easy DKIM
            only the domain counts, since their names are known to the deployment alone.
    """
    found = {RecordPermission(name=_pattern(record), type=record.type) for record in records}
    return tuple(sorted(found, key=lambda each: (each.type, each.name)))


def domain_permissions(
    domain: str,
    *,
    mail_from_domains: Sequence[str] = (),
    dkim_selectors: Sequence[str] = (),
    dmarc: DmarcPolicy = DmarcPolicy(),  # noqa: B008 - frozen, so sharing it is safe
    receives_mail: bool = False,
    legacy_txt: bool = False,
) -> tuple[RecordPermission, ...]:
    """The permissions for all records of a domain that another account sends from.

    Args:
        domain: The domain.
        mail_from_domains: Its MAIL FROM domains, one for each Region. Default: ``bounce.<domain>``.
        dkim_selectors: Selectors of keys of one's own. Default: the names of Easy DKIM.
        dmarc: Only where its reports go matters: receivers outside the domain authorize them, in their zone.
        receives_mail: Whether its MX record may be written. Default: not.
        legacy_txt: Whether the legacy verification record may be written. Default: not.

    Raises:
        ConfigurationError: ``mail-from-invalid``, a code of `normalize_domain`.
    """
    name = normalize_domain(domain, option="domain")
    # A Region decides what records hold, not what they are named.
    records: list[DnsRecord] = []
    for mail_from in mail_from_domains or (None,):
        records.extend(
            mail_records(
                name,
                region=_ANY_REGION,
                mail_from=mail_from_domain(name, mail_from, option="mail_from_domains"),
                dkim=() if dkim_selectors else [(f"token._domainkey.{name}", "value")],
                dmarc=dmarc,
            )
        )
    if receives_mail:
        records.append(inbound_mx_record(name, _ANY_REGION))
    if legacy_txt:
        records.append(legacy_record(name, "token"))
    keys = tuple(
        RecordPermission(name=f"{selector}._domainkey.{name}", type=RecordType.TXT)
        for selector in dkim_selectors
    )
    return (*permissions_for(records), *keys)


def delegation_permission(subdomain: str) -> RecordPermission:
    """The permission to delegate one subdomain and nothing else.

    Raises:
        ConfigurationError: a code of `normalize_domain`.
    """
    return RecordPermission(name=normalize_domain(subdomain, option="subdomain"), type=RecordType.NS)


def zone_role_properties(
    *,
    zone: Route53Zone,
    role_name: str,
    mail_account: str,
    permissions: Sequence[RecordPermission],
) -> dict[str, Any]:
    """The properties of the ``AWS::IAM::Role`` in the zone's account.

    Raises:
        ConfigurationError: ``account-invalid``, ``policy-too-large``, ``zone-role-invalid``.
    """
    require_account_id(mail_account, option="mail_account")
    require_role_name(role_name, option="role_name")
    _require_permissions(permissions, zone)
    statements = _statements(zone, permissions)
    require_policy_size(
        statements, limit=ROLE_INLINE, option="permissions", fix="make a role for some of the domains alone"
    )
    account = f"{_PARTITION}iam::{mail_account}"
    return {
        "RoleName": role_name,
        "Description": f"Lets account {mail_account} write mail records into the zone {zone.zone_name}",
        "AssumeRolePolicyDocument": {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": {"AWS": {"Fn::Sub": f"{account}:root"}},
                    "Action": "sts:AssumeRole",
                    "Condition": {
                        "ArnLike": {"aws:PrincipalArn": {"Fn::Sub": f"{account}:role{WRITERS_PATH}*"}}
                    },
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
    """A CloudFormation template with the role alone, to be deployed once in the zone's account."""
    return {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": properties["Description"],
        "Resources": {"ZoneRecordsRole": {"Type": "AWS::IAM::Role", "Properties": dict(properties)}},
        "Outputs": {"RoleArn": {"Value": {"Fn::GetAtt": ["ZoneRecordsRole", "Arn"]}}},
    }


def zone_arn(zone_id: str) -> dict[str, str]:
    """The ARN of a zone, in the partition of the stack."""
    return {"Fn::Sub": f"{_PARTITION}route53:::hostedzone/{zone_id}"}


def change_arn() -> dict[str, str]:
    """The ARN of every change: Route 53 gives each its id when it is made."""
    return {"Fn::Sub": f"{_PARTITION}route53:::change/*"}


def _pattern(record: DnsRecord) -> str:
    if record.purpose is Purpose.DKIM and record.type is RecordType.CNAME:
        return f"{'?' * MIN_DKIM_TOKEN}*._domainkey.{record.name.partition('._domainkey.')[2]}"
    return record.name


def _statements(zone: Route53Zone, permissions: Sequence[RecordPermission]) -> list[dict[str, Any]]:
    names: dict[RecordType, list[str]] = {}
    for permission in permissions:
        names.setdefault(permission.type, []).append(permission.name)
    return [
        {"Effect": "Allow", "Action": "route53:ListResourceRecordSets", "Resource": zone_arn(zone.zone_id)},
        {"Effect": "Allow", "Action": "route53:GetChange", "Resource": change_arn()},
        *(
            {
                "Effect": "Allow",
                "Action": _CHANGE,
                "Resource": zone_arn(zone.zone_id),
                "Condition": {
                    "ForAllValues:StringLike": {f"{_CHANGE}NormalizedRecordNames": sorted(names[kind])},
                    "ForAllValues:StringEquals": {
                        f"{_CHANGE}RecordTypes": [str(kind)],
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
