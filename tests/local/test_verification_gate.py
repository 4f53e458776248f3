"""A gate on the embedded AWS: the real function waits for an identity whose records come late, or never."""

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_sns as sns
from botocore.exceptions import WaiterError

from constructs_lib.identity.dns import DnsLocation, ExternalDns, Route53Zone
from constructs_lib.identity.domain_identity import DomainIdentity
from constructs_lib.sending.sending_profile import SendingProfile
from constructs_lib.verification.verification_gate import VerificationGate
from tests.local.conftest import Aws
from tests.local.deployable import Deployable, delete_stack, new_deployable_stack
from tests.synthesis import resources

STACK = "Gated"
KIND = "Custom::VerifiedIdentity"


@dataclass(frozen=True, kw_only=True)
class Deployment:
    """A stack with a gate and a topic behind it; the identity and its zone belong to somebody else."""

    aws: Aws
    domain: str
    zone_id: str

    def deploy(self, *, ends: str | None = None, **options: Any) -> None:  # noqa: ANN401 - any of `synth`
        deploy(self.aws, self.synth(**options), ends=ends)

    def synth(self, *, seconds: int, dns: DnsLocation | None = None, title: str = "") -> cdk.Stack:
        stack = new_deployable_stack(STACK)
        gate = VerificationGate(
            stack,
            "Gate",
            identity=self.domain,
            dns=dns or Route53Zone(zone_id=self.zone_id, zone_name=self.domain),
            timeout=cdk.Duration.seconds(seconds),
            wait_for_people=dns is not None,
        )
        gate.hold(sns.CfnTopic(stack, "Topic", display_name=title or None))
        return stack

    def tokens(self) -> list[str]:
        return self.aws.ses.get_email_identity(EmailIdentity=self.domain)["DkimAttributes"]["Tokens"]

    def add_record(self, token: str, target: str | None = None) -> None:
        name = f"{token}._domainkey.{self.domain}"
        self.aws.add_record(self.zone_id, name, "CNAME", target or f"{token}.dkim.amazonses.com")

    def why_it_fails(self, **options: Any) -> str:  # noqa: ANN401 - any option of `deploy`
        """The reason of the wait that fails; the stack is created and rolled back."""
        with pytest.raises(WaiterError, match="ROLLBACK_COMPLETE"):
            self.deploy(**options)
        assert self.events("AWS::SNS::Topic") == []
        (reason,) = (reason for status, reason in self.events(KIND) if status == "CREATE_FAILED")
        return reason

    def events(self, kind: str) -> list[tuple[str, str]]:
        """Status and reason of each event of a type."""
        return [
            (event["ResourceStatus"], event.get("ResourceStatusReason", ""))
            for event in self.aws.cloudformation.describe_stack_events(StackName=STACK)["StackEvents"]
            if event["ResourceType"] == kind
        ]


def deploy(aws: Aws, stack: cdk.Stack, *, ends: str | None = None) -> None:
    found = Deployable.of(stack)
    for wait in resources(found.template, KIND).values():
        wait["Properties"]["PollSeconds"] = 0.5
    found.deploy(aws, ends=ends)


def set_up(aws: Aws, domain: str) -> Deployment:
    zone_id = aws.add_zone(domain).removeprefix("/hostedzone/")
    aws.ses.create_email_identity(EmailIdentity=domain)
    return Deployment(aws=aws, domain=domain, zone_id=zone_id)


def tear_down(aws: Aws) -> None:
    if any(stack["StackName"] == STACK for stack in aws.cloudformation.describe_stacks()["Stacks"]):
        delete_stack(aws, STACK)


@pytest.fixture
def deployment(aws: Aws, domain: str) -> Iterator[Deployment]:
    yield set_up(aws, domain)
    tear_down(aws)


def test_late_records_open_the_gate_and_deleting_it_deletes_nothing_else(
    deployment: Deployment,
) -> None:
    def add_records() -> None:
        for token in deployment.tokens():
            deployment.add_record(token)

    late = threading.Timer(2, add_records)
    begun = time.monotonic()
    late.start()
    deployment.deploy(seconds=25)
    late.join()
    assert 2 <= time.monotonic() - begun < 20

    aws = deployment.aws
    before = aws.route53.list_resource_record_sets(HostedZoneId=deployment.zone_id)["ResourceRecordSets"]
    delete_stack(aws, STACK)
    identity = aws.ses.get_email_identity(EmailIdentity=deployment.domain)
    assert identity["VerificationStatus"] == "SUCCESS"
    after = aws.route53.list_resource_record_sets(HostedZoneId=deployment.zone_id)["ResourceRecordSets"]
    assert after == before
    functions = aws._client("lambda").list_functions()["Functions"]
    assert not [found for found in functions if found["FunctionName"].startswith(STACK)]


