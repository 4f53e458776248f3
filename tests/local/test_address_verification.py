import json
import time
from collections.abc import Callable
from typing import Any

import pytest

from local.errors import RehearsalError
from local.mailbox import Landing, find_link, follow_link
from tests.local.conftest import SHORT_WINDOW, Aws
from tests.local.test_cloudformation_identity import FAST
from tests.local.test_ses_identities import refused
from tests.local.test_ses_sending import MESSAGE, TO


def state(aws: Aws, address: str) -> tuple[str, str, bool]:
    """As the API v2 tells it, the API v1, and whether it may send."""
    v2 = aws.ses.get_email_identity(EmailIdentity=address)
    v1 = aws.ses_v1.get_identity_verification_attributes(Identities=[address])
    status = v1["VerificationAttributes"][address]["VerificationStatus"]
    listed = address in aws.ses_v1.list_verified_email_addresses()["VerifiedEmailAddresses"]
    assert listed is v2["VerifiedForSendingStatus"]
    return v2["VerificationStatus"], status, listed


def click(aws: Aws, address: str) -> Landing:
    return follow_link(find_link(aws.endpoint_url, address, region=aws.region))


def may_not_send(aws: Aws, sender: str) -> None:
    refused("MessageRejected", aws.ses_v1.send_email, Source=sender, Destination=TO, Message=MESSAGE)
    content: Any = {"Simple": MESSAGE}
    refused("MessageRejected", aws.ses.send_email, FromEmailAddress=sender, Destination=TO, Content=content)


def by_v2(aws: Aws, address: str) -> None:
    created = aws.ses.create_email_identity(EmailIdentity=address)
    assert (created["IdentityType"], created["VerifiedForSendingStatus"]) == ("EMAIL_ADDRESS", False)


def by_cloudformation(aws: Aws, address: str) -> None:
    identity = {"Type": "AWS::SES::EmailIdentity", "Properties": {"EmailIdentity": address}}
    name = address.replace("@", "-").replace(".", "-")
    aws.cloudformation.create_stack(
        StackName=name, TemplateBody=json.dumps({"Resources": {"Identity": identity}})
    )
    aws.cloudformation.get_waiter("stack_create_complete").wait(StackName=name, WaiterConfig=FAST)


@pytest.mark.parametrize(
    "create",
    [
        by_v2,
        by_cloudformation,
        lambda aws, address: aws.ses_v1.verify_email_identity(EmailAddress=address),
        lambda aws, address: aws.ses_v1.verify_email_address(EmailAddress=address),
    ],
)
def test_an_address_is_pending_until_its_owner_follows_the_link(
    aws: Aws, domain: str, create: Callable[[Aws, str], None]
) -> None:
    address = f"me@{domain}"
    create(aws, address)
    assert state(aws, address) == ("PENDING", "Pending", False)
    may_not_send(aws, address)

    assert click(aws, address) == Landing(status=200, location=None)
    assert state(aws, address) == ("SUCCESS", "Success", True)
    info = aws.ses.get_email_identity(EmailIdentity=address)["VerificationInfo"]
    assert info["LastSuccessTimestamp"] == info["LastCheckedTimestamp"]
    assert aws.send(address)
    assert aws.ses_v1.send_email(Source=f"Me <{address}>", Destination=TO, Message=MESSAGE)
    may_not_send(aws, f"other@{domain}")


def test_an_address_is_verified_as_it_is_written_and_with_labels(aws: Aws, domain: str) -> None:
    aws.ses.create_email_identity(EmailIdentity=f"me@{domain}")
    may_not_send(aws, f"me+label@{domain}")
    click(aws, f"me@{domain}")
    assert aws.send(f"me+label@{domain}")
    for other in (f"Me@{domain}", f"me@{domain.upper()}", f"you+me@{domain}", f"me+@sub.{domain}"):
        may_not_send(aws, other)
    # Nothing keeps both from being identities.
    aws.ses.create_email_identity(EmailIdentity=f"me@{domain.upper()}")
    assert state(aws, f"me@{domain.upper()}") == ("PENDING", "Pending", False)


def test_an_identity_of_a_label_decides_about_its_own_settings(aws: Aws, domain: str) -> None:
    name = domain.replace(".", "-")
    aws.ses.create_configuration_set(ConfigurationSetName=name)
    aws.ses.create_email_identity(EmailIdentity=f"me@{domain}", ConfigurationSetName=name)
    click(aws, f"me@{domain}")
    aws.ses.delete_configuration_set(ConfigurationSetName=name)
    content: Any = {"Simple": MESSAGE}
    refused(
        "NotFoundException",
        aws.ses.send_email,
        FromEmailAddress=f"me+a@{domain}",
        Destination=TO,
        Content=content,
    )


