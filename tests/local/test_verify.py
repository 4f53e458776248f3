"""``python -m ops verify`` asks the embedded SES: mails, their links, and what the status shows then."""

from datetime import UTC, datetime

import pytest
from typer.testing import CliRunner

from constructs_lib.identity.dns import ExternalDns
from constructs_lib.verification.verification_template import VerificationTemplate
from local.embedded import ACCOUNT
from ops import cli, verify_cli
from ops.address_gateway import SesAddressGateway
from ops.address_section import address_section
from ops.addresses import read_addresses
from ops.aws_clients import AwsClients
from ops.environment_status import Item
from ops.errors import PermissionDeniedError
from ops.pace import Pace
from ops.ses_gateway import SesGateway
from stacks.config import MailEnvironment
from stacks.domain_config import MailDomain
from stacks.verification_config import MailAddress
from tests.local.conftest import Aws
from tests.local.test_address_verification import click
from tests.local.test_custom_verification import template
from tests.local.test_status import clients as clients  # noqa: PLC0414 - a fixture, used by its name


@pytest.fixture
def environment(
    aws: Aws, domain: str, clients: AwsClients, monkeypatch: pytest.MonkeyPatch
) -> MailEnvironment:
    """An environment with two addresses that its template verifies; the command asks the embedded AWS."""
    aws.verified_domain(domain)
    fields = template(domain)
    name = fields["TemplateName"]
    aws.ses.create_custom_verification_email_template(**fields)
    aws.ses.create_configuration_set(ConfigurationSetName=f"set-{name}")
    made = MailEnvironment(
        name="test",
        account=ACCOUNT,
        regions=(aws.region,),
        configuration_set_name=f"set-{name}",
        domains=(MailDomain(domain=domain, dns=ExternalDns()),),
        addresses=tuple(
            MailAddress(address=f"{who}@customer-of-{domain}", template=name) for who in ("al", "jo")
        ),
        templates=(
            VerificationTemplate(
                template_name=name,
                from_email_address=fields["FromEmailAddress"],
                template_subject=fields["TemplateSubject"],
                template_content=fields["TemplateContent"],
                success_redirection_url=fields["SuccessRedirectionURL"],
                failure_redirection_url=fields["FailureRedirectionURL"],
            ),
        ),
    )
    monkeypatch.setattr(verify_cli, "environment", lambda _: made)
    monkeypatch.setattr(verify_cli, "AwsClients", lambda **_: clients)
    # SES's limit is not the embedded one's: nobody has to wait here.
    monkeypatch.setattr(verify_cli, "Pace", lambda: Pace(seconds=0))
    return made


def verify(*addresses: MailAddress) -> tuple[int, str]:
    arguments = ["verify", "test", *(each.address for each in addresses)]
    result = CliRunner().invoke(cli.app, arguments, catch_exceptions=False)
    return result.exit_code, result.output


def shown(environment: MailEnvironment, clients: AwsClients) -> tuple[Item, ...]:
    return address_section(read_addresses(environment, SesGateway(clients), now=datetime.now(UTC))).items


def test_what_a_template_verifies_has_the_default_configuration_set(
    aws: Aws, environment: MailEnvironment, clients: AwsClients
) -> None:
    code, output = verify(*environment.addresses)
    assert (code, output.count("custom mail is on its way")) == (0, 2)
    name = environment.configuration_set_name
    for item in shown(environment, clients):
        assert (item.word, dict(item.facts)["configuration set"]) == ("not verified", name)

    for declared in environment.addresses:
        click(aws, declared.address)
    for item in shown(environment, clients):
        assert (item.word, dict(item.facts)["configuration set"]) == ("verified", name)
        assert item.next_step.action == "Nothing."

    code, output = verify(*environment.addresses)
    assert (code, output.count("[address-verified]")) == (2, 2)


def test_where_it_may_not_be_set_the_mail_is_there_all_the_same(
    aws: Aws, environment: MailEnvironment, clients: AwsClients, monkeypatch: pytest.MonkeyPatch
) -> None:
    def denied(*_: object, **__: object) -> None:
        raise PermissionDeniedError("The credentials may not call ses:Put.", fix="allow ses:Put")

    monkeypatch.setattr(SesAddressGateway, "set_configuration_set", denied)
    first, _ = environment.addresses
    code, output = verify(first)
    assert (code, "on its way" in output, "[aws-access-denied]" in output) == (1, True, True)
    click(aws, first.address)
    item, _ = shown(environment, clients)
    assert (item.word, dict(item.facts)["configuration set"]) == ("verified", "none")
    assert "aws sesv2 put-email-identity-configuration-set-attributes" in item.next_step.action