def test_records_that_never_come_end_the_wait_with_their_names(deployment: Deployment) -> None:
    right, wrong, missing = deployment.tokens()
    deployment.add_record(right)
    deployment.add_record(wrong, f"{wrong}.dkim.amazonses.com.{deployment.domain}")
    reason = deployment.why_it_fails(seconds=3)
    place = f"_domainkey.{deployment.domain} CNAME"
    target = f"{wrong}.dkim.amazonses.com"
    assert f"{deployment.domain} is not verified after 3 seconds: domain PENDING, DKIM PENDING" in reason
    assert f"wrong: {wrong}.{place}, expected {target}, found {target}.{deployment.domain}; " in reason
    assert f"missing: {missing}.{place} {missing}.dkim.amazonses.com. Fix: make the records in the" in reason
    assert right not in reason


def test_an_update_waits_only_where_the_gate_changed_and_its_rollback_never(deployment: Deployment) -> None:
    for token in deployment.tokens():
        deployment.add_record(token)
    deployment.deploy(seconds=20)
    token = deployment.tokens()[0]
    target = f"{token}.dkim.amazonses.com"
    deployment.aws.remove_record(
        deployment.zone_id, f"{token}._domainkey.{deployment.domain}", "CNAME", target
    )

    # The embedded AWS sends an update to a resource that did not change; the domain is still the same one.
    deployment.deploy(seconds=20, title="changed")
    deployment.deploy(seconds=2, title="changed again", ends="stack_rollback_complete")
    (reason,) = (reason for status, reason in deployment.events(KIND) if status == "UPDATE_FAILED")
    assert "TEMPORARY_FAILURE" in reason
    assert f"missing: {token}._domainkey" in reason
    sns_client = deployment.aws._client("sns")
    (arn,) = (
        item["TopicArn"] for item in sns_client.list_topics()["Topics"] if f":{STACK}-" in item["TopicArn"]
    )
    assert sns_client.get_topic_attributes(TopicArn=arn)["Attributes"]["DisplayName"] == "changed"


def test_dns_elsewhere_is_waited_for_when_asked_and_listed(deployment: Deployment) -> None:
    reason = deployment.why_it_fails(seconds=1, dns=ExternalDns())
    assert reason.count("expected: ") == 3
    assert f"Fix: add the records at the DNS provider of {deployment.domain}" in reason


def test_a_verification_that_ses_gave_up_is_not_waited_for(impatient_aws: Aws, domain: str) -> None:
    deployment = set_up(impatient_aws, domain)
    try:
        time.sleep(2)
        begun = time.monotonic()
        assert "DKIM FAILED, last look HOST_NOT_FOUND: SES stopped looking" in deployment.why_it_fails(
            seconds=60
        )
        assert time.monotonic() - begun < 15
    finally:
        tear_down(impatient_aws)


def test_a_function_that_cannot_run_neither_holds_the_stack_nor_its_deletion(deployment: Deployment) -> None:
    found = Deployable.of(deployment.synth(seconds=60))
    for function in resources(found.template, "AWS::Lambda::Function").values():
        function["Properties"]["Handler"] = "runtimes.verification_gate.nothing.handle"
    for wait in resources(found.template, KIND).values():
        wait["Properties"]["ServiceTimeout"] = 1
    begun = time.monotonic()
    with pytest.raises(WaiterError, match="ROLLBACK_COMPLETE"):
        found.deploy(deployment.aws)
    delete_stack(deployment.aws, STACK)
    assert time.monotonic() - begun < 15


def test_identity_records_and_what_needs_them_are_one_deployment(aws: Aws, domain: str) -> None:
    zone_id = aws.add_zone(domain).removeprefix("/hostedzone/")
    stack = new_deployable_stack(STACK)
    profile = SendingProfile(stack, "Sending", configuration_set_name="gated")
    identity = DomainIdentity(
        stack,
        "Identity",
        domain=domain,
        dns=Route53Zone(zone_id=zone_id, zone_name=domain),
        configuration_set_name=profile.configuration_set_name,
    )
    identity.node.add_dependency(profile)
    gate = VerificationGate(stack, "Gate", identity=identity, timeout=cdk.Duration.minutes(3), mail_from=True)
    gate.hold(sns.CfnTopic(stack, "Topic"))
    deploy(aws, stack)
    assert aws.ses.get_email_identity(EmailIdentity=domain)["VerificationStatus"] == "SUCCESS"
    delete_stack(aws, STACK)
