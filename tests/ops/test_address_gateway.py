"""Single addresses as SES is asked about them, and what its refusals become."""

from collections.abc import Iterator

import pytest
from botocore.stub import Stubber

from ops.address_gateway import SesAddressGateway
from ops.aws_clients import AwsClients
from ops.errors import (
    OpsError,
    PermissionDeniedError,
    SandboxError,
    ServiceError,
    TemplateMissingError,
)
from ops.ports import State
from tests.ops.address_fakes import ADDRESS
from tests.ops.support import REGION


@pytest.fixture
def ses(clients: AwsClients) -> Iterator[tuple[SesAddressGateway, Stubber, Stubber]]:
    made = SesAddressGateway(clients)
    with Stubber(clients.client("sesv2", REGION)) as v2, Stubber(clients.client("ses", REGION)) as v1:
        yield made, v2, v1
        v2.assert_no_pending_responses()
        v1.assert_no_pending_responses()


def test_states_as_ses_words_them(ses: tuple[SesAddressGateway, Stubber, Stubber]) -> None:
    made, v2, _ = ses
    v2.add_response(
        "get_email_identity", {"VerificationStatus": "TEMPORARY_FAILURE"}, {"EmailIdentity": ADDRESS}
    )
    v2.add_client_error("get_email_identity", "NotFoundException")
    assert made.address_state(ADDRESS, region=REGION) is State.TEMPORARY_FAILURE
    assert made.address_state(ADDRESS, region=REGION) is State.NOT_STARTED


CUSTOM_CALL = {"EmailAddress": ADDRESS, "TemplateName": "Welcome", "ConfigurationSetName": "transactional"}


def test_mails_as_ses_is_asked_for_them(ses: tuple[SesAddressGateway, Stubber, Stubber]) -> None:
    made, v2, v1 = ses
    v1.add_response("verify_email_identity", {}, {"EmailAddress": ADDRESS})
    v2.add_response(
        "put_email_identity_configuration_set_attributes",
        {},
        {"EmailIdentity": ADDRESS, "ConfigurationSetName": "transactional"},
    )
    v1.add_response("send_custom_verification_email", {"MessageId": "1"}, CUSTOM_CALL)
    made.send_own_mail(ADDRESS, region=REGION)
    made.send_custom_mail(ADDRESS, template="Welcome", configuration_set="transactional", region=REGION)
    made.set_configuration_set(ADDRESS, configuration_set="transactional", region=REGION)


@pytest.mark.parametrize("code", ["Throttling", "TooManyRequestsException"])
def test_throttling_that_outlasts_the_retries(
    ses: tuple[SesAddressGateway, Stubber, Stubber], code: str
) -> None:
    made, _, v1 = ses
    v1.add_client_error("verify_email_identity", code, f"Rate exceeded for {ADDRESS}")
    with pytest.raises(ServiceError, match=r"one a second .* in none of 5 tries") as caught:
        made.send_own_mail(ADDRESS, region=REGION)
    assert ADDRESS not in str(caught.value)


@pytest.mark.parametrize(
    "code, error", [("NotFoundException", ServiceError), ("AccessDeniedException", PermissionDeniedError)]
)
def test_a_configuration_set_that_ses_does_not_set(
    ses: tuple[SesAddressGateway, Stubber, Stubber], code: str, error: type[OpsError]
) -> None:
    made, v2, _ = ses
    v2.add_client_error("put_email_identity_configuration_set_attributes", code, "text of SES")
    with pytest.raises(error, match="ses:PutEmailIdentityConfigurationSetAttributes") as caught:
        made.set_configuration_set(ADDRESS, configuration_set="transactional", region=REGION)
    assert "text of SES" not in str(caught.value)


@pytest.mark.parametrize(
    "code, error, fragment",
    [
        ("ProductionAccessNotGranted", SandboxError, "sandbox"),
        ("CustomVerificationEmailTemplateDoesNotExist", TemplateMissingError, "no template Welcome"),
        ("FromEmailAddressNotVerified", TemplateMissingError, "sender of the template Welcome"),
        ("Throttling", ServiceError, "one a second"),
        ("MessageRejected", ServiceError, "MessageRejected"),
    ],
)
def test_what_ses_refuses(
    ses: tuple[SesAddressGateway, Stubber, Stubber], code: str, error: type[OpsError], fragment: str
) -> None:
    made, _, v1 = ses
    v1.add_client_error("send_custom_verification_email", code, "text of SES", expected_params=CUSTOM_CALL)
    with pytest.raises(error, match=fragment) as caught:
        made.send_custom_mail(ADDRESS, template="Welcome", configuration_set="transactional", region=REGION)
    assert ADDRESS not in str(caught.value)
