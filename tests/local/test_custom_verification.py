import time
from typing import Any, Final

import pytest

from local.mailbox import Landing, find_link, follow_link
from tests.local.conftest import SHORT_WINDOW, Aws
from tests.local.test_address_verification import click, state
from tests.local.test_ses_identities import refused
from tests.local.test_ses_sending import sent

SUCCESS: Final = "https://www.example.com/verified?from=mail"
FAILURE: Final = "https://www.example.com/not-verified"
CONTENT: Final = "<html><body><h1>Ready to send &amp; receive?</h1></body></html>"
INVALID: Final = ("InvalidParameterValue", "BadRequestException")
VERSIONS: Final = pytest.mark.parametrize("version", ["ses_v1", "ses"])


def template(domain: str, **changes: str) -> dict[str, Any]:
    return {
        "TemplateName": domain.replace(".", "-"),
        "FromEmailAddress": f"hello@{domain}",
        "TemplateSubject": "Please <confirm> your address",
        "TemplateContent": CONTENT,
        "SuccessRedirectionURL": SUCCESS,
        "FailureRedirectionURL": FAILURE,
        **changes,
    }


def api(aws: Aws, version: str) -> Any:  # noqa: ANN401 - both clients have these calls, with one signature
    return getattr(aws, version)


def shown(aws: Aws, version: str, name: str) -> dict[str, Any]:
    found = api(aws, version).get_custom_verification_email_template(TemplateName=name)
    return {key: value for key, value in found.items() if key not in {"ResponseMetadata", "Tags"}}


def names(aws: Aws, version: str, **paging: object) -> list[str]:
    listed = api(aws, version).list_custom_verification_email_templates(**paging)
    return [entry["TemplateName"] for entry in listed["CustomVerificationEmailTemplates"]]


@VERSIONS
def test_templates_live_in_both_versions(aws: Aws, domain: str, version: str) -> None:
    aws.verified_domain(domain)
    calls, wanted = api(aws, version), template(domain)
    name = wanted["TemplateName"]
    calls.create_custom_verification_email_template(**wanted)
    for other in ("ses_v1", "ses"):
        assert shown(aws, other, name) == wanted
        (listed,) = (
            entry
            for entry in api(aws, other).list_custom_verification_email_templates()[
                "CustomVerificationEmailTemplates"
            ]
            if entry["TemplateName"] == name
        )
        assert listed == {key: value for key, value in wanted.items() if key != "TemplateContent"}
    changed = {**wanted, "TemplateSubject": "Other", "FailureRedirectionURL": "http://example.com"}
    calls.update_custom_verification_email_template(**changed)
    assert shown(aws, version, name) == changed
    calls.delete_custom_verification_email_template(TemplateName=name)
    assert name not in names(aws, version)


def test_the_api_v1_changes_parts(aws: Aws, domain: str) -> None:
    aws.verified_domain(domain)
    wanted = template(domain)
    aws.ses.create_custom_verification_email_template(**wanted, Tags=[{"Key": "a", "Value": "b"}])
    name = wanted["TemplateName"]
    aws.ses_v1.update_custom_verification_email_template(TemplateName=name, TemplateSubject="Other")
    assert shown(aws, "ses_v1", name) == {**wanted, "TemplateSubject": "Other"}
    assert aws.ses.get_custom_verification_email_template(TemplateName=name)["Tags"] == [
        {"Key": "a", "Value": "b"}
    ]


@VERSIONS
@pytest.mark.parametrize(
    "changes,expected",
    [
        (
            {"FromEmailAddress": "me@nobody.example"},
            ("FromEmailAddressNotVerified", "NotFoundException", "<me@nobody.example> is not verified"),
        ),
        ({"FromEmailAddress": "Me <me@nobody.example>"}, (*INVALID, "Invalid email address<Me <me")),
        (
            {"TemplateContent": "<a>x</a>"},
            ("CustomVerificationEmailInvalidContent", "BadRequestException", "<a>"),
        ),
        (
            {"SuccessRedirectionURL": "www.example.com"},
            (*INVALID, "The success redirection URL is invalid"),
        ),
        (
            {"FailureRedirectionURL": "https://a.example\r\nX: y"},
            (*INVALID, "The failure redirection URL is invalid"),
        ),
        ({"TemplateSubject": ""}, (*INVALID, "TemplateSubject is required")),
    ],
)
def test_what_neither_create_nor_update_takes(
    aws: Aws, domain: str, version: str, changes: dict[str, str], expected: tuple[str, str, str]
) -> None:
    aws.verified_domain(domain)
    v1, v2, fragment = expected
    calls, code = api(aws, version), v1 if version == "ses_v1" else v2
    bad = template(domain, **changes)
    assert fragment in refused(code, calls.create_custom_verification_email_template, **bad)
    good = template(domain)
    calls.create_custom_verification_email_template(**good)
    assert fragment in refused(code, calls.update_custom_verification_email_template, **bad)
    assert shown(aws, version, good["TemplateName"]) == good
    calls.delete_custom_verification_email_template(TemplateName=good["TemplateName"])


