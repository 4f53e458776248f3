"""Single addresses in SES.

Permissions: ``ses:GetEmailIdentity``, ``ses:VerifyEmailIdentity`` (of the API v1: v2 sends no second mail),
``ses:SendCustomVerificationEmail``, ``ses:PutEmailIdentityConfigurationSetAttributes``. SES takes the two
that send once a second each: `ops.pace` keeps to that, and botocore's retries wait where others send too.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from botocore.exceptions import ClientError

from ops.aws_clients import AwsGateway
from ops.aws_errors import MAX_ATTEMPTS, as_ops_errors
from ops.errors import SandboxError, ServiceError, TemplateMissingError
from ops.ports import State

if TYPE_CHECKING:
    from mypy_boto3_ses import SESClient
    from mypy_boto3_sesv2 import SESV2Client


_THROTTLED: Final = frozenset({"Throttling", "ThrottlingException", "TooManyRequestsException"})


class SesAddressGateway(AwsGateway):
    """See `ops.ports.AddressGateway`."""

    def address_state(self, address: str, *, region: str) -> State:
        """See `ops.ports.AddressGateway`."""
        with as_ops_errors("ses:GetEmailIdentity", f"on an address in {region}"):
            client: SESV2Client = self._clients.client("sesv2", region)
            try:
                answer = client.get_email_identity(EmailIdentity=address)
            except client.exceptions.NotFoundException:
                return State.NOT_STARTED
        return State.of(answer.get("VerificationStatus"))

    def send_own_mail(self, address: str, *, region: str) -> None:
        """See `ops.ports.AddressGateway`."""
        with as_ops_errors("ses:VerifyEmailIdentity", f"on an address in {region}"), _told_throttling(region):
            client: SESClient = self._clients.client("ses", region)
            client.verify_email_identity(EmailAddress=address)

    def send_custom_mail(self, address: str, *, template: str, configuration_set: str, region: str) -> None:
        """See `ops.ports.AddressGateway`."""
        with (
            as_ops_errors("ses:SendCustomVerificationEmail", f"with {template} in {region}"),
            _told_throttling(region),
        ):
            # The API v1: its errors tell apart what v2 calls a bad request.
            client: SESClient = self._clients.client("ses", region)
            try:
                client.send_custom_verification_email(
                    EmailAddress=address, TemplateName=template, ConfigurationSetName=configuration_set
                )
            except ClientError as error:
                raise _known(error, template, region) or error from error

    def set_configuration_set(self, address: str, *, configuration_set: str, region: str) -> None:
        """See `ops.ports.AddressGateway`."""
        action = "ses:PutEmailIdentityConfigurationSetAttributes"
        with as_ops_errors(action, f"on an address in {region}"):
            client: SESV2Client = self._clients.client("sesv2", region)
            client.put_email_identity_configuration_set_attributes(
                EmailIdentity=address, ConfigurationSetName=configuration_set
            )


@contextmanager
def _told_throttling(region: str) -> Iterator[None]:
    """Tell why SES still throttles after the retries: this process alone asks once a second."""
    try:
        yield
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") not in _THROTTLED:
            raise
        raise ServiceError(
            f"SES throttles verification mails in {region}: it takes one a second from the whole account, "
            f"within its sending quota, and took this one in none of {MAX_ATTEMPTS} tries.",
            fix="let whatever else sends them finish, or compare `aws sesv2 get-account`; then verify again",
        ) from error


def _known(error: ClientError, template: str, region: str) -> Exception | None:
    match error.response.get("Error", {}).get("Code"):
        case "ProductionAccessNotGranted":
            return SandboxError(
                f"The account is in the SES sandbox in {region}: it sends no custom verification mail.",
                fix="ask for production access, or verify with SES's own mail",
            )
        case "CustomVerificationEmailTemplateDoesNotExist":
            return TemplateMissingError(
                f"{region} has no template {template}.", fix="list them: python -m ops templates list ENV"
            )
        case "FromEmailAddressNotVerified":
            return TemplateMissingError(
                f"The sender of the template {template} is not verified in {region}.",
                fix="see what is missing: python -m ops status ENV",
            )
    return None
