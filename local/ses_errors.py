"""Errors of SES that both versions of its API know, each by a name of its own.

Codes: the service models of `email-2010-12-01` and `sesv2-2019-09-27`. The model of v2 has no code for an
unverified sender nor for the sandbox: people who called AWS report NotFoundException for the first, the
second is BadRequestException here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from http import HTTPStatus

from local import emulator
from local.emulator import Response


class Fault(Enum):
    """What is wrong: the code of the API v1, the code of the API v2, the status of the API v2.

    Only the API v1 has calls about receiving: what goes wrong there has no code of its own in the API v2.
    """

    INVALID_PARAMETER = ("InvalidParameterValue", "BadRequestException", 400)
    INVALID_CONTENT = ("CustomVerificationEmailInvalidContent", "BadRequestException", 400)
    SENDER_NOT_VERIFIED = ("FromEmailAddressNotVerified", "NotFoundException", 404)
    TEMPLATE_EXISTS = ("CustomVerificationEmailTemplateAlreadyExists", "AlreadyExistsException", 400)
    NO_TEMPLATE = ("CustomVerificationEmailTemplateDoesNotExist", "NotFoundException", 404)
    NO_CONFIGURATION_SET = ("ConfigurationSetDoesNotExist", "NotFoundException", 404)
    LIMIT = ("LimitExceeded", "LimitExceededException", 400)
    SANDBOX = ("ProductionAccessNotGranted", "BadRequestException", 400)
    MAIL_FROM_NOT_VERIFIED = (
        "MailFromDomainNotVerifiedException",
        "MailFromDomainNotVerifiedException",
        400,
    )
    SET_PAUSED = ("ConfigurationSetSendingPausedException", "SendingPausedException", 400)
    VALIDATION = ("ValidationError",)
    ALREADY_EXISTS = ("AlreadyExists",)
    NO_RULE_SET = ("RuleSetDoesNotExist",)
    NO_RULE = ("RuleDoesNotExist",)
    CANNOT_DELETE = ("CannotDelete",)
    INVALID_BUCKET = ("InvalidS3Configuration",)
    INVALID_FUNCTION = ("InvalidLambdaFunction",)
    INVALID_TOPIC = ("InvalidSnsTopic",)

    def __init__(self, v1_code: str, v2_code: str = "BadRequestException", v2_status: int = 400) -> None:
        self.v1_code = v1_code
        self.v2_code = v2_code
        self.v2_status = v2_status


@dataclass
class SesError(ValueError):
    """SES refuses a call. Its text is what CloudFormation shows.

    Attributes:
        fault: What is wrong.
        message: The message that SES gives.
        fields: Members of the API v1's error besides the message.
    """

    fault: Fault
    message: str
    fields: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.message} (Service: Ses, Error Code: {self.fault.v1_code})"

    def v1(self) -> Response:
        """The error of the API v1."""
        return emulator.v1_error(
            self.fault.v1_code, self.message, HTTPStatus.BAD_REQUEST, fields=dict(self.fields)
        )

    def v2(self) -> Response:
        """The error of the API v2."""
        return emulator.v2_error(self.fault.v2_code, self.message, self.fault.v2_status)


def sending_paused(configuration_set: str) -> SesError:
    """A send with a configuration set that does not send."""
    return SesError(
        Fault.SET_PAUSED,
        f"Sending paused for configuration set {configuration_set}.",
        {"ConfigurationSetName": configuration_set},
    )
