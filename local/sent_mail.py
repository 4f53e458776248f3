"""Completes ``GET /_ministack/ses/messages``: the emulator shows a fixed list of fields only."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from local import emulator
from local.emulator import Query, Response

MessagesHandler = Callable[[str, str, dict[str, str], Query], Awaitable[Response | None]]
"""The emulator's handler of that path: method, path, headers, query; None for any other path."""

FIELDS: Final = ("Region", "ConfigurationSetName", "MailFromDomain", "Destinations")
"""What is added to each message, where it is known."""


@dataclass(frozen=True, kw_only=True)
class SentMail:
    """The list of sent mail.

    Attributes:
        inner: The emulator's own handler.
    """

    inner: MessagesHandler

    async def handle(self, method: str, path: str, headers: dict[str, str], query: Query) -> Response | None:
        """Answer a request for the list; None for any other path."""
        response = await self.inner(method, path, headers, query)
        if response is None:
            return None
        status, response_headers, body = response
        data = json.loads(body)
        known = {
            record["MessageId"]: record
            for records in emulator.all_sent_mail.to_dict().values()
            for record in records
        }
        for messages in data.get("messages", {}).values():
            for message in messages:
                record = known.get(message["MessageId"], {})
                message.update({field: record[field] for field in FIELDS if field in record})
        return status, response_headers, json.dumps(data).encode()
