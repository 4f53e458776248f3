import time
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.verification import Status
from tests.local.conftest import SHORT_WINDOW, Aws


def status(aws: Aws, name: str) -> tuple[str, str, bool]:
    identity = aws.ses.get_email_identity(EmailIdentity=name)
    return (
        identity["VerificationStatus"],
        identity["DkimAttributes"]["Status"],
        identity["VerifiedForSendingStatus"],
    )


def dkim_records(aws: Aws, domain: str) -> list[tuple[str, str]]:
    tokens = aws.ses.get_email_identity(EmailIdentity=domain)["DkimAttributes"]["Tokens"]
    return [(f"{token}._domainkey.{domain}", f"{token}.dkim.amazonses.com") for token in tokens]


def refused(code: str, call: Any, **arguments: Any) -> str:  # noqa: ANN401 - a boto3 method
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    assert caught.value.response["Error"]["Code"] == code
    return caught.value.response["Error"]["Message"]


def test_a_new_domain_is_pending_with_three_tokens(aws: Aws, domain: str) -> None:
    created = aws.ses.create_email_identity(
        EmailIdentity=domain,
        Tags=[{"Key": "team", "Value": "mail"}],
        DkimSigningAttributes={"NextSigningKeyLength": "RSA_1024_BIT"},
    )
    found = aws.ses.get_email_identity(EmailIdentity=domain)
    assert created["VerifiedForSendingStatus"] is False
    assert found["DkimAttributes"] == created["DkimAttributes"]
    assert len(set(found["DkimAttributes"]["Tokens"])) == 3
    assert found["DkimAttributes"]["CurrentSigningKeyLength"] == "RSA_1024_BIT"
    assert found["DkimAttributes"]["SigningAttributesOrigin"] == "AWS_SES"
    assert found["Tags"] == [{"Key": "team", "Value": "mail"}]
    assert found["VerificationInfo"]["ErrorType"] == "HOST_NOT_FOUND"
    assert status(aws, domain) == ("PENDING", "PENDING", False)


def test_records_one_by_one(aws: Aws, domain: str) -> None:
    aws.ses.create_email_identity(EmailIdentity=domain)
    first, second, third = dkim_records(aws, domain)
    zone_id = aws.add_zone(domain)
    aws.add_record(zone_id, first[0], "CNAME", first[1])
    aws.add_record(zone_id, second[0], "CNAME", second[1])
    assert status(aws, domain) == ("PENDING", "PENDING", False)

    aws.add_record(zone_id, third[0], "CNAME", second[1])
    assert status(aws, domain) == ("PENDING", "PENDING", False)
    info = aws.ses.get_email_identity(EmailIdentity=domain)["VerificationInfo"]
    assert info["ErrorType"] == "INVALID_VALUE"

    aws.add_record(zone_id, third[0], "CNAME", third[1] + ".")
    assert status(aws, domain) == ("SUCCESS", "SUCCESS", True)
    info = aws.ses.get_email_identity(EmailIdentity=domain)["VerificationInfo"]
    assert "ErrorType" not in info
    assert info["LastSuccessTimestamp"]

    aws.remove_record(zone_id, first[0], "CNAME", first[1])
    assert status(aws, domain) == ("TEMPORARY_FAILURE", "TEMPORARY_FAILURE", True)


def test_it_fails_when_the_records_come_too_late(impatient_aws: Aws, domain: str) -> None:
    aws = impatient_aws
    aws.ses.create_email_identity(EmailIdentity=domain)
    time.sleep(SHORT_WINDOW.total_seconds())
    assert status(aws, domain) == ("FAILED", "FAILED", False)
    zone_id = aws.add_zone(domain)
    for name, target in dkim_records(aws, domain):
        aws.add_record(zone_id, name, "CNAME", target)
    assert status(aws, domain) == ("FAILED", "FAILED", False)
    aws.ses.delete_email_identity(EmailIdentity=domain)
    aws.ses.create_email_identity(EmailIdentity=domain)
    assert status(aws, domain) == ("SUCCESS", "SUCCESS", True)


