"""Single addresses in SES.

Permissions: ``ses:GetEmailIdentity``, ``ses:VerifyEmailIdentity`` (of the API v1: v2 sends no second mail),
``ses:SendCustomVerificationEmail``. SES takes the last two once a second each: botocore's retries wait.
"""

from typing import TYPE_CHECKING, Any

import boto3
from botocore.exceptions import ClientError

from ops.aws_errors import CLIENT_CONFIG, as_ops_errors
from ops.errors import SandboxError, TemplateMissingError
from ops.ports import State

if TYPE_CHECKING:
    from mypy_boto3_ses import SESClient
    from mypy_boto3_sesv2 import SESV2Client


class SesAddressGateway:
    """See `ops.ports.AddressGateway`.

    Args:
        region: The Region that is asked for the account.
        session: Credentials. Default: the environment, profile or role, as in the AWS CLI.
    """

    def __init__(self, *, region: str, session: boto3.Session | None = None) -> None:
        self._region = region
        self._session = session
        self._clients: dict[tuple[str, str], Any] = {}

    def account_id(self) -> str:
        """See `ops.ports.AccountGateway`."""
        with as_ops_errors("sts:GetCallerIdentity", f"in {self._region}"):
            return str(self._client("sts", self._region).get_caller_identity()["Account"])

    def address_state(self, address: str, *, region: str) -> State:
        """See `ops.ports.AddressGateway`."""
        with as_ops_errors("ses:GetEmailIdentity", f"on an address in {region}"):
            client: SESV2Client = self._client("sesv2", region)
            try:
                status = client.get_email_identity(EmailIdentity=address).get("VerificationStatus")
            except client.exceptions.NotFoundException:
                return State.NOT_STARTED
        return State(status.lower().replace("_", " ")) if status else State.NOT_STARTED

    def send_own_mail(self, address: str, *, region: str) -> None:
        """See `ops.ports.AddressGateway`."""
        with as_ops_errors("ses:VerifyEmailIdentity", f"on an address in {region}"):
            client: SESClient = self._client("ses", region)
            client.verify_email_identity(EmailAddress=address)

    def send_custom_mail(self, address: str, *, template: str, configuration_set: str, region: str) -> None:
        """See `ops.ports.AddressGateway`."""
        with as_ops_errors("ses:SendCustomVerificationEmail", f"with {template} in {region}"):
            # The API v1: its errors tell apart what v2 calls a bad request.
            client: SESClient = self._client("ses", region)
            try:
                client.send_custom_verification_email(
                    EmailAddress=address, TemplateName=template, ConfigurationSetName=configuration_set
                )
            except ClientError as error:
                raise _known(error, template, region) or error from error

    def _client(self, service: str, region: str) -> Any:  # noqa: ANN401 - boto3's overloads cannot be passed on
        if (service, region) not in self._clients:
            # Made late: a missing profile is an error of the first question, told like the others.
            session: Any = self._session or boto3.Session()
            self._clients[service, region] = session.client(service, region_name=region, config=CLIENT_CONFIG)
        return self._clients[service, region]


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
