"""The product's own stacks in an empty account: a template needs the gate, as it does with SES.

``local`` is deployed as it is declared, except for whether its gate waits, stack by stack in the order that
the CDK would take. That the emulation can fail is what makes its success mean something.
"""

from collections.abc import Iterator
from dataclasses import replace

import aws_cdk as cdk
import pytest
from botocore.exceptions import WaiterError

from local.embedded import EmbeddedAws
from stacks.config import MailEnvironment
from stacks.environments.local import LOCAL
from stacks.mail_stage import MailStage
from stacks.verification_config import MailAddress, VerificationWait
from tests.local.conftest import Aws
from tests.local.deployable import Deployable, delete_stack
from tests.local.test_address_verification import click
from tests.local.test_ses_identities import refused
from tests.support import feature_flags
from tests.synthesis import resources

TEMPLATES = "Templates-us-east-1"
(TEMPLATE,) = LOCAL.templates
DOMAIN = LOCAL.identity_of(TEMPLATE)
BEFORE = ("Sending-us-east-1", "rehearsal-example-us-east-1")
UNGATED = replace(LOCAL, verification_wait=VerificationWait(for_people=False))


@pytest.fixture
def account() -> Iterator[Aws]:
    with EmbeddedAws() as embedded:
        yield Aws(endpoint_url=embedded.endpoint_url)


def stacks_of(config: MailEnvironment) -> dict[str, Deployable]:
    """What each stack below the stage deploys."""
    app = cdk.App(
        context=feature_flags(),
        analytics_reporting=False,
        default_stack_synthesizer=cdk.DefaultStackSynthesizer(generate_bootstrap_version_rule=False),
    )
    return Deployable.of_stage(MailStage(app, config.name, config=config))


def reasons(aws: Aws, stack: Deployable) -> str:
    """Why a stack could not be made."""
    (found,) = aws.cloudformation.describe_stacks(StackName=stack.name)["Stacks"]
    assert found["StackStatus"] == "ROLLBACK_COMPLETE"
    events = aws.cloudformation.describe_stack_events(StackName=stack.name)["StackEvents"]
    return "\n".join(event.get("ResourceStatusReason", "") for event in events)


def without_order(stack: Deployable) -> dict[str, object]:
    (made,) = resources(stack.template, "AWS::SES::CustomVerificationEmailTemplate").values()
    return {key: value for key, value in made.items() if key != "DependsOn"}


def subject(aws: Aws) -> str:
    name = TEMPLATE.template_name
    return aws.ses.get_custom_verification_email_template(TemplateName=name)["TemplateSubject"]


def test_the_gate_is_all_that_is_left_out() -> None:
    gated, ungated = stacks_of(LOCAL), stacks_of(UNGATED)
    assert len(ungated[TEMPLATES].template["Resources"]) == 1
    assert without_order(gated.pop(TEMPLATES)) == without_order(ungated.pop(TEMPLATES))
    for name in BEFORE:
        assert gated[name].template == ungated[name].template


def test_without_the_gate_the_same_deploy_fails_as_with_ses(
    account: Aws,
) -> None:
    stacks = stacks_of(UNGATED)
    for name in BEFORE:
        stacks[name].deploy(account)
    with pytest.raises(WaiterError):
        stacks[TEMPLATES].deploy(account)
    assert (
        f"<{TEMPLATE.from_email_address}> is not verified (Service: Ses, Error Code: "
        "FromEmailAddressNotVerified)" in reasons(account, stacks[TEMPLATES])
    )
    refused(
        "NotFoundException",
        account.ses.get_custom_verification_email_template,
        TemplateName=TEMPLATE.template_name,
    )
    # Another stack's failure: the domain is still there.
    assert account.ses.get_email_identity(EmailIdentity=DOMAIN)["VerificationStatus"] == "SUCCESS"


def test_with_the_gate_one_deploy_into_an_empty_account_succeeds(account: Aws) -> None:
    stacks = stacks_of(LOCAL)
    for name in (*BEFORE, TEMPLATES):
        stacks[name].deploy(account)
    assert subject(account) == TEMPLATE.submitted()["TemplateSubject"]


def test_a_sender_that_is_an_address_fails_until_its_link_was_followed(account: Aws) -> None:
    sender = MailAddress(address="hello@partner.test")
    config = replace(
        LOCAL,
        addresses=(sender,),
        templates=(replace(TEMPLATE, from_email_address=sender.address),),
    )
    stacks = stacks_of(config)
    for name in ("Sending-us-east-1", "Addresses-us-east-1"):
        stacks[name].deploy(account)
    with pytest.raises(WaiterError):
        stacks[TEMPLATES].deploy(account)
    assert "FromEmailAddressNotVerified" in reasons(account, stacks[TEMPLATES])
    delete_stack(account, stacks[TEMPLATES].name)

    click(account, sender.address)
    stacks[TEMPLATES].deploy(account)
    assert subject(account) == TEMPLATE.submitted()["TemplateSubject"]
