"""The API v1's calls that verify addresses: in as query parameters, out as XML."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from xml.sax.saxutils import escape

from local import emulator
from local.custom_verification import CustomVerification
from local.emulator import Response
from local.ses_errors import SesError

Parameters = Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class VerificationCallsV1:
    """The calls.

    Attributes:
        custom: What SES does with custom verification e-mails.
    """

    custom: CustomVerification

    def answer(self, action: str, parameters: Parameters) -> Response | None:
        """The response to one of these calls, None to any other."""
        calls: dict[str, Callable[[Parameters], str]] = {
            "VerifyEmailIdentity": self._verify,
            "VerifyEmailAddress": self._verify,
            "CreateCustomVerificationEmailTemplate": self._create,
            "UpdateCustomVerificationEmailTemplate": self._update,
            "DeleteCustomVerificationEmailTemplate": self._delete,
            "GetCustomVerificationEmailTemplate": self._get,
            "ListCustomVerificationEmailTemplates": self._list,
            "SendCustomVerificationEmail": self._send,
        }
        call = calls.get(action)
        if call is None:
            return None
        try:
            result = call(parameters)
        except SesError as error:
            return error.v1()
        return emulator.v1_response(
            HTTPStatus.OK, f"{action}Response", f"<{action}Result>{result}</{action}Result>"
        )

    def _verify(self, parameters: Parameters) -> str:
        self.custom.addresses.restart(parameters.get("EmailAddress", ""))
        return ""

    def _create(self, parameters: Parameters) -> str:
        self.custom.create(parameters)
        return ""

    def _update(self, parameters: Parameters) -> str:
        self.custom.update(parameters.get("TemplateName", ""), parameters)
        return ""

    def _delete(self, parameters: Parameters) -> str:
        self.custom.delete(parameters.get("TemplateName", ""))
        return ""

    def _get(self, parameters: Parameters) -> str:
        return _elements(self.custom.templates.get(parameters.get("TemplateName", "")).whole())

    def _list(self, parameters: Parameters) -> str:
        size = parameters.get("MaxResults", "")
        page, token = self.custom.page(int(size) if size.isdecimal() else None, parameters.get("NextToken"))
        members = "".join(f"<member>{_elements(entry)}</member>" for entry in page)
        templates = f"<CustomVerificationEmailTemplates>{members}</CustomVerificationEmailTemplates>"
        return templates + (_elements({"NextToken": token}) if token else "")

    def _send(self, parameters: Parameters) -> str:
        message_id = self.custom.send(
            parameters.get("EmailAddress", ""),
            parameters.get("TemplateName", ""),
            parameters.get("ConfigurationSetName"),
        )
        return _elements({"MessageId": message_id})


def _elements(values: Mapping[str, str]) -> str:
    return "".join(f"<{name}>{escape(value)}</{name}>" for name, value in values.items())
