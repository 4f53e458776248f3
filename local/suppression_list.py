"""The account's suppression list in SES: the API v2's calls about one address.

SES API v2, PutSuppressedDestination, GetSuppressedDestination, DeleteSuppressedDestination. The list is shown
and changed, and decides nothing: mail to its addresses goes out all the same.
"""

import json
import time
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from local import emulator
from local.emulator import Response
from local.ses_identity_calls import error, success


@dataclass(kw_only=True)
class SuppressionList:
    """The lists of every account and Region."""

    _lists: dict[tuple[str, str], dict[str, dict[str, Any]]] = field(
        default_factory=lambda: defaultdict(dict)
    )

    def answer(self, method: str, path: str, body: bytes) -> Response | None:
        """The response to one of these calls, None to any other."""
        parts = [unquote(part) for part in path.strip("/").split("/")[2:]]
        addresses = self._lists[emulator.account_id(), emulator.region()]
        match method, parts:
            case "PUT", ["suppression", "addresses"]:
                return _put(addresses, json.loads(body or b"{}"))
            case "GET", ["suppression", "addresses", address]:
                found = addresses.get(address.lower())
                return success({"SuppressedDestination": found}) if found else _missing(address)
            case "DELETE", ["suppression", "addresses", address]:
                return success({}) if addresses.pop(address.lower(), None) else _missing(address)
        return None


def _put(addresses: dict[str, dict[str, Any]], data: dict[str, Any]) -> Response:
    if data.get("Reason") not in {"BOUNCE", "COMPLAINT"}:
        return error("BadRequestException", "Reason must be BOUNCE or COMPLAINT.")
    address = str(data.get("EmailAddress") or "")
    addresses[address.lower()] = {
        "EmailAddress": address,
        "Reason": data["Reason"],
        "LastUpdateTime": int(time.time()),
    }
    return success({})


def _missing(address: str) -> Response:
    return error(
        "NotFoundException", f"Email address {address} does not exist on your suppression list.", status=404
    )
