import aws_cdk as cdk
import pytest
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_route53 as route53

from constructs_lib.identity.dns import Route53Zone
from constructs_lib.identity.mail_zone import MailZone, route53_zone
from tests.support import refuses
from tests.synthesis import new_stack, only, template_of


def synth(
    *, zone_name: str = "example.com", removal_policy: cdk.RemovalPolicy | None = None
) -> tuple[cdk.Stack, MailZone]:
    stack = new_stack()
    if removal_policy is None:
        return stack, MailZone(stack, "Zone", zone_name=zone_name)
    return stack, MailZone(stack, "Zone", zone_name=zone_name, removal_policy=removal_policy)


def test_default_is_one_public_zone_that_stays() -> None:
    stack, _ = synth()
    template = template_of(stack)
    assert len(template["Resources"]) == 1
    _, zone = only(template, "AWS::Route53::HostedZone")
    # Route 53 reads the name as absolute; nothing else is set, so the zone is public.
    assert zone["Properties"] == {"Name": "example.com"}
    assert zone["DeletionPolicy"] == "RetainExceptOnCreate"
    assert zone["UpdateReplacePolicy"] == "Retain"


def test_a_rehearsal_destroys_it() -> None:
    stack, _ = synth(removal_policy=cdk.RemovalPolicy.DESTROY)
    _, zone = only(template_of(stack), "AWS::Route53::HostedZone")
    assert (zone["DeletionPolicy"], zone["UpdateReplacePolicy"]) == ("Delete", "Delete")


def test_location_and_name_servers_are_those_of_the_zone() -> None:
    stack, zone = synth(zone_name="BÜCHER.example.")
    template = template_of(stack)
    logical_id, resource = only(template, "AWS::Route53::HostedZone")
    assert zone.location.zone_name == "xn--bcher-kva.example" == resource["Properties"]["Name"]
    assert stack.resolve(zone.location.zone_id) == {"Fn::GetAtt": [logical_id, "Id"]}
    (output,) = template["Outputs"].values()
    assert output["Value"] == {"Fn::Join": [" ", {"Fn::GetAtt": [logical_id, "NameServers"]}]}
    assert "registrar" in output["Description"]


@pytest.mark.parametrize(
    "zone_name, code", [("com", "domain-single-label"), ("*.example.com", "domain-malformed")]
)
def test_a_refused_name_leaves_nothing_behind(zone_name: str, code: str) -> None:
    stack = new_stack()
    with refuses(code, "zone_name"):
        MailZone(stack, "Zone", zone_name=zone_name)
    assert not stack.node.children


def test_public_zones_of_the_cdk_are_taken() -> None:
    stack = new_stack()
    created = route53.PublicHostedZone(stack, "Public", zone_name="example.com")
    general = route53.HostedZone(stack, "General", zone_name="example.org")
    imported = route53.HostedZone.from_hosted_zone_attributes(
        stack, "Imported", hosted_zone_id="Z0123456789", zone_name="example.net"
    )
    assert route53_zone(created).zone_name == "example.com"
    assert route53_zone(general).zone_name == "example.org"
    assert route53_zone(imported) == Route53Zone(zone_id="Z0123456789", zone_name="example.net")


def test_private_zones_are_refused() -> None:
    stack = new_stack()
    vpc = ec2.Vpc(stack, "Vpc", nat_gateways=0)
    private = route53.PrivateHostedZone(stack, "Private", zone_name="example.com", vpc=vpc)
    general = route53.HostedZone(stack, "General", zone_name="example.com", vpcs=[vpc])
    late = route53.HostedZone(stack, "Late", zone_name="example.com")
    late.add_vpc(vpc)
    for zone in (private, general, late):
        with refuses("hosted-zone-private", zone.node.path):
            route53_zone(zone)
