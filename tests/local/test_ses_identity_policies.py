import json
from typing import Any

import pytest

from tests.local.conftest import Aws
from tests.local.test_ses_identities import refused


def policy(domain: str, **changes: object) -> str:
    statement: dict[str, Any] = {
        "Effect": "Allow",
        "Principal": {"AWS": ["222222222222"]},
        "Action": ["ses:SendEmail"],
        "Resource": f"arn:aws:ses:us-east-1:000000000000:identity/{domain}",
        **changes,
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def policies(aws: Aws, domain: str) -> dict[str, str]:
    found = aws.ses.get_email_identity_policies(EmailIdentity=domain)["Policies"]
    assert aws.ses.get_email_identity(EmailIdentity=domain)["Policies"] == found
    return found


def test_policies_are_put_read_changed_and_deleted(aws: Aws, domain: str) -> None:
    aws.ses.create_email_identity(EmailIdentity=domain)
    assert policies(aws, domain) == {}
    first, second = policy(domain), policy(domain, Action="ses:SendRawEmail")
    aws.ses.create_email_identity_policy(EmailIdentity=domain, PolicyName="a", Policy=first)
    aws.ses.create_email_identity_policy(EmailIdentity=domain, PolicyName="b", Policy=first)
    aws.ses.update_email_identity_policy(EmailIdentity=domain, PolicyName="b", Policy=second)
    assert policies(aws, domain) == {"a": first, "b": second}
    aws.ses.delete_email_identity_policy(EmailIdentity=domain, PolicyName="a")
    # As documented: a policy that does not exist is no error, neither here nor for an update.
    aws.ses.delete_email_identity_policy(EmailIdentity=domain, PolicyName="a")
    aws.ses.update_email_identity_policy(EmailIdentity=domain, PolicyName="c", Policy=first)
    assert policies(aws, domain) == {"b": second, "c": first}
    assert "b" in refused(
        "AlreadyExistsException",
        aws.ses.create_email_identity_policy,
        EmailIdentity=domain,
        PolicyName="b",
        Policy=first,
    )


def test_policies_stay_when_the_identity_changes_and_go_with_it(aws: Aws, domain: str) -> None:
    aws.verified_domain(domain)
    aws.ses.create_email_identity_policy(EmailIdentity=domain, PolicyName="a", Policy=policy(domain))
    aws.ses.put_email_identity_dkim_attributes(EmailIdentity=domain, SigningEnabled=False)
    assert list(policies(aws, domain)) == ["a"]
    aws.ses.delete_email_identity(EmailIdentity=domain)
    refused("NotFoundException", aws.ses.get_email_identity_policies, EmailIdentity=domain)
    aws.ses.create_email_identity(EmailIdentity=domain)
    assert policies(aws, domain) == {}


def test_an_identity_that_does_not_exist_has_no_policies(aws: Aws, domain: str) -> None:
    put = {"EmailIdentity": domain, "PolicyName": "a", "Policy": policy(domain)}
    refused("NotFoundException", aws.ses.create_email_identity_policy, **put)
    refused("NotFoundException", aws.ses.update_email_identity_policy, **put)
    refused("NotFoundException", aws.ses.delete_email_identity_policy, EmailIdentity=domain, PolicyName="a")


def test_an_identity_has_twenty_policies_at_most(aws: Aws, domain: str) -> None:
    aws.ses.create_email_identity(EmailIdentity=domain)
    put: dict[str, str] = {"EmailIdentity": domain, "Policy": policy(domain)}
    for number in range(20):
        aws.ses.create_email_identity_policy(**put, PolicyName=f"p{number}")
    assert "20" in refused(
        "LimitExceededException", aws.ses.create_email_identity_policy, **put, PolicyName="one-more"
    )
    aws.ses.update_email_identity_policy(**put, PolicyName="p0")


@pytest.mark.parametrize(
    "name,text,fragment",
    [
        ("a.b", None, "policy name"),
        ("a" * 64, "{", "not JSON"),
        ("a", "[]", "at least one statement"),
        ("a", '{"Statement": []}', "at least one statement"),
        ("a", '{"Statement": {"Effect": "Allow"}}', "lacks Principal, Action, Resource"),
        ("a", policy("other.example"), "the identity that it is for"),
        ("a", policy("other.example", Resource="*"), "the identity that it is for"),
        ("a", json.dumps({"Id": "x" * 4096}), "4096 bytes"),
    ],
)
def test_what_ses_would_refuse_is_refused(
    aws: Aws, domain: str, name: str, text: str | None, fragment: str
) -> None:
    aws.ses.create_email_identity(EmailIdentity=domain)
    message = refused(
        "BadRequestException",
        aws.ses.create_email_identity_policy,
        EmailIdentity=domain,
        PolicyName=name,
        Policy=text or policy(domain),
    )
    assert fragment in message
    assert policies(aws, domain) == {}
