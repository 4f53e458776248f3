"""The API v2's calls about custom verification e-mails: REST and JSON."""

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from local.custom_verification import CustomVerification
from local.emulator import Query, Response
from local.ses_errors import SesError
from local.ses_identity_calls import success
from local.verification_templates import REQUIRED


@dataclass(frozen=True, kw_only=True)
class VerificationCallsV2:
    """The calls.

    Attributes:
        custom: What SES does with custom verification e-mails.
    """

    custom: CustomVerification

    def answer(self, method: str, path: str, body: bytes, query: Query) -> Response | None:
        """The response to one of these calls, None to any other."""
        parts = [unquote(part) for part in path.strip("/").split("/")[2:]]
        result: dict[str, Any] | None
        try:
            match parts:
                case ["outbound-custom-verification-emails"] if method == "POST":
                    result = self._send(_json(body))
                case ["custom-verification-email-templates"]:
                    result = self._all(method, _json(body), query)
                case ["custom-verification-email-templates", name]:
                    result = self._one(method, name, _json(body))
                case _:
                    return None
        except SesError as error:
            return error.v2()
        return None if result is None else success(result)

    def _all(self, method: str, data: dict[str, Any], query: Query) -> dict[str, Any] | None:
        match method:
            case "POST":
                self.custom.create(data, data.get("Tags") or ())
                return {}
            case "GET":
                return self._list({key: values[0] for key, values in query.items() if values})
        return None

    def _one(self, method: str, name: str, data: dict[str, Any]) -> dict[str, Any] | None:
        match method:
            case "GET":
                template = self.custom.templates.get(name)
                return {**template.whole(), "Tags": list(template.tags)}
            case "PUT":
                # Every part is required here; the API v1 keeps what is left out.
                self.custom.update(name, {part: data.get(part) or "" for part in REQUIRED})
                return {}
            case "DELETE":
                self.custom.delete(name)
                return {}
        return None

    def _list(self, query: dict[str, str]) -> dict[str, Any]:
        size = query.get("PageSize", "")
        page, token = self.custom.page(int(size) if size.isdecimal() else None, query.get("NextToken"))
        entries: dict[str, Any] = {"CustomVerificationEmailTemplates": page}
        return {**entries, "NextToken": token} if token else entries

    def _send(self, data: dict[str, Any]) -> dict[str, Any]:
        message_id = self.custom.send(
            data.get("EmailAddress") or "", data.get("TemplateName") or "", data.get("ConfigurationSetName")
        )
        return {"MessageId": message_id}


def _json(body: bytes) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(body) if body else {}
    return data
