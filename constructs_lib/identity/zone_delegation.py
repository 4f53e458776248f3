"""The NS record by which a parent zone delegates a subdomain to the zone that this deployment makes for it.

A user gets one record set in the parent zone: an `AWS::Route53::RecordSet` where it is in the same account, a
`Custom::CrossAccountRecord` where another account owns it. It stays when the stack is deleted, as the zone
does; what a failed first deployment made is cleaned up.

The CDK's `CrossAccountZoneDelegationRecord` is not used: it overwrites an NS record that is there, and
deletes it without looking whose it is.

Example::

    zone = MailZone(stack, "Zone", zone_name="mail.example.com")
    ZoneDelegation(stack, "Delegation", zone=zone, parent=CrossAccountZone(zone_name="example.com", ...))
"""

from typing import Final

import aws_cdk as cdk
from constructs import Construct

from constructs_lib.identity.cross_account_record import place_record
from constructs_lib.identity.dns import WritableZone, require_parent
from constructs_lib.identity.dns_records import DnsRecord, Purpose, RecordType
from constructs_lib.identity.mail_zone import MailZone

DELEGATION_TTL_SECONDS: Final = 172_800
"""Two days, as Route 53 has it for the zone's own NS record: name servers hardly ever change."""


class ZoneDelegation(Construct):
    """The delegation of a subdomain.

    Args:
        scope: Parent construct.
        construct_id: Id below the parent.
        zone: The zone of the subdomain, made here.
        parent: The zone that holds a domain above it.
        removal_policy: Default: the record stays; a failed creation is cleaned up.

    Attributes:
        record: The record as data; its values are tokens.

    Raises:
        ConfigurationError: ``zone-parent-invalid``.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        zone: MailZone,
        parent: WritableZone,
        removal_policy: cdk.RemovalPolicy = cdk.RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    ) -> None:
        require_parent(parent, zone.location.zone_name)

        super().__init__(scope, construct_id)
        self.record = DnsRecord(
            name=zone.location.zone_name,
            type=RecordType.NS,
            # One token for all of them: how many there are, only the deployment knows.
            values=tuple(zone.name_servers),
            purpose=Purpose.DELEGATION,
            ttl=DELEGATION_TTL_SECONDS,
        )
        place_record(self, "Record", record=self.record, zone=parent, removal_policy=removal_policy)
