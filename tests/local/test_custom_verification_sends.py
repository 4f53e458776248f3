import urllib.request
from collections.abc import Iterator
from typing import Any
from urllib.error import HTTPError

import pytest

from tests.local.conftest import Aws
from tests.local.test_custom_verification import VERSIONS, api, template
from tests.local.test_event_publishing import ALL, Events
from tests.local.test_ses_identities import refused
from tests.local.test_ses_sending import sent


@pytest.fixture
def send(aws: Aws, domain: str) -> Iterator[dict[str, Any]]:
    """Arguments of a send that works."""
    aws.verified_domain(domain)
    wanted = template(domain)
    aws.ses.create_custom_verification_email_template(**wanted)
    yield {"EmailAddress": f"you@customer-of-{domain}", "TemplateName": wanted["TemplateName"]}
    aws.ses.delete_custom_verification_email_template(TemplateName=wanted["TemplateName"])


def test_its_events_are_published(aws: Aws, domain: str) -> None:
    events = Events.of(aws, domain)
    events.destination(*ALL)
    wanted = template(domain)
    aws.ses.create_custom_verification_email_template(**wanted)
    message_id = aws.ses.send_custom_verification_email(
        EmailAddress="bounce+you@simulator.amazonses.com",
        TemplateName=wanted["TemplateName"],
        ConfigurationSetName=events.name,
    )["MessageId"]
    assert events.seen() == [("Bounce", message_id), ("Send", message_id)]
    aws.ses.delete_custom_verification_email_template(TemplateName=wanted["TemplateName"])


@VERSIONS
@pytest.mark.parametrize("address", ["", "nobody", "You <you@b.example>", "you@bücher.example"])
def test_only_addresses_get_one(aws: Aws, version: str, address: str) -> None:
    code = "InvalidParameterValue" if version == "ses_v1" else "BadRequestException"
    message = refused(
        code, api(aws, version).send_custom_verification_email, EmailAddress=address, TemplateName="none"
    )
    assert address in message


@VERSIONS
def test_the_sender_must_still_be_verified(aws: Aws, domain: str, version: str, send: dict[str, Any]) -> None:
    aws.ses.delete_email_identity(EmailIdentity=domain)
    code = "FromEmailAddressNotVerified" if version == "ses_v1" else "NotFoundException"
    message = refused(code, api(aws, version).send_custom_verification_email, **send)
    assert f"<hello@{domain}> is not verified" in message
    refused("NotFoundException", aws.ses.get_email_identity, EmailIdentity=send["EmailAddress"])


@VERSIONS
def test_a_configuration_set_must_exist_and_is_used(
    aws: Aws, domain: str, version: str, send: dict[str, Any]
) -> None:
    call = api(aws, version).send_custom_verification_email
    code = "ConfigurationSetDoesNotExist" if version == "ses_v1" else "NotFoundException"
    assert "<none>" in refused(code, call, **send, ConfigurationSetName="none")
    name = domain.replace(".", "-")
    aws.ses.create_configuration_set(ConfigurationSetName=name)
    message = sent(aws, call(**send, ConfigurationSetName=name)["MessageId"])
    assert (message["ConfigurationSetName"], message["Region"]) == (name, "us-east-1")


@VERSIONS
def test_the_sender_identity_may_insist_on_its_mail_from(
    aws: Aws, domain: str, version: str, send: dict[str, Any]
) -> None:
    aws.ses.put_email_identity_mail_from_attributes(
        EmailIdentity=domain, MailFromDomain=f"b.{domain}", BehaviorOnMxFailure="REJECT_MESSAGE"
    )
    refused("MailFromDomainNotVerifiedException", api(aws, version).send_custom_verification_email, **send)


def test_the_sandbox_sends_none(aws: Aws, domain: str) -> None:
    there = aws.in_region("ap-south-1")
    there.verified_domain(domain)
    wanted = template(domain)
    details: Any = {"MailType": "TRANSACTIONAL", "WebsiteURL": "https://example.com"}
    there.ses.put_account_details(**details, ProductionAccessEnabled=False)
    # Templates can be made in the sandbox, and addresses verified by SES's own mail.
    there.ses.create_custom_verification_email_template(**wanted)
    there.ses.create_email_identity(EmailIdentity=f"me@{domain}")
    send: Any = {"EmailAddress": "you@customer.example", "TemplateName": wanted["TemplateName"]}
    refused("ProductionAccessNotGranted", there.ses_v1.send_custom_verification_email, **send)
    message = refused("BadRequestException", there.ses.send_custom_verification_email, **send)
    assert "production access" in message
    there.ses.put_account_details(**details, ProductionAccessEnabled=True)
    assert there.ses.send_custom_verification_email(**send)["MessageId"]


def test_the_api_v2_wants_every_part_of_an_update(aws: Aws, send: dict[str, Any]) -> None:
    # Written by hand: boto3 does not send such a request.
    path = f"/v2/email/custom-verification-email-templates/{send['TemplateName']}"
    request = urllib.request.Request(  # noqa: S310 - ours
        aws.endpoint_url + path, method="PUT", data=b'{"TemplateSubject": "Other"}'
    )
    with pytest.raises(HTTPError) as caught:
        urllib.request.urlopen(request)  # noqa: S310 - ours
    assert (caught.value.code, caught.value.headers["x-amzn-errortype"]) == (400, "BadRequestException")
    assert b"FromEmailAddress is required" in caught.value.read()
