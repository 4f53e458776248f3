"""Import change sets: what is there comes into a stack as it is."""

import json
from typing import Any

import pytest
from botocore.exceptions import WaiterError

from tests.local.conftest import Aws
from tests.local.test_cloudformation_identity import FAST

RESOURCES = {
    "Identity": ("AWS::SES::EmailIdentity", "EmailIdentity"),
    "Set": ("AWS::SES::ConfigurationSet", "Name"),
    "Rules": ("AWS::SES::ReceiptRuleSet", "RuleSetName"),
    "Zone": ("AWS::Route53::HostedZone", "Id"),
}


def change_set(aws: Aws, stack: str, identifiers: dict[str, str], **properties: Any) -> None:  # noqa: ANN401 - of the identity
    domain = identifiers["Identity"]
    template = {
        "Resources": {
            "Identity": {"EmailIdentity": domain, **properties},
            "Set": {"Name": identifiers["Set"]},
            "Rules": {"RuleSetName": identifiers["Rules"]},
            "Zone": {"Name": domain},
        }
    }
    aws.cloudformation.create_change_set(
        StackName=stack,
        ChangeSetName="import",
        ChangeSetType="IMPORT",
        TemplateBody=json.dumps(
            {
                "Resources": {
                    logical_id: {
                        "Type": RESOURCES[logical_id][0],
                        "DeletionPolicy": "Retain",
                        "Properties": properties,
                    }
                    for logical_id, properties in template["Resources"].items()
                }
            }
        ),
        ResourcesToImport=[
            {
                "ResourceType": RESOURCES[logical_id][0],
                "LogicalResourceId": logical_id,
                "ResourceIdentifier": {RESOURCES[logical_id][1]: identifier},
            }
            for logical_id, identifier in identifiers.items()
        ],
    )
    aws.cloudformation.get_waiter("change_set_create_complete").wait(
        StackName=stack, ChangeSetName="import", WaiterConfig=FAST
    )


@pytest.fixture
def by_hand(aws: Aws, domain: str) -> dict[str, str]:
    """What somebody made, by logical id."""
    name = domain.removesuffix(".example")
    zone_id = aws.verified_domain(domain)
    aws.ses.create_configuration_set(ConfigurationSetName=name)
    aws.ses_v1.create_receipt_rule_set(RuleSetName=name)
    return {"Identity": domain, "Set": name, "Rules": name, "Zone": zone_id.removeprefix("/hostedzone/")}


def test_what_is_there_becomes_the_stacks_and_nothing_of_it_changes(
    aws: Aws, by_hand: dict[str, str]
) -> None:
    stack, domain = by_hand["Set"], by_hand["Identity"]
    before = aws.ses.get_email_identity(EmailIdentity=domain)
    # MAIL FROM is in the template and not in SES: an import compares nothing.
    change_set(aws, stack, by_hand, MailFromAttributes={"MailFromDomain": f"b.{domain}"})
    aws.cloudformation.execute_change_set(StackName=stack, ChangeSetName="import")
    aws.cloudformation.get_waiter("stack_import_complete").wait(StackName=stack, WaiterConfig=FAST)
    held = aws.cloudformation.describe_stack_resources(StackName=stack)["StackResources"]
    assert {each["LogicalResourceId"]: each["PhysicalResourceId"] for each in held} == by_hand
    after = aws.ses.get_email_identity(EmailIdentity=domain)
    assert after["VerificationStatus"] == "SUCCESS"
    assert after["DkimAttributes"]["Tokens"] == before["DkimAttributes"]["Tokens"]
    assert after["MailFromAttributes"] == before["MailFromAttributes"]


@pytest.mark.parametrize("logical_id", RESOURCES)
def test_what_is_not_there_is_not_imported(aws: Aws, by_hand: dict[str, str], logical_id: str) -> None:
    stack = f"none-{by_hand['Set']}"
    with pytest.raises(WaiterError):
        change_set(aws, stack, by_hand | {logical_id: "nothing.example"})
    found = aws.cloudformation.describe_change_set(StackName=stack, ChangeSetName="import")
    kind = RESOURCES[logical_id][0]
    assert found["StatusReason"] == (
        f"Resource of type '{kind}' with identifier 'nothing.example' was not found."
    )
