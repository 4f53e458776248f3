"""A role in the account of a hosted zone, by which another account writes mail records into it.

The owner of the zone gets one `AWS::IAM::Role`. Only this library's functions in the named account may assume
it. It may list the zone, and create and delete the record sets that it is made for: single names, each with
its type. It goes with its stack: records that were written by it stay, and no further ones are written.

An owner without the CDK deploys the same role as a template: ``python -m ops zone-role``.

Example::

    ZoneRecordsRole(
        stack, "MailRecords",
        zone=Route53Zone(zone_id="Z0123456789ABCDEFGHIJ", zone_name="example.com"),
        role_name="mail-records",
        mail_account="222222222222",
        permissions=domain_permissions("example.com"),
    )
"""

from collections.abc import Sequence
from typing import Final

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct

from constructs_lib.acknowledgments import COMPLIANCE, acknowledge
from constructs_lib.identity.dns import Route53Zone
from constructs_lib.identity.record_permissions import RecordPermission
from constructs_lib.identity.zone_role import zone_role_properties

_ANY_CHANGE: Final = "It reads how far a change is, and Route 53 gives each change its id when it is made."


class ZoneRecordsRole(Construct):
    """A role for mail records in one hosted zone of the stack's account.

    Args:
        scope: Parent construct. Its stack is in the zone's account.
        construct_id: Id below the parent.
        zone: The zone: one that exists, or `MailZone.location` of one that the app makes.
        role_name: Its name, which the mail account writes as `CrossAccountZone.role_name`.
        mail_account: The id of the account that sends mail.
        permissions: What may be written: `domain_permissions` for a domain, `delegation_permission` for a
            subdomain that has a zone of its own in the mail account.

    Attributes:
        role: The role.

    Raises:
        ConfigurationError: ``account-invalid``, ``policy-too-large``, ``zone-role-invalid``.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        zone: Route53Zone,
        role_name: str,
        mail_account: str,
        permissions: Sequence[RecordPermission],
    ) -> None:
        properties = zone_role_properties(
            zone=zone,
            role_name=role_name,
            mail_account=mail_account,
            permissions=permissions,
            partition=cdk.Aws.PARTITION,
        )

        super().__init__(scope, construct_id)
        self.role = iam.CfnRole(
            self,
            "Role",
            role_name=properties["RoleName"],
            description=properties["Description"],
            assume_role_policy_document=properties["AssumeRolePolicyDocument"],
            policies=[
                iam.CfnRole.PolicyProperty(
                    policy_name=policy["PolicyName"], policy_document=policy["PolicyDocument"]
                )
                for policy in properties["Policies"]
            ],
        )
        acknowledge(self.role, {"IAMNoInlinePolicy": "The policy is this role's alone."}, packs=COMPLIANCE)
        acknowledge(
            self.role,
            {"IAM5[Resource::arn:<AWS::Partition>:route53:::change/*]": _ANY_CHANGE},
            packs=["AwsSolutions"],
        )
