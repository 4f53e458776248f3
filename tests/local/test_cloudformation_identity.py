import json
from typing import Any

import pytest
from botocore.exceptions import WaiterError

from tests.local.conftest import Aws
from tests.local.test_ses_identities import refused

FAST: Any = {"Delay": 1, "MaxAttempts": 30}


def template(domain: str, **properties: Any) -> str:  # noqa: ANN401 - CloudFormation properties
    zone = {"Type": "AWS::Route53::HostedZone", "Properties": {"Name": domain}}
    identity = {"Type": "AWS::SES::EmailIdentity", "Properties": {"EmailIdentity": domain, **properties}}
    records = {
        f"Record{number}": {
            "Type": "AWS::Route53::RecordSet",
            "Properties": {
                "HostedZoneId": {"Ref": "Zone"},
                "Name": {"Fn::GetAtt": ["Identity", f"DkimDNSTokenName{number}"]},
                "Type": "CNAME",
                "TTL": "60",
                "ResourceRecords": [{"Fn::GetAtt": ["Identity", f"DkimDNSTokenValue{number}"]}],
            },
        }
        for number in (1, 2, 3)
    }
    return json.dumps({"Resources": {"Zone": zone, "Identity": identity, **records}})


def create(aws: Aws, domain: str, body: str) -> str:
    name = domain.replace(".", "-")
    aws.cloudformation.create_stack(StackName=name, TemplateBody=body)
    aws.cloudformation.get_waiter("stack_create_complete").wait(StackName=name, WaiterConfig=FAST)
    return name


def update(aws: Aws, stack: str, body: str) -> None:
    aws.cloudformation.update_stack(StackName=stack, TemplateBody=body)
    aws.cloudformation.get_waiter("stack_update_complete").wait(StackName=stack, WaiterConfig=FAST)


def test_a_stack_makes_a_verified_identity_and_takes_it_away(aws: Aws, domain: str) -> None:
    stack = create(aws, domain, template(domain, Tags=[{"Key": "a", "Value": "b"}]))
    found = aws.ses.get_email_identity(EmailIdentity=domain)
    assert found["VerificationStatus"] == "SUCCESS"
    assert {"Key": "a", "Value": "b"} in found["Tags"]
    tokens = found["DkimAttributes"]["Tokens"]

    aws.ses.create_configuration_set(ConfigurationSetName=f"set-{stack}")
    changed = template(
        domain,
        MailFromAttributes={"MailFromDomain": f"b.{domain}", "BehaviorOnMxFailure": "REJECT_MESSAGE"},
        ConfigurationSetAttributes={"ConfigurationSetName": f"set-{stack}"},
        FeedbackAttributes={"EmailForwardingEnabled": "false"},
        DkimAttributes={"SigningEnabled": False},
        DkimSigningAttributes={"NextSigningKeyLength": "RSA_1024_BIT"},
    )
    update(aws, stack, changed)
    found = aws.ses.get_email_identity(EmailIdentity=domain)
    assert found["MailFromAttributes"] == {
        "MailFromDomain": f"b.{domain}",
        "MailFromDomainStatus": "PENDING",
        "BehaviorOnMxFailure": "REJECT_MESSAGE",
    }
    assert found["ConfigurationSetName"] == f"set-{stack}"
    assert (found["FeedbackForwardingStatus"], found["DkimAttributes"]["SigningEnabled"]) == (False, False)
    assert found["DkimAttributes"]["CurrentSigningKeyLength"] == "RSA_1024_BIT"
    assert found["DkimAttributes"]["Tokens"] == tokens
    assert found["VerificationStatus"] == "SUCCESS"

    aws.cloudformation.delete_stack(StackName=stack)
    aws.cloudformation.get_waiter("stack_delete_complete").wait(StackName=stack, WaiterConfig=FAST)
    refused("NotFoundException", aws.ses.get_email_identity, EmailIdentity=domain)


def test_another_name_replaces_the_identity(aws: Aws, domain: str) -> None:
    body = template(domain)
    stack = create(aws, domain, body)
    update(aws, stack, template(f"new.{domain}"))
    assert aws.ses.get_email_identity(EmailIdentity=f"new.{domain}")["VerificationStatus"] == "SUCCESS"
    refused("NotFoundException", aws.ses.get_email_identity, EmailIdentity=domain)


@pytest.mark.parametrize(
    "properties,reason",
    [
        ({}, "already exists. (HandlerErrorCode: AlreadyExists)"),
        (
            {"EmailIdentity": "fresh-1.example", "MailFromAttributes": {"MailFromDomain": "b.other.example"}},
            "subdomain",
        ),
        (
            {
                "EmailIdentity": "fresh-2.example",
                "ConfigurationSetAttributes": {"ConfigurationSetName": "none"},
            },
            "Configuration set <none> does not exist",
        ),
    ],
)
def test_a_stack_fails_with_the_reason(
    aws: Aws, domain: str, properties: dict[str, Any], reason: str
) -> None:
    aws.ses.create_email_identity(EmailIdentity=domain)
    stack = domain.replace(".", "-")
    with pytest.raises(WaiterError):
        create(aws, domain, template(domain, **properties))
    events = aws.cloudformation.describe_stack_events(StackName=stack)["StackEvents"]
    assert any(reason in event.get("ResourceStatusReason", "") for event in events)
    # What was there before is not taken away by the rollback.
    assert aws.ses.get_email_identity(EmailIdentity=domain)["VerificationStatus"] == "PENDING"
