"""A way to SES's SMTP interface that never leaves the VPC.

A user gets an interface endpoint for ``email-smtp`` with private DNS, so that SES's usual host name leads
to it, and two security groups: the endpoint's, which admits members of the other one on the chosen ports
and nobody else, and the clients', whose members may go there and nowhere else. Three resources and their
rules appear and go with their stack. The endpoint costs money for each hour and Availability Zone.

What a person must still do: put clients into `client_security_group`, which `Ec2Sender` does, and pass
``subnets`` where SES does not serve a zone (docs/reference/ec2_sender.md).

Example::

    endpoint = SmtpEndpoint(stack, "Smtp", vpc=vpc)
    instance.add_security_group(endpoint.client_security_group)
"""

from collections.abc import Sequence
from typing import Final

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from constructs_lib.errors import ConfigurationError
from constructs_lib.regions import require_ses_region
from constructs_lib.smtp.smtp_port import require_smtp_ports

_PURPOSE: Final = "SMTP over TLS to SES"


class SmtpEndpoint(Construct):
    """An interface endpoint for SES's SMTP interface.

    Args:
        scope: Parent construct.
        construct_id: Id below the parent.
        vpc: The VPC of the clients. Its DNS support and DNS host names are on.
        ports: What clients use, of 587, 2587, 465 and 2465. Default: 587.
        subnets: Where the endpoint is, one subnet for each zone. Default: the private ones.

    Attributes:
        endpoint: The endpoint. It has no policy: none is documented for SMTP.
        client_security_group: Its members may use the endpoint.
        region: The Region of the endpoint, and so of the SMTP credentials.
        ports: As given.

    Raises:
        ConfigurationError: ``smtp-port-invalid``, ``smtp-endpoint-invalid``, ``region-without-ses``.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        vpc: ec2.IVpc,
        ports: Sequence[int] = (587,),
        subnets: ec2.SubnetSelection | None = None,
    ) -> None:
        self.ports = require_smtp_ports(ports, option="ports")
        self.region = cdk.Stack.of(scope).region
        require_ses_region(self.region, option="env.region")
        _require_dns(vpc)

        super().__init__(scope, construct_id)
        admitting = ec2.SecurityGroup(
            self,
            "SecurityGroup",
            vpc=vpc,
            description="SES SMTP endpoint: admits its clients",
            allow_all_outbound=False,
        )
        clients = ec2.CfnSecurityGroup(
            self,
            "Clients",
            vpc_id=vpc.vpc_id,
            group_description="May use the SES SMTP endpoint",
            # Written in the group itself: EC2 lets a group without a rule of its own go anywhere.
            security_group_egress=[
                ec2.CfnSecurityGroup.EgressProperty(
                    ip_protocol="tcp",
                    from_port=port,
                    to_port=port,
                    destination_security_group_id=admitting.security_group_id,
                    description=_PURPOSE,
                )
                for port in self.ports
            ],
        )
        self.client_security_group = ec2.SecurityGroup.from_security_group_id(
            self, "ClientSecurityGroup", clients.attr_group_id, mutable=False
        )
        for port in self.ports:
            admitting.add_ingress_rule(self.client_security_group, ec2.Port.tcp(port), _PURPOSE)
        self.endpoint = ec2.InterfaceVpcEndpoint(
            self,
            "Endpoint",
            vpc=vpc,
            service=ec2.InterfaceVpcEndpointAwsService.EMAIL_SMTP,
            subnets=subnets,
            security_groups=[admitting],
            private_dns_enabled=True,
            # Else the whole VPC is admitted.
            open=False,
        )


def _require_dns(vpc: ec2.IVpc) -> None:
    if not isinstance(vpc, ec2.Vpc) or (vpc.dns_support_enabled and vpc.dns_hostnames_enabled):
        return
    raise ConfigurationError(
        "smtp-endpoint-invalid",
        option="vpc",
        rule="private DNS needs DNS support and DNS host names in the VPC (AWS PrivateLink Guide).",
        got=f"enable_dns_support={vpc.dns_support_enabled}, enable_dns_hostnames={vpc.dns_hostnames_enabled}",
        fix="leave both on, which is the default of ec2.Vpc",
    )
