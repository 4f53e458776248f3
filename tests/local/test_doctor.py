"""The doctor against the embedded AWS: empty, seeded with each conflict, and where every call is denied."""

import json
from dataclasses import dataclass, field
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.model import OperationModel

from constructs_lib.identity.dns import Route53Zone
from constructs_lib.identity.dns_records import RecordType
from local.embedded import ACCOUNT
from ops.aws_clients import AwsClients
from ops.doctor.account_gateway import AwsAccount
from ops.doctor.deploy_actions import deploy_actions
from ops.doctor.examination import examine
from ops.doctor.findings import Finding, Severity
from ops.doctor.policy import actions
from stacks.config import MailEnvironment
from tests.local.conftest import Aws
from tests.local.doctor_environment import everything
from tests.local.test_custom_verification import template
from tests.ops.doctor.support import FakeDelegations
from tests.ops.support import TableLookUp

PUBLIC = TableLookUp(values={("amazonses.com", RecordType.TXT): ("v=spf1 -all",)})


@dataclass(kw_only=True)
class Calls:
    """Every call that leaves boto3, and whether all are denied."""

    denied: bool = False
    made: set[str] = field(default_factory=set)

    def before(self, model: OperationModel, **_: object) -> None:
        # Services are signed for by the prefix of their IAM actions: ses for both versions of its API.
        self.made.add(f"{model.service_model.signing_name}:{model.name}")
        if self.denied:
            error = {"Error": {"Code": "AccessDenied", "Message": "no"}}
            raise ClientError(error, model.name)  # type: ignore[arg-type]


@pytest.fixture
def calls() -> Calls:
    return Calls()


@pytest.fixture
def gateway(aws: Aws, calls: Calls, monkeypatch: pytest.MonkeyPatch) -> AwsAccount:
    monkeypatch.setenv("AWS_ENDPOINT_URL", aws.endpoint_url)
    session = boto3.Session(aws_access_key_id="test", aws_secret_access_key="test")  # noqa: S106 - it takes any
    session.events.register("before-call", calls.before)
    return AwsAccount(AwsClients(region=aws.region, session=session))


@pytest.fixture
def config(domain: str, aws: Aws) -> MailEnvironment:
    zone_id = aws.add_zone(domain).removeprefix("/hostedzone/")
    return everything(domain, Route53Zone(zone_id=zone_id, zone_name=domain))


def found(config: MailEnvironment, gateway: AwsAccount) -> dict[str, list[Finding]]:
    findings: dict[str, list[Finding]] = {}
    for finding in examine(config, gateway, public=PUBLIC, delegations=FakeDelegations()):
        findings.setdefault(finding.code, []).append(finding)
    return findings


EMPTY = {
    "bootstrap-missing",
    "quota-too-small",
    "suppression-off",
    "zone-moves",
}


def test_only_reads_and_only_what_its_policy_allows(
    config: MailEnvironment, gateway: AwsAccount, calls: Calls
) -> None:
    assert set(found(config, gateway)) == EMPTY
    asked = calls.made - {"sts:GetCallerIdentity"}
    assert asked <= set(actions(config))
    verbs = ("Get", "List", "Describe", "Simulate")
    assert [call for call in asked if not call.partition(":")[2].startswith(verbs)] == []


def test_an_account_where_every_call_is_denied(
    config: MailEnvironment, gateway: AwsAccount, calls: Calls
) -> None:
    calls.denied = True
    findings = found(config, gateway)
    assert set(findings) == {"not-known"}
    assert {finding.severity for finding in findings["not-known"]} == {Severity.NOT_KNOWN}
    named = {finding.fix.split()[1] for finding in findings["not-known"]}
    # What is asked only after another answer is named when that one is allowed.
    later = {"cloudformation:ListStackResources", "cloudformation:DescribeStackResources", "iam:GetRole"}
    assert named == (set(actions(config)) | {"sts:GetCallerIdentity"}) - later


