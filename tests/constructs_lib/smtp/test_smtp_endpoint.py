import json
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ec2 as ec2

from constructs_lib.smtp.smtp_endpoint import SmtpEndpoint
from tests.support import refuses
from tests.synthesis import REGION, new_stack, only, resources, template_of
from tests.test_nag import PACKS, findings


def existing_vpc(stack: cdk.Stack) -> ec2.IVpc:
    return ec2.Vpc.from_vpc_attributes(
        stack,
        "Vpc",
        vpc_id="vpc-0123456789abcdef0",
        availability_zones=["eu-west-1a", "eu-west-1b"],
        private_subnet_ids=["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"],
        private_subnet_route_table_ids=["rtb-0123456789abcdef0", "rtb-0123456789abcdef1"],
        # Known only here: what CDK would admit if the endpoint were open.
        vpc_cidr_block="10.0.0.0/16",
    )


def build(*, region: str | None = REGION, **options: Any) -> SmtpEndpoint:  # noqa: ANN401 - any option
    stack = new_stack(region)
    return SmtpEndpoint(stack, "Smtp", vpc=existing_vpc(stack), **options)


def synth(**options: Any) -> dict[str, Any]:  # noqa: ANN401 - any option
    return template_of(cdk.Stack.of(build(**options)))


def test_ses_own_host_name_leads_to_the_endpoint() -> None:
    _, endpoint = only(synth(), "AWS::EC2::VPCEndpoint")
    properties = endpoint["Properties"]
    assert properties["ServiceName"] == "com.amazonaws.eu-west-1.email-smtp"
    assert properties["PrivateDnsEnabled"] is True
    assert properties["VpcEndpointType"] == "Interface"
    assert properties["SubnetIds"] == ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"]
    assert "PolicyDocument" not in properties


@pytest.mark.parametrize("ports", [(587,), (465, 2587)])
def test_only_clients_come_in_and_only_there_they_go(ports: tuple[int, ...]) -> None:
    template = synth(ports=ports)
    groups = resources(template, "AWS::EC2::SecurityGroup")
    _, endpoint = only(template, "AWS::EC2::VPCEndpoint")
    (admitting,) = (reference["Fn::GetAtt"][0] for reference in endpoint["Properties"]["SecurityGroupIds"])
    (clients,) = groups.keys() - {admitting}
    rules = [rule["Properties"] for rule in resources(template, "AWS::EC2::SecurityGroupIngress").values()]
    assert {(rule["FromPort"], rule["ToPort"], rule["IpProtocol"]) for rule in rules} == {
        (port, port, "tcp") for port in ports
    }
    for rule in rules:
        assert rule["GroupId"] == {"Fn::GetAtt": [admitting, "GroupId"]}
        assert rule["SourceSecurityGroupId"] == {"Fn::GetAtt": [clients, "GroupId"]}
    # In the group itself: without, EC2 adds a rule that lets it go anywhere.
    assert [
        (rule["FromPort"], rule["ToPort"], rule["DestinationSecurityGroupId"])
        for rule in groups[clients]["Properties"]["SecurityGroupEgress"]
    ] == [(port, port, {"Fn::GetAtt": [admitting, "GroupId"]}) for port in ports]
    assert "SecurityGroupIngress" not in groups[admitting]["Properties"]
    assert "0.0.0.0/0" not in json.dumps(template)
    assert "10.0.0.0/16" not in json.dumps(template)


def test_in_chosen_subnets() -> None:
    chosen = ec2.SubnetSelection(availability_zones=["eu-west-1b"])
    _, endpoint = only(synth(subnets=chosen), "AWS::EC2::VPCEndpoint")
    assert endpoint["Properties"]["SubnetIds"] == ["subnet-0123456789abcdef1"]


def test_tells_what_it_is_for() -> None:
    endpoint = build(ports=[2465])
    assert (endpoint.ports, endpoint.region) == ((2465,), "eu-west-1")


@pytest.mark.parametrize(
    "options,code,fragment",
    [
        ({"ports": [25]}, "smtp-port-invalid", "[25]"),
        ({"ports": []}, "smtp-port-invalid", "[]"),
        ({"region": "eu-west-9"}, "region-without-ses", "eu-west-9"),
    ],
)
def test_refuses(options: dict[str, Any], code: str, fragment: str) -> None:
    with refuses(code, fragment):
        build(**options)


@pytest.mark.parametrize("off", ["enable_dns_support", "enable_dns_hostnames"])
def test_refuses_a_vpc_without_dns(off: str) -> None:
    stack = new_stack()
    vpc = ec2.Vpc(stack, "Vpc", **{off: False})  # type: ignore[arg-type] # either option
    with refuses("smtp-endpoint-invalid", f"{off}=False"):
        SmtpEndpoint(stack, "Smtp", vpc=vpc)
    assert stack.node.try_find_child("Smtp") is None


def test_takes_a_vpc_of_the_same_stack() -> None:
    stack = new_stack()
    SmtpEndpoint(stack, "Smtp", vpc=ec2.Vpc(stack, "Vpc"))
    assert len(resources(template_of(stack), "AWS::EC2::VPCEndpoint")) == 1


@pytest.mark.parametrize("pack", PACKS)
@pytest.mark.parametrize("region", [REGION, None])
def test_the_rule_packs_are_clean(pack: type, region: str | None) -> None:
    assert findings(pack, cdk.Stack.of(build(region=region))) == set()