def test_regions_know_nothing_of_each_other(aws: Aws, domain: str) -> None:
    aws.verified_domain(domain)
    ireland = aws.in_region("eu-west-1")
    refused("NotFoundException", ireland.ses.get_email_identity, EmailIdentity=domain)
    ireland.ses.create_email_identity(EmailIdentity=domain)
    assert not {name for name, _ in dkim_records(aws, domain)} & {
        name for name, _ in dkim_records(ireland, domain)
    }
    assert status(ireland, domain) == ("PENDING", "PENDING", False)
    assert status(aws, domain) == ("SUCCESS", "SUCCESS", True)


def test_an_identity_exists_once_whatever_its_case(aws: Aws, domain: str) -> None:
    aws.ses.create_email_identity(EmailIdentity=domain)
    for name in (domain, domain.upper()):
        assert (
            domain
            in refused("AlreadyExistsException", aws.ses.create_email_identity, EmailIdentity=name).lower()
        )


def test_unknown_identities_and_configuration_sets_are_refused(aws: Aws, domain: str) -> None:
    ses = aws.ses
    refused("NotFoundException", ses.get_email_identity, EmailIdentity=domain)
    refused("NotFoundException", ses.delete_email_identity, EmailIdentity=domain)
    refused("NotFoundException", ses.put_email_identity_dkim_attributes, EmailIdentity=domain)
    refused("NotFoundException", ses.create_email_identity, EmailIdentity=domain, ConfigurationSetName="none")


def test_put_calls_change_what_get_says(aws: Aws, domain: str) -> None:
    ses = aws.ses
    ses.create_email_identity(EmailIdentity=domain)
    ses.create_configuration_set(ConfigurationSetName=domain.replace(".", "-"))
    ses.put_email_identity_dkim_attributes(EmailIdentity=domain, SigningEnabled=False)
    ses.put_email_identity_feedback_attributes(EmailIdentity=domain, EmailForwardingEnabled=False)
    ses.put_email_identity_configuration_set_attributes(
        EmailIdentity=domain, ConfigurationSetName=domain.replace(".", "-")
    )
    ses.put_email_identity_mail_from_attributes(
        EmailIdentity=domain, MailFromDomain=f"bounce.{domain}", BehaviorOnMxFailure="REJECT_MESSAGE"
    )
    found = ses.get_email_identity(EmailIdentity=domain)
    assert found["DkimAttributes"]["SigningEnabled"] is False
    assert found["FeedbackForwardingStatus"] is False
    assert found["ConfigurationSetName"] == domain.replace(".", "-")
    assert found["MailFromAttributes"] == {
        "MailFromDomain": f"bounce.{domain}",
        "MailFromDomainStatus": "PENDING",
        "BehaviorOnMxFailure": "REJECT_MESSAGE",
    }
    ses.put_email_identity_mail_from_attributes(EmailIdentity=domain)
    found = ses.get_email_identity(EmailIdentity=domain)
    assert found["MailFromAttributes"] == {"BehaviorOnMxFailure": "USE_DEFAULT_VALUE"}


@pytest.mark.parametrize("prefix", ["", "evil"])
def test_mail_from_must_be_a_subdomain(aws: Aws, domain: str, prefix: str) -> None:
    aws.ses.create_email_identity(EmailIdentity=domain)
    refused(
        "BadRequestException",
        aws.ses.put_email_identity_mail_from_attributes,
        EmailIdentity=domain,
        MailFromDomain=prefix + domain,
    )


def test_mail_from_follows_its_mx(aws: Aws, domain: str) -> None:
    zone_id = aws.verified_domain(domain)
    name, right = f"bounce.{domain}", "10 feedback-smtp.us-east-1.amazonses.com"
    aws.ses.put_email_identity_mail_from_attributes(EmailIdentity=domain, MailFromDomain=name)

    def mail_from() -> str:
        found = aws.ses.get_email_identity(EmailIdentity=domain)
        return found["MailFromAttributes"]["MailFromDomainStatus"]

    aws.add_record(zone_id, name, "MX", "10 feedback-smtp.eu-west-1.amazonses.com")
    assert mail_from() == Status.PENDING
    aws.add_record(zone_id, name, "MX", right, "20 mx.example.com")
    assert mail_from() == Status.PENDING
    aws.add_record(zone_id, name, "MX", right)
    assert mail_from() == Status.SUCCESS
    aws.remove_record(zone_id, name, "MX", right)
    assert mail_from() == Status.TEMPORARY_FAILURE