def test_every_conflict(
    config: MailEnvironment, gateway: AwsAccount, calls: Calls, aws: Aws, domain: str
) -> None:
    unique = config.name
    clients = {name: aws._client(name) for name in ("sns", "sqs", "secretsmanager", "iam", "ssm")}
    (zone_id,) = [zone.zone_id for zone in config.zones()]
    aws.ses.create_configuration_set(ConfigurationSetName=unique)
    aws.ses.create_email_identity(EmailIdentity=domain)
    fields = template(domain) | {"TemplateName": unique}
    aws.verified_domain(f"sender-{domain}")
    aws.ses.create_custom_verification_email_template(**fields | {"FromEmailAddress": f"a@sender-{domain}"})
    aws.ses_v1.create_receipt_rule_set(RuleSetName=unique)
    aws.ses_v1.create_receipt_rule_set(RuleSetName=f"{unique}-other")
    aws.ses_v1.set_active_receipt_rule_set(RuleSetName=f"{unique}-other")
    aws.ses.put_suppressed_destination(EmailAddress=f"team@other-{domain}", Reason="BOUNCE")
    clients["sns"].create_topic(Name=f"{unique}-bounce")
    clients["sqs"].create_queue(QueueName=f"{unique}-bounce-dlq")
    clients["secretsmanager"].create_secret(Name=f"{unique}/smtp/{aws.region}/newsletter", SecretString="x")
    clients["iam"].create_policy(PolicyName=f"{unique}-send-billing", PolicyDocument=_ALLOW_SES)
    clients["ssm"].put_parameter(
        Name="/cdk-bootstrap/hnb659fds/version", Value="5", Type="String", Overwrite=True
    )
    role = f"cdk-hnb659fds-cfn-exec-role-{ACCOUNT}-{aws.region}"
    clients["iam"].create_role(RoleName=role, AssumeRolePolicyDocument=_TRUST)
    clients["iam"].put_role_policy(RoleName=role, PolicyName="p", PolicyDocument=_ALLOW_SES)
    aws.add_record(zone_id, domain, "MX", "10 mail.other.example.")
    aws.add_record(zone_id, f"bounce.{domain}", "TXT", '"v=spf1 -all"')
    aws.add_record(zone_id, f"_dmarc.{domain}", "TXT", '"v=DMARC1; p=reject"')
    aws.add_zone(f"new-{domain}")
    try:
        findings = found(config, gateway)
    finally:
        aws.ses_v1.set_active_receipt_rule_set()
        clients["ssm"].delete_parameter(Name="/cdk-bootstrap/hnb659fds/version")
        clients["iam"].delete_role_policy(RoleName=role, PolicyName="p")
        clients["iam"].delete_role(RoleName=role)
    assert set(findings) == (EMPTY - {"bootstrap-missing", "zone-moves"}) | {
        "address-suppressed",
        "bootstrap-too-old",
        "configuration-set-taken",
        "deploy-permission-missing",
        "dmarc-there",
        "identity-taken",
        "mx-there",
        "policy-taken",
        "queue-taken",
        "rule-set-active",
        "rule-set-taken",
        "secret-taken",
        "spf-there",
        "template-taken",
        "topic-taken",
        "zone-twice",
    }
    # Every permission is used; the role behind credentials is asked for a session's only.
    assert calls.made == (set(actions(config)) | {"sts:GetCallerIdentity"}) - {"iam:GetRole"}
    lacking = findings["deploy-permission-missing"][0].what
    asked = {each.action for each in deploy_actions(config, aws.region)}
    assert {action for action in asked if action in lacking} == {
        action for action in asked if not action.startswith("ses:")
    }


def test_what_a_stack_made_is_ours_or_that_of_another(
    config: MailEnvironment, gateway: AwsAccount, aws: Aws
) -> None:
    unique = config.name
    aws.cloudformation.create_stack(
        StackName=f"{unique}-Sending-{aws.region}", TemplateBody=_stack({"Set": unique})
    )
    aws.cloudformation.create_stack(StackName=f"other-{unique}", TemplateBody=_stack({"Set": f"{unique}-fw"}))
    for stack in (f"{unique}-Sending-{aws.region}", f"other-{unique}"):
        aws.cloudformation.get_waiter("stack_create_complete").wait(
            StackName=stack, WaiterConfig={"Delay": 1, "MaxAttempts": 20}
        )
    (taken,) = found(config, gateway)["configuration-set-taken"]
    assert f"{unique}-fw is there" in taken.what
    assert f"the stack other-{unique} holds it" in taken.what


def test_the_sandbox(config: MailEnvironment, gateway: AwsAccount, aws: Aws) -> None:
    details: dict[str, Any] = {"MailType": "TRANSACTIONAL", "WebsiteURL": "https://example.com"}
    aws.ses.put_account_details(**details, ProductionAccessEnabled=False)
    try:
        (finding,) = found(config, gateway)["sandbox"]
    finally:
        aws.ses.put_account_details(**details, ProductionAccessEnabled=True)
    assert finding.severity is Severity.WARNING


_ALLOW_SES = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"ses:*","Resource":"*"}]}'
_TRUST = (
    '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole",'
    '"Principal":{"Service":"cloudformation.amazonaws.com"}}]}'
)


def _stack(names: dict[str, str]) -> str:
    return json.dumps(
        {
            "Resources": {
                logical_id: {"Type": "AWS::SES::ConfigurationSet", "Properties": {"Name": name}}
                for logical_id, name in names.items()
            }
        }
    )
