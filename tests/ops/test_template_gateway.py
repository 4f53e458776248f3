"""The AWS edge of templates: botocore's Stubber checks parameters and answers against the service model."""

from collections.abc import Callable, Iterator

import pytest
from botocore.stub import Stubber

from ops.aws_clients import AwsClients
from ops.errors import PermissionDeniedError, TemplateMissingError
from ops.template_gateway import SesTemplateGateway
from tests.stubs import stubbed
from tests.template_files import FIELDS

REGION = "eu-west-1"
GET = "get_custom_verification_email_template"
LIST = "list_custom_verification_email_templates"
UPDATE = "update_custom_verification_email_template"
DELETE = "delete_custom_verification_email_template"


@pytest.fixture
def gateway(clients: AwsClients) -> SesTemplateGateway:
    return SesTemplateGateway(clients)


@pytest.fixture
def ses(gateway: SesTemplateGateway) -> Iterator[Stubber]:
    with stubbed(gateway._client(REGION)) as stubber:
        yield stubber


def test_a_template_as_ses_gives_it_back(gateway: SesTemplateGateway, ses: Stubber) -> None:
    ses.add_response(GET, dict(FIELDS), {"TemplateName": "Welcome"})
    assert gateway.template("Welcome", region=REGION) == FIELDS


def test_a_template_that_is_not_there(gateway: SesTemplateGateway, ses: Stubber) -> None:
    ses.add_client_error(GET, "NotFoundException")
    assert gateway.template("Welcome", region=REGION) is None


def test_names_over_several_pages(gateway: SesTemplateGateway, ses: Stubber) -> None:
    def page(*names: str) -> list[dict[str, str]]:
        return [{"TemplateName": name} for name in names]

    ses.add_response(LIST, {"CustomVerificationEmailTemplates": page("a", "b"), "NextToken": "more"}, {})
    ses.add_response(LIST, {"CustomVerificationEmailTemplates": page("c")}, {"NextToken": "more"})
    assert gateway.template_names(region=REGION) == ("a", "b", "c")
    ses.add_response(LIST, {"CustomVerificationEmailTemplates": []}, {})
    assert gateway.template_names(region=REGION) == ()


def test_an_update_sends_every_field(gateway: SesTemplateGateway, ses: Stubber) -> None:
    ses.add_response(UPDATE, {}, dict(FIELDS))
    gateway.update_template(FIELDS, region=REGION)


def test_an_update_of_what_is_not_there_or_not_verified(gateway: SesTemplateGateway, ses: Stubber) -> None:
    ses.add_client_error(UPDATE, "NotFoundException")
    with pytest.raises(TemplateMissingError, match=r"or its sender hello@example\.com is not verified there"):
        gateway.update_template(FIELDS, region=REGION)


def test_deleting(gateway: SesTemplateGateway, ses: Stubber) -> None:
    ses.add_response(DELETE, {}, {"TemplateName": "Welcome"})
    gateway.delete_template("Welcome", region=REGION)
    ses.add_client_error(DELETE, "NotFoundException")
    with pytest.raises(TemplateMissingError, match="eu-west-1 has no template Welcome"):
        gateway.delete_template("Welcome", region=REGION)


CALLS: dict[str, Callable[[SesTemplateGateway], object]] = {
    GET: lambda gateway: gateway.template("Welcome", region=REGION),
    LIST: lambda gateway: gateway.template_names(region=REGION),
    UPDATE: lambda gateway: gateway.update_template(FIELDS, region=REGION),
    DELETE: lambda gateway: gateway.delete_template("Welcome", region=REGION),
}


@pytest.mark.parametrize("operation", CALLS)
def test_a_missing_permission_is_named(gateway: SesTemplateGateway, ses: Stubber, operation: str) -> None:
    ses.add_client_error(operation, "AccessDeniedException", "User: arn:aws:iam::1:user/x is not authorized")
    action = "".join(word.capitalize() for word in operation.split("_"))
    with pytest.raises(PermissionDeniedError, match=f"allow ses:{action} for") as caught:
        CALLS[operation](gateway)
    assert "arn:aws" not in str(caught.value)
