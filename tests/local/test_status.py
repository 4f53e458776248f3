"""The status of an environment, read from the embedded AWS: what changes there changes in its words."""

from datetime import UTC, datetime

import boto3
import pytest

from constructs_lib.identity.dns import Route53Zone
from constructs_lib.verification.verification_template import VerificationTemplate
from local.embedded import ACCOUNT
from ops.aws_clients import AwsClients
from ops.ses_gateway import SesGateway
from ops.status import read_status
from ops.status_reading import read_environment_status
from stacks.config import MailEnvironment
from stacks.domain_config import MailDomain
from stacks.verification_config import MailAddress
from tests.local.conftest import Aws
from tests.local.test_address_verification import click
from tests.local.test_custom_verification import template
from tests.ops.support import TableLookUp


@pytest.fixture
def clients(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> AwsClients:
    monkeypatch.setenv("AWS_ENDPOINT_URL", aws.endpoint_url)
    session = boto3.Session(aws_access_key_id="test", aws_secret_access_key="test")  # noqa: S106 - it takes any
    return AwsClients(region=aws.region, session=session)


def words(environment: MailEnvironment, gateway: SesGateway) -> dict[str, list[str]]:
    """The word of each thing, by section."""
    status = read_environment_status(
        environment,
        gateway,
        read_status(environment, gateway),
        look_up=TableLookUp(),
        now=datetime.now(UTC),
    )
    return {section.key: [item.word for item in section.items] for section in status.sections[1:4]}


def test_from_nothing_to_all_well_and_back(aws: Aws, domain: str, clients: AwsClients) -> None:
    zone_id = aws.verified_domain(domain)
    fields = template(domain)
    declared = MailAddress(address=f"jo@{domain}", template=fields["TemplateName"])
    environment = MailEnvironment(
        name="test",
        account=ACCOUNT,
        regions=(aws.region,),
        configuration_set_name="transactional",
        domains=(
            MailDomain(
                domain=domain,
                dns=Route53Zone(zone_id=zone_id.removeprefix("/hostedzone/"), zone_name=domain),
                legacy_txt=True,
            ),
        ),
        addresses=(declared,),
        templates=(
            VerificationTemplate(
                template_name=fields["TemplateName"],
                from_email_address=fields["FromEmailAddress"],
                template_subject=fields["TemplateSubject"],
                template_content=fields["TemplateContent"],
                success_redirection_url=fields["SuccessRedirectionURL"],
                failure_redirection_url=fields["FailureRedirectionURL"],
            ),
        ),
    )
    gateway = SesGateway(clients)
    assert words(environment, gateway) == {
        "legacy_records": ["missing"],
        "addresses": ["not verified"],
        "templates": ["not deployed"],
    }

    aws.ses.create_custom_verification_email_template(**fields)
    token = gateway.identity(domain, region=aws.region, with_legacy_token=True)
    assert token is not None
    name, values = f"_amazonses.{domain}", ('"of somebody else"', f'"{token.legacy_token}"')
    aws.add_record(zone_id, name, "TXT", *values)
    aws.ses.send_custom_verification_email(EmailAddress=declared.address, TemplateName=fields["TemplateName"])
    click(aws, declared.address)
    assert words(environment, gateway) == {
        "legacy_records": ["right"],
        "addresses": ["verified"],
        "templates": ["deployed"],
    }

    aws.ses.update_custom_verification_email_template(**fields | {"TemplateSubject": "By hand"})
    aws.add_record(zone_id, name, "TXT", values[0])
    assert words(environment, gateway) == {
        "legacy_records": ["missing"],
        "addresses": ["verified"],
        "templates": ["differs"],
    }