def test_lists_filter_and_page(aws: Aws, domain: str) -> None:
    names = [f"{label}.{domain}" for label in "abc"]
    for name in names:
        aws.ses.create_email_identity(EmailIdentity=name)
    aws.verified_domain(domain)
    own: Any = {"IDENTITY_NAME_CONTAINS": domain}
    first = aws.ses.list_email_identities(PageSize=3, Filter=own)
    rest = aws.ses.list_email_identities(NextToken=first["NextToken"], Filter=own)
    listed = [*first["EmailIdentities"], *rest["EmailIdentities"]]
    assert [entry["IdentityName"] for entry in listed] == sorted([*names, domain])
    assert "NextToken" not in rest
    verified = aws.ses.list_email_identities(Filter={**own, "VERIFICATION_STATUS": "SUCCESS"})
    assert verified["EmailIdentities"] == [
        {
            "IdentityType": "DOMAIN",
            "IdentityName": domain,
            "SendingEnabled": True,
            "VerificationStatus": "SUCCESS",
        }
    ]


def test_an_address_is_pending_without_dkim_of_its_own(aws: Aws, domain: str) -> None:
    aws.ses.create_email_identity(EmailIdentity=f"Me@{domain}")
    found = aws.ses.get_email_identity(EmailIdentity=f"Me@{domain}")
    assert found["IdentityType"] == "EMAIL_ADDRESS"
    assert found["VerificationStatus"] == "PENDING"
    assert found["DkimAttributes"] == {"SigningEnabled": False, "Status": "NOT_STARTED", "Tokens": []}


def test_tags_and_deletion(aws: Aws, domain: str) -> None:
    aws.ses.create_email_identity(EmailIdentity=domain)
    aws.ses.tag_resource(
        ResourceArn=f"arn:aws:ses:us-east-1:000000000000:identity/{domain}",
        Tags=[{"Key": "a", "Value": "b"}],
    )
    assert aws.ses.get_email_identity(EmailIdentity=domain)["Tags"] == [{"Key": "a", "Value": "b"}]
    aws.ses.delete_email_identity(EmailIdentity=domain)
    aws.ses.create_email_identity(EmailIdentity=domain)
    assert aws.ses.get_email_identity(EmailIdentity=domain)["Tags"] == []


def test_both_versions_of_the_api_see_one_identity(aws: Aws, domain: str) -> None:
    v1 = aws.ses_v1
    tokens = v1.verify_domain_dkim(Domain=domain)["DkimTokens"]
    assert aws.ses.get_email_identity(EmailIdentity=domain)["DkimAttributes"]["Tokens"] == tokens

    def attributes() -> str:
        found = v1.get_identity_verification_attributes(Identities=[domain])
        return found["VerificationAttributes"][domain]["VerificationStatus"]

    assert attributes() == "Pending"
    zone_id = aws.add_zone(domain)
    for name, target in dkim_records(aws, domain):
        aws.add_record(zone_id, name, "CNAME", target)
    assert attributes() == "Success"
    dkim = v1.get_identity_dkim_attributes(Identities=[domain])["DkimAttributes"][domain]
    assert (dkim["DkimEnabled"], dkim["DkimVerificationStatus"]) == (True, "Success")
    v1.set_identity_feedback_forwarding_enabled(Identity=domain, ForwardingEnabled=False)
    assert aws.ses.get_email_identity(EmailIdentity=domain)["FeedbackForwardingStatus"] is False
    v1.delete_identity(Identity=domain)
    refused("NotFoundException", aws.ses.get_email_identity, EmailIdentity=domain)
    aws.ses.create_email_identity(EmailIdentity=domain)
    aws.ses.delete_email_identity(EmailIdentity=domain)
    assert domain not in v1.list_identities()["Identities"]
