"""A public hosted zone for mail records, made by this deployment.

A user gets one `AWS::Route53::HostedZone`, kept when the stack goes, and its name
servers as an output. A person must enter them at the registrar or in the parent zone:
until then nothing in the zone is visible to SES or to receivers.

Example::

    zone = MailZone(stack, "Zone", zone_name="example.com")
    DomainIdentity(stack, "Identity", domain="example.com", dns=zone.location, ...)
"""

import aws_cdk as cdk
from aws_cdk import aws_route53 as route53
from constructs import Construct

from constructs_lib.domain_name import normalize_domain
from constructs_lib.errors import ConfigurationError
from constructs_lib.identity.dns import Route53Zone


class MailZone(Construct):
    """A public hosted zone.

    Args:
        scope: Parent construct.
        construct_id: Id below the parent.
        zone_name: The domain that the zone is for.
        removal_policy: Default: kept when removed from the stack, because deleting the zone stops all
            mail of the domain; a zone whose creation fails is cleaned up.

    Raises:
        ConfigurationError: the codes of `normalize_domain`.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        zone_name: str,
        removal_policy: cdk.RemovalPolicy = cdk.RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    ) -> None:
        name = normalize_domain(zone_name, option="zone_name")
        super().__init__(scope, construct_id)
        zone = route53.CfnHostedZone(self, "HostedZone", name=name)
        zone.apply_removal_policy(removal_policy)
        self.location = Route53Zone(zone_id=zone.attr_id, zone_name=name)
        self.name_servers = zone.attr_name_servers
        cdk.CfnOutput(
            self,
            "NameServers",
            value=cdk.Fn.join(" ", self.name_servers),
            description=f"Enter these name servers for {name} at its registrar or in its parent zone",
        )


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