@pytest.mark.parametrize("address", ['"a@b"@{}', "me@xn--bcher-kva.{}", "o'neil@{}"])
def test_unusual_addresses(aws: Aws, domain: str, address: str) -> None:
    address = address.format(domain)
    aws.ses.create_email_identity(EmailIdentity=address)
    assert click(aws, address).status == 200
    assert aws.send(address)


@pytest.mark.parametrize(
    "name", ["me@", "a@@b.example", "me@bücher.example", "Me <me@b.example>", "bücher.example"]
)
def test_what_is_no_identity(aws: Aws, name: str) -> None:
    message = refused("BadRequestException", aws.ses.create_email_identity, EmailIdentity=name)
    assert name in message
    v1 = aws.ses_v1
    if "@" in name:
        refused("InvalidParameterValue", v1.verify_email_identity, EmailAddress=name)
    else:
        refused("InvalidParameterValue", v1.verify_domain_identity, Domain=name)
        refused("InvalidParameterValue", v1.verify_domain_dkim, Domain=name)
    assert name not in v1.list_identities()["Identities"]


def test_an_address_and_its_domain_know_nothing_of_each_other(aws: Aws, domain: str) -> None:
    aws.verified_domain(domain)
    aws.ses.create_email_identity(EmailIdentity=f"me@{domain}")
    assert state(aws, f"me@{domain}") == ("PENDING", "Pending", False)
    # As the guide's table has it: an address inherits the right to send from its domain.
    assert aws.send(f"me@{domain}")
    aws.ses.delete_email_identity(EmailIdentity=domain)
    may_not_send(aws, f"me@{domain}")


def test_a_link_works_once(aws: Aws, domain: str) -> None:
    aws.ses.create_email_identity(EmailIdentity=f"me@{domain}")
    link = find_link(aws.endpoint_url, f"me@{domain}", region=aws.region)
    assert follow_link(link).status == 200
    assert follow_link(link).status == 404
    assert follow_link(f"{link}x").status == 404
    assert state(aws, f"me@{domain}") == ("SUCCESS", "Success", True)


def test_asking_again_sends_again_and_revokes_nothing(aws: Aws, domain: str) -> None:
    address = f"me@{domain}"
    aws.ses.create_email_identity(EmailIdentity=address)
    first = find_link(aws.endpoint_url, address, region=aws.region)
    aws.ses_v1.verify_email_identity(EmailAddress=address)
    second = find_link(aws.endpoint_url, address, region=aws.region)
    assert first != second
    assert follow_link(first).status == 200
    aws.ses_v1.verify_email_identity(EmailAddress=address)
    assert state(aws, address) == ("SUCCESS", "Success", True)
    refused("AlreadyExistsException", aws.ses.create_email_identity, EmailIdentity=address)


def test_links_of_a_deleted_identity_do_not_verify_its_successor(aws: Aws, domain: str) -> None:
    address = f"me@{domain}"
    aws.ses.create_email_identity(EmailIdentity=address)
    first = find_link(aws.endpoint_url, address, region=aws.region)
    aws.ses_v1.verify_email_identity(EmailAddress=address)
    second = find_link(aws.endpoint_url, address, region=aws.region)
    aws.ses_v1.delete_identity(Identity=address)
    assert follow_link(first).status == 404
    aws.ses.create_email_identity(EmailIdentity=address)
    assert follow_link(second).status == 404
    assert state(aws, address) == ("PENDING", "Pending", False)


def test_a_link_verifies_in_its_own_region(aws: Aws, domain: str) -> None:
    address, ireland = f"me@{domain}", aws.in_region("eu-west-1")
    for there in (aws, ireland):
        there.ses.create_email_identity(EmailIdentity=address)
    assert click(ireland, address).status == 200
    assert state(ireland, address) == ("SUCCESS", "Success", True)
    assert state(aws, address) == ("PENDING", "Pending", False)


def test_a_link_that_nobody_follows_in_time(impatient_aws: Aws, domain: str) -> None:
    aws, address = impatient_aws, f"me@{domain}"
    aws.ses.create_email_identity(EmailIdentity=address)
    time.sleep(SHORT_WINDOW.total_seconds())
    assert state(aws, address) == ("FAILED", "Failed", False)
    assert click(aws, address).status == 404
    assert state(aws, address) == ("FAILED", "Failed", False)
    aws.ses_v1.verify_email_identity(EmailAddress=address)
    assert state(aws, address) == ("PENDING", "Pending", False)
    assert click(aws, address).status == 200
    assert state(aws, address) == ("SUCCESS", "Success", True)


def test_a_domain_gets_no_mail(aws: Aws, domain: str) -> None:
    aws.ses.create_email_identity(EmailIdentity=domain)
    with pytest.raises(RehearsalError, match="none has arrived from us-east-1"):
        find_link(aws.endpoint_url, f"postmaster@{domain}", region=aws.region)
