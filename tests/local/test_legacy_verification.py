"""The legacy record on the embedded AWS: stacks of two Regions, deployed and deleted, share one name."""

from collections.abc import Iterator
from dataclasses import dataclass

import aws_cdk as cdk
import pytest

from constructs_lib.identity.dns import ExternalDns, Route53Zone
from constructs_lib.identity.domain_identity import DomainIdentity
from constructs_lib.identity.legacy_verification import LegacyVerification
from constructs_lib.sending.sending_profile import SendingProfile
from tests.local.conftest import Aws
from tests.local.deployable import Deployable, delete_stack, new_deployable_stack

REGIONS = ("us-east-1", "eu-west-1")
STACK = "Legacy"
THEIRS = '"theirs="'


@dataclass(frozen=True, kw_only=True)
class Deployment:
    """A domain with an identity in each Region, and a zone for it."""

    aws: Aws
    domain: str
    zone_id: str

    @property
    def name(self) -> str:
        return f"_amazonses.{self.domain}"

    def synth(self, region: str, *, external: bool = False, kept: bool = False) -> Deployable:
        stack = new_deployable_stack(STACK, region=region)
        profile = SendingProfile(stack, "Sending", configuration_set_name="legacy")
        identity = DomainIdentity(
            stack,
            "Identity",
            domain=self.domain,
            dns=ExternalDns(),
            configuration_set_name=profile.configuration_set_name,
            removal_policy=cdk.RemovalPolicy.DESTROY,
        )
        identity.node.add_dependency(profile)
        policy = cdk.RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE if kept else cdk.RemovalPolicy.DESTROY
        zone = Route53Zone(zone_id=self.zone_id, zone_name=self.domain)
        LegacyVerification(
            stack, "Legacy", domain=identity, dns=ExternalDns() if external else zone, removal_policy=policy
        )
        return Deployable.of(stack)

    def deploy(self, region: str, **options: bool) -> None:
        self.synth(region, **options).deploy(self.aws.in_region(region))

    def delete(self, region: str) -> None:
        delete_stack(self.aws.in_region(region), STACK)

    def token(self, region: str) -> str:
        ses = self.aws.in_region(region).ses_v1
        attributes = ses.get_identity_verification_attributes(Identities=[self.domain])
        return attributes["VerificationAttributes"][self.domain]["VerificationToken"]

    def values(self) -> set[str]:
        """What the record set holds, without quotes; nothing where there is none."""
        for record_set in self.aws.route53.list_resource_record_sets(HostedZoneId=self.zone_id)[
            "ResourceRecordSets"
        ]:
            if record_set["Name"] == f"{self.name}.":
                return {value["Value"].strip('"') for value in record_set["ResourceRecords"]}
        return set()

    def outputs(self, region: str) -> list[str]:
        calls = self.aws.in_region(region).cloudformation
        (stack,) = calls.describe_stacks(StackName=STACK)["Stacks"]
        return [output["OutputValue"] for output in stack.get("Outputs", [])]


@pytest.fixture
def deployment(aws: Aws, domain: str) -> Iterator[Deployment]:
    zone_id = aws.add_zone(domain).removeprefix("/hostedzone/")
    yield Deployment(aws=aws, domain=domain, zone_id=zone_id)
    for region in REGIONS:
        there = aws.in_region(region)
        if any(stack["StackName"] == STACK for stack in there.cloudformation.describe_stacks()["Stacks"]):
            delete_stack(there, STACK)


def test_each_region_has_its_value_and_takes_only_that_one_away(deployment: Deployment) -> None:
    for region in REGIONS:
        deployment.deploy(region)
    one, two = (deployment.token(region) for region in REGIONS)
    assert one != two
    assert deployment.values() == {one, two}
    deployment.delete(REGIONS[0])
    assert deployment.values() == {two}
    deployment.delete(REGIONS[1])
    assert deployment.values() == set()


def test_values_and_ttl_of_others_stay(deployment: Deployment) -> None:
    deployment.aws.add_record(deployment.zone_id, deployment.name, "TXT", THEIRS)
    deployment.deploy(REGIONS[0])
    assert deployment.values() == {"theirs=", deployment.token(REGIONS[0])}
    deployment.delete(REGIONS[0])
    # Only exactly this record set can be removed, its TTL included.
    deployment.aws.remove_record(deployment.zone_id, deployment.name, "TXT", THEIRS)


def test_the_value_outlives_the_stack_unless_told_otherwise(deployment: Deployment) -> None:
    deployment.deploy(REGIONS[0], kept=True)
    token = deployment.token(REGIONS[0])
    deployment.delete(REGIONS[0])
    assert deployment.values() == {token}


def test_dns_elsewhere_is_printed_and_a_move_to_the_zone_writes_it(deployment: Deployment) -> None:
    deployment.deploy(REGIONS[0], external=True)
    token = deployment.token(REGIONS[0])
    assert f'{deployment.name} TXT "{token}"' in deployment.outputs(REGIONS[0])
    assert deployment.values() == set()
    deployment.deploy(REGIONS[0])
    assert deployment.values() == {token}
    deployment.deploy(REGIONS[0], external=True)
    assert deployment.values() == set()


def test_tokens_of_the_embedded_aws(deployment: Deployment) -> None:
    ses, domain = deployment.aws.ses_v1, deployment.domain
    assert ses.get_identity_verification_attributes(Identities=[domain])["VerificationAttributes"] == {}
    token = ses.verify_domain_identity(Domain=domain)["VerificationToken"]
    assert (
        ses.verify_domain_identity(Domain=domain)["VerificationToken"]
        == token
        == deployment.token("us-east-1")
    )
    address = f"me@{domain}"
    ses.verify_email_identity(EmailAddress=address)
    found = ses.get_identity_verification_attributes(Identities=[address, domain])["VerificationAttributes"]
    assert found == {
        domain: {"VerificationStatus": "Pending", "VerificationToken": token},
        address: {"VerificationStatus": "Pending"},
    }
