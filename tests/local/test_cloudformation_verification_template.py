import json
from typing import Any

import pytest
from botocore.exceptions import WaiterError

from local.mailbox import Landing
from tests.local.conftest import Aws
from tests.local.deployable import delete_stack
from tests.local.test_address_verification import click, state
from tests.local.test_cloudformation_identity import FAST, update
from tests.local.test_cloudformation_identity import template as identity_template
from tests.local.test_custom_verification import FAILURE, SUCCESS, names, shown, template
from tests.local.test_ses_identities import refused


def body(domain: str, **changes: Any) -> str:  # noqa: ANN401 - CloudFormation properties
    resource = {
        "Type": "AWS::SES::CustomVerificationEmailTemplate",
        "Properties": {**template(domain), **changes},
    }
    outputs = {"Name": {"Value": {"Ref": "Template"}}}
    return json.dumps({"Resources": {"Template": resource}, "Outputs": outputs})


def verified(aws: Aws, domain: str) -> None:
    aws.verified_domain(domain)
    assert aws.ses.get_email_identity(EmailIdentity=domain)["VerificationStatus"] == "SUCCESS"


def create(aws: Aws, stack: str, text: str) -> None:
    aws.cloudformation.create_stack(StackName=stack, TemplateBody=text)
    aws.cloudformation.get_waiter("stack_create_complete").wait(StackName=stack, WaiterConfig=FAST)


def fails(aws: Aws, stack: str, text: str) -> str:
    """Create a stack that cannot be; the reasons that its events give."""
    with pytest.raises(WaiterError):
        create(aws, stack, text)
    (found,) = aws.cloudformation.describe_stacks(StackName=stack)["Stacks"]
    assert found["StackStatus"] == "ROLLBACK_COMPLETE"
    events = aws.cloudformation.describe_stack_events(StackName=stack)["StackEvents"]
    return "\n".join(event.get("ResourceStatusReason", "") for event in events)


def test_a_template_in_one_deployment_with_its_domain_comes_too_early(aws: Aws, domain: str) -> None:
    together = json.loads(identity_template(domain))
    resources = together["Resources"]
    resources["Template"] = {
        **json.loads(body(domain))["Resources"]["Template"],
        "DependsOn": [name for name in resources if name.startswith("Record")],
    }
    reasons = fails(aws, domain.replace(".", "-"), json.dumps(together))
    assert (
        f"<hello@{domain}> is not verified (Service: Ses, Error Code: FromEmailAddressNotVerified)" in reasons
    )
    assert template(domain)["TemplateName"] not in names(aws, "ses")
    refused("NotFoundException", aws.ses.get_email_identity, EmailIdentity=domain)


def test_a_template_after_its_domain_is_verified(aws: Aws, domain: str) -> None:
    create(aws, f"{domain[:-8]}-domain", identity_template(domain))
    assert aws.ses.get_email_identity(EmailIdentity=domain)["VerificationStatus"] == "SUCCESS"
    create(aws, f"{domain[:-8]}-template", body(domain))
    (stack,) = aws.cloudformation.describe_stacks(StackName=f"{domain[:-8]}-template")["Stacks"]
    name = stack["Outputs"][0]["OutputValue"]
    assert name == template(domain)["TemplateName"]
    address = f"you@customer-of-{domain}"
    aws.ses.send_custom_verification_email(EmailAddress=address, TemplateName=name)
    assert click(aws, address) == Landing(status=302, location=SUCCESS)
    assert state(aws, address) == ("SUCCESS", "Success", True)


def test_updates_in_place_replacement_and_deletion(aws: Aws, domain: str) -> None:
    verified(aws, domain)
    wanted = template(domain)
    name, stack = wanted["TemplateName"], f"{wanted['TemplateName']}-stack"
    create(aws, stack, body(domain, Tags=[{"Key": "a", "Value": "b"}]))
    assert shown(aws, "ses_v1", name) == wanted
    assert aws.ses.get_custom_verification_email_template(TemplateName=name)["Tags"] == [
        {"Key": "a", "Value": "b"}
    ]
    update(aws, stack, body(domain, TemplateSubject="Other", SuccessRedirectionURL=FAILURE))
    assert shown(aws, "ses", name) == {
        **wanted,
        "TemplateSubject": "Other",
        "SuccessRedirectionURL": FAILURE,
    }
    assert aws.ses.get_custom_verification_email_template(TemplateName=name)["Tags"] == []

    update(aws, stack, body(domain, TemplateName=f"{name}-new"))
    listed = names(aws, "ses")
    assert (name in listed, f"{name}-new" in listed) == (False, True)
    delete_stack(aws, stack)
    assert f"{name}-new" not in names(aws, "ses")


def test_deleting_a_stack_whose_template_is_gone(aws: Aws, domain: str) -> None:
    verified(aws, domain)
    name = template(domain)["TemplateName"]
    create(aws, f"{name}-stack", body(domain))
    aws.ses.delete_custom_verification_email_template(TemplateName=name)
    delete_stack(aws, f"{name}-stack")


@pytest.mark.parametrize(
    "changes,reason",
    [
        ({}, "AlreadyExists"),
        ({"TemplateName": "other", "TemplateContent": "<script>"}, "CustomVerificationEmailInvalidContent"),
        ({"TemplateName": "other", "SuccessRedirectionURL": "x"}, "InvalidParameterValue"),
    ],
)
def test_a_stack_fails_with_the_reason(aws: Aws, domain: str, changes: dict[str, str], reason: str) -> None:
    verified(aws, domain)
    wanted = template(domain)
    aws.ses.create_custom_verification_email_template(**wanted)
    assert reason in fails(aws, f"{wanted['TemplateName']}-stack", body(domain, **changes))
    # What was there before is not taken away by the rollback.
    assert shown(aws, "ses", wanted["TemplateName"]) == wanted
    refused("NotFoundException", aws.ses.get_custom_verification_email_template, TemplateName="other")
