"""A public hosted zone for mail records, made by this deployment.

A user gets one `AWS::Route53::HostedZone`, kept when the stack goes, and its name
servers as an output. A person must enter them at the registrar or in the parent zone:
until then nothing in the zone is visible to SES or to receivers.

Where the parent zone is in Route 53, `parent` names it, and the NS record there is made too: an
`AWS::Route53::RecordSet` in the same account, a `Custom::CrossAccountRecord` in another one. It is kept like
the zone. The CDK's `CrossAccountZoneDelegationRecord` is not used: it overwrites an NS record that is there,
and deletes it without looking whose it is.

Example::

    zone = MailZone(stack, "Zone", zone_name="example.com")
    DomainIdentity(stack, "Identity", domain="example.com", dns=zone.location, ...)
"""

from typing import Final

import aws_cdk as cdk
from aws_cdk import aws_route53 as route53
from constructs import Construct

from constructs_lib.domain_name import normalize_domain
from constructs_lib.errors import ConfigurationError
from constructs_lib.identity.cross_account_record import place_record
from constructs_lib.identity.dns import Route53Zone, WritableZone, require_parent
from constructs_lib.identity.dns_records import DnsRecord, Purpose, RecordType

DELEGATION_TTL_SECONDS: Final = 172_800
"""Two days, as Route 53 has it for a zone's own NS record: name servers hardly ever change."""


class MailZone(Construct):
    """A public hosted zone.

    Args:
        scope: Parent construct.
        construct_id: Id below the parent.
        zone_name: The domain that the zone is for.
        parent: The zone that delegates to it. Default: a person enters the name servers.
        removal_policy: Default: kept when removed from the stack, because deleting the zone stops all
            mail of the domain; a zone whose creation fails is cleaned up.

    Attributes:
        location: Where the records of its domains belong.
        name_servers: Its name servers, as one token.
        delegated: Whether this app delegates it.

    Raises:
        ConfigurationError: ``zone-parent-invalid``, the codes of `normalize_domain`.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        zone_name: str,
        parent: WritableZone | None = None,
        removal_policy: cdk.RemovalPolicy = cdk.RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    ) -> None:
        name = normalize_domain(zone_name, option="zone_name")
        if parent is not None:
            require_parent(parent, name)
        super().__init__(scope, construct_id)
        zone = route53.CfnHostedZone(self, "HostedZone", name=name)
        zone.apply_removal_policy(removal_policy)
        self.location = Route53Zone(zone_id=zone.attr_id, zone_name=name)
        self.name_servers = zone.attr_name_servers
        self.delegated = parent is not None
        if parent is not None:
            self._delegate(parent, removal_policy)
        cdk.CfnOutput(
            self,
            "NameServers",
            value=cdk.Fn.join(" ", self.name_servers),
            description=f"The name servers of {name}, which {parent.zone_name} delegates to"
            if parent
            else f"Enter these name servers for {name} at its registrar or in its parent zone",
        )

    def _delegate(self, parent: WritableZone, removal_policy: cdk.RemovalPolicy) -> None:
        record = DnsRecord(
            name=self.location.zone_name,
            type=RecordType.NS,
            # One token for all of them: how many there are, only the deployment knows.
            values=tuple(self.name_servers),
            purpose=Purpose.DELEGATION,
            ttl=DELEGATION_TTL_SECONDS,
        )
        place_record(self, "Delegation", record=record, zone=parent, removal_policy=removal_policy)


def route53_zone(hosted_zone: route53.IHostedZone) -> Route53Zone:
    """Describe a hosted zone construct of the CDK, refusing a private one.

    A zone imported by id alone cannot be told from a private one at synthesis; its records then never
    become visible, and ``ops status`` shows the domain pending.

    Raises:
        ConfigurationError: ``hosted-zone-private``.
    """
    resource = hosted_zone.node.default_child
    # The CDK's zones hold their VPCs as a lazy value, also when there are none.
    vpcs = (
        cdk.Stack.of(hosted_zone).resolve(resource.vpcs)
        if isinstance(resource, route53.CfnHostedZone)
        else None
    )
    if isinstance(hosted_zone, route53.PrivateHostedZone) or vpcs:
        raise ConfigurationError(
            "hosted-zone-private",
            option="hosted_zone",
            rule="SES and receiving mail servers see public DNS only.",
            got=f"the private hosted zone at {hosted_zone.node.path}",
            fix="pass the public hosted zone of the same name",
        )
    return Route53Zone(zone_id=hosted_zone.hosted_zone_id, zone_name=hosted_zone.zone_name)
