import json
import urllib.request
from typing import Any

import pytest

from tests.local.conftest import Aws
from tests.local.test_ses_identities import refused

MESSAGE: Any = {"Subject": {"Data": "s"}, "Body": {"Text": {"Data": "t"}}}
TO: Any = {"ToAddresses": ["success@simulator.amazonses.com"]}


def sent(aws: Aws, message_id: str) -> dict[str, Any]:
    with urllib.request.urlopen(f"{aws.endpoint_url}/_ministack/ses/messages") as response:  # noqa: S310 - ours
        messages = json.load(response)["messages"]["000000000000"]
    found: dict[str, Any] = next(m for m in messages if m["MessageId"] == message_id)
    return found


def raw(sender: str, **headers: str) -> bytes:
    lines = [f"From: {sender}", "To: success@simulator.amazonses.com", "Subject: s"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", "text"]).encode()


@pytest.mark.parametrize("sender", ["me@{}", "Me <me@{}>", "me@sub.{}", "me@a.b.{}"])
def test_a_verified_domain_covers_its_addresses_and_subdomains(aws: Aws, domain: str, sender: str) -> None:
    aws.verified_domain(domain)
    assert aws.send(sender.format(domain))
    assert aws.ses_v1.send_email(Source=sender.format(domain), Destination=TO, Message=MESSAGE)


@pytest.mark.parametrize("sender", ["me@evil{}", "me@{}.example.org", "me@example"])
def test_near_misses_are_not_covered(aws: Aws, domain: str, sender: str) -> None:
    aws.verified_domain(domain)
    message = refused(
        "MessageRejected",
        aws.ses.send_email,
        FromEmailAddress=sender.format(domain),
        Destination=TO,
        Content={"Simple": MESSAGE},
    )
    assert message == (
        "Email address is not verified. The following identities failed the check in region US-EAST-1: "
        + sender.format(domain)
    )


def test_an_unverified_identity_may_not_send_by_any_call(aws: Aws, domain: str) -> None:
    aws.ses.create_email_identity(EmailIdentity=domain)
    aws.ses.create_email_identity(EmailIdentity=f"you@{domain}")
    sender = f"you@{domain}"
    refused("MessageRejected", aws.ses_v1.send_email, Source=sender, Destination=TO, Message=MESSAGE)
    refused("MessageRejected", aws.ses_v1.send_raw_email, RawMessage={"Data": raw(sender)})
    refused("MessageRejected", aws.ses.send_email, Destination=TO, Content={"Raw": {"Data": raw(sender)}})


def test_verified_in_one_region_is_not_verified_in_another(aws: Aws, domain: str) -> None:
    aws.verified_domain(domain)
    message = refused(
        "MessageRejected",
        aws.in_region("eu-west-1").ses_v1.send_email,
        Source=f"me@{domain}",
        Destination=TO,
        Message=MESSAGE,
    )
    assert "EU-WEST-1" in message


def test_an_unknown_configuration_set_is_refused(aws: Aws, domain: str) -> None:
    aws.verified_domain(domain)
    sender, v1 = f"me@{domain}", aws.ses_v1
    refused(
        "NotFoundException",
        aws.ses.send_email,
        FromEmailAddress=sender,
        Destination=TO,
        Content={"Simple": MESSAGE},
        ConfigurationSetName="nowhere",
    )
    refused(
        "ConfigurationSetDoesNotExist",
        v1.send_email,
        Source=sender,
        Destination=TO,
        Message=MESSAGE,
        ConfigurationSetName="nowhere",
    )
    refused(
        "ConfigurationSetDoesNotExist",
        v1.send_raw_email,
        RawMessage={"Data": raw(sender, X_SES_CONFIGURATION_SET="nowhere")},
    )


def test_the_record_says_how_a_message_went(aws: Aws, domain: str) -> None:
    zone_id = aws.verified_domain(domain)
    default, other = f"default-{domain[:-8]}", f"other-{domain[:-8]}"
    for name in (default, other):
        aws.ses.create_configuration_set(ConfigurationSetName=name)
    aws.ses.put_email_identity_configuration_set_attributes(
        EmailIdentity=domain, ConfigurationSetName=default
    )
    first = sent(aws, aws.send(f"me@{domain}"))
    assert first["ConfigurationSetName"] == default
    assert first["Region"] == "us-east-1"
    assert first["MailFromDomain"] == "amazonses.com"

    aws.add_record(zone_id, f"b.{domain}", "MX", "10 feedback-smtp.us-east-1.amazonses.com")
    aws.ses.put_email_identity_mail_from_attributes(EmailIdentity=domain, MailFromDomain=f"b.{domain}")
    second = sent(aws, aws.send(f"me@{domain}", ConfigurationSetName=other))
    assert (second["ConfigurationSetName"], second["MailFromDomain"]) == (other, f"b.{domain}")

    data: Any = {"Data": raw(f"me@{domain}", X_SES_CONFIGURATION_SET=other)}
    by_v1 = sent(aws, aws.ses_v1.send_raw_email(RawMessage=data)["MessageId"])
    by_v2 = sent(aws, aws.ses.send_email(Destination=TO, Content={"Raw": data})["MessageId"])
    assert [m["ConfigurationSetName"] for m in (by_v1, by_v2)] == [other, other]
    assert by_v2["Source"] == f"me@{domain}"


def test_a_deleted_default_configuration_set_stops_sending(aws: Aws, domain: str) -> None:
    aws.verified_domain(domain)
    name = f"gone-{domain[:-8]}"
    aws.ses_v1.create_configuration_set(ConfigurationSet={"Name": name})
    aws.ses.put_email_identity_configuration_set_attributes(EmailIdentity=domain, ConfigurationSetName=name)
    assert aws.send(f"me@{domain}")
    aws.ses.delete_configuration_set(ConfigurationSetName=name)
    refused(
        "ConfigurationSetDoesNotExist",
        aws.ses_v1.send_email,
        Source=f"me@{domain}",
        Destination=TO,
        Message=MESSAGE,
    )


def test_mail_is_rejected_where_the_identity_insists_on_its_mail_from(aws: Aws, domain: str) -> None:
    aws.verified_domain(domain)
    aws.ses.put_email_identity_mail_from_attributes(
        EmailIdentity=domain, MailFromDomain=f"b.{domain}", BehaviorOnMxFailure="REJECT_MESSAGE"
    )
    sender = f"me@{domain}"
    refused(
        "MailFromDomainNotVerifiedException",
        aws.ses.send_email,
        FromEmailAddress=sender,
        Destination=TO,
        Content={"Simple": MESSAGE},
    )
    refused(
        "MailFromDomainNotVerifiedException",
        aws.ses_v1.send_email,
        Source=sender,
        Destination=TO,
        Message=MESSAGE,
    )


def test_sending_goes_on_during_a_temporary_failure(aws: Aws, domain: str) -> None:
    zone_id = aws.verified_domain(domain)
    assert aws.send(f"me@{domain}")
    token = aws.ses.get_email_identity(EmailIdentity=domain)["DkimAttributes"]["Tokens"][0]
    name = f"{token}._domainkey.{domain}"
    aws.remove_record(zone_id, name, "CNAME", f"{token}.dkim.amazonses.com")
    assert aws.send(f"me@{domain}")