@VERSIONS
def test_names_are_there_once_or_not_at_all(aws: Aws, domain: str, version: str) -> None:
    aws.verified_domain(domain)
    calls, wanted = api(aws, version), template(domain)
    v1 = version == "ses_v1"
    calls.create_custom_verification_email_template(**wanted)
    exists = "CustomVerificationEmailTemplateAlreadyExists" if v1 else "AlreadyExistsException"
    refused(exists, calls.create_custom_verification_email_template, **wanted)
    missing, none = "CustomVerificationEmailTemplateDoesNotExist" if v1 else "NotFoundException", "none"
    refused(missing, calls.get_custom_verification_email_template, TemplateName=none)
    refused(missing, calls.delete_custom_verification_email_template, TemplateName=none)
    refused(missing, calls.update_custom_verification_email_template, **{**wanted, "TemplateName": none})
    refused(missing, calls.send_custom_verification_email, TemplateName=none, EmailAddress="a@b.example")
    assert wanted["TemplateName"] not in names(aws.in_region("eu-west-1"), version)


def test_there_are_fifty_at_most_and_pages_of_them(aws: Aws, domain: str) -> None:
    elsewhere = aws.in_region("eu-north-1")
    elsewhere.verified_domain(domain)
    for number in range(50):
        wanted = template(domain, TemplateName=f"t{number:02}")
        elsewhere.ses.create_custom_verification_email_template(**wanted)
    for version, code in (("ses_v1", "LimitExceeded"), ("ses", "LimitExceededException")):
        calls = api(elsewhere, version)
        more = template(domain, TemplateName="more")
        assert "50" in refused(code, calls.create_custom_verification_email_template, **more)
        size = "MaxResults" if version == "ses_v1" else "PageSize"
        page = calls.list_custom_verification_email_templates(**{size: 20})
        rest = names(elsewhere, version, NextToken=page["NextToken"])
        assert [entry["TemplateName"] for entry in page["CustomVerificationEmailTemplates"]] + rest == [
            f"t{number:02}" for number in range(50)
        ]
    # The limit is counted in each Region.
    aws.verified_domain(f"other-{domain}")
    aws.ses.create_custom_verification_email_template(**template(f"other-{domain}"))


@VERSIONS
def test_an_address_is_verified_by_the_mail_that_the_template_made(
    aws: Aws, domain: str, version: str
) -> None:
    aws.verified_domain(domain)
    wanted, address = template(domain), f"you@customer-of-{domain}"
    api(aws, version).create_custom_verification_email_template(**wanted)
    message_id = api(aws, version).send_custom_verification_email(
        EmailAddress=address, TemplateName=wanted["TemplateName"]
    )["MessageId"]
    message = sent(aws, message_id)
    link = find_link(aws.endpoint_url, address, region=aws.region)
    assert (message["Source"], message["To"], message["Subject"]) == (
        f"hello@{domain}",
        [address],
        wanted["TemplateSubject"],
    )
    assert message["BodyHtml"].startswith(f'{CONTENT}<p><a href="{link}">')
    assert state(aws, address) == ("PENDING", "Pending", False)

    assert follow_link(link) == Landing(status=302, location=SUCCESS)
    assert state(aws, address) == ("SUCCESS", "Success", True)
    assert aws.send(address)
    assert follow_link(link) == Landing(status=302, location=FAILURE)
    assert state(aws, address) == ("SUCCESS", "Success", True)


def test_too_late_a_click_leads_to_the_failure_url(impatient_aws: Aws, domain: str) -> None:
    aws, address = impatient_aws, f"you@customer-of-{domain}"
    aws.verified_domain(domain)
    wanted = template(domain)
    aws.ses.create_custom_verification_email_template(**wanted)
    send: Any = {"EmailAddress": address, "TemplateName": wanted["TemplateName"]}
    aws.ses.send_custom_verification_email(**send)
    time.sleep(SHORT_WINDOW.total_seconds())
    assert click(aws, address) == Landing(status=302, location=FAILURE)
    assert state(aws, address) == ("FAILED", "Failed", False)
    aws.ses_v1.send_custom_verification_email(**send)
    assert click(aws, address) == Landing(status=302, location=SUCCESS)
    assert state(aws, address) == ("SUCCESS", "Success", True)
