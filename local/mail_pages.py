"""Answers ``GET /_ministack/ses/received`` and ``/raw``: received mail, and sent mail as bytes."""

import base64
import json
from dataclasses import dataclass
from http import HTTPStatus

from local import emulator
from local.emulator import Query, Response
from local.inbound_names import RAW_PATH, RECEIVED_PATH
from local.receipt_state import ReceiptState
from local.sent_mail import MessagesHandler


@dataclass(frozen=True, kw_only=True)
class MailPages:
    """The two pages.

    Attributes:
        inner: Answers every other path.
        state: The received mail.
    """

    inner: MessagesHandler
    state: ReceiptState

    async def handle(self, method: str, path: str, headers: dict[str, str], query: Query) -> Response | None:
        """Answer a request for one of the pages; None for any other path."""
        match (method, path):
            case ("GET", path) if path == RECEIVED_PATH:
                body = json.dumps({"messages": self.state.received()}).encode()
                return HTTPStatus.OK, {"Content-Type": "application/json"}, body
            case ("GET", path) if path == RAW_PATH:
                return _raw(query.get("id", [""])[0])
        return await self.inner(method, path, headers, query)


def _raw(message_id: str) -> Response:
    for records in emulator.all_sent_mail.to_dict().values():
        for record in records:
            if record["MessageId"] == message_id and "RawMessage" in record:
                content = base64.b64decode(record["RawMessage"])
                return HTTPStatus.OK, {"Content-Type": "message/rfc822"}, content
    return HTTPStatus.NOT_FOUND, {"Content-Type": "text/plain"}, b"No raw message with this id was sent.\n"
