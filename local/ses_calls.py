"""Which call of the SES API a request is, by the service's own description in botocore.

Parameters are those that a record of CloudTrail names: the ones on top that are plain values, their names
with a small letter in front. What a message says is in none of them.
"""

import json
import re
from dataclasses import dataclass
from functools import cache
from typing import Any, Final
from urllib.parse import parse_qs, unquote

from botocore.session import Session

from local.emulator import Query

_SENDS: Final = frozenset(
    {"SendEmail", "SendRawEmail", "SendTemplatedEmail", "SendBulkTemplatedEmail", "SendBulkEmail"}
)
_READS: Final = ("Describe", "Get", "List")


@dataclass(frozen=True, kw_only=True)
class SesCall:
    """One call.

    Attributes:
        name: Its name, such as ``CreateEmailIdentity``.
        parameters: Those of it that a record names.
    """

    name: str
    parameters: dict[str, Any]

    @property
    def is_data(self) -> bool:
        """Whether CloudTrail calls it a data event: sends (SES Developer Guide, logging with CloudTrail)."""
        return self.name in _SENDS

    @property
    def reads(self) -> bool:
        """Whether its record says that it only reads; that of a send says so too (as above)."""
        return self.is_data or self.name.startswith(_READS)


def call_of(method: str, path: str, body: bytes, query: Query) -> SesCall | None:
    """The call that a request is; None for one that the SES API does not have."""
    if path.startswith("/v2/"):
        return _v2(method, path.rstrip("/"), body)
    form = parse_qs(body.decode(errors="replace"))
    flat = {key: values[0] for key, values in {**query, **form}.items() if values}
    name = flat.pop("Action", "")
    plain = {key: value for key, value in flat.items() if "." not in key and key != "Version"}
    return SesCall(name=name, parameters=_named(plain)) if name else None


def _v2(method: str, path: str, body: bytes) -> SesCall | None:
    for name, verb, pattern in _operations():
        found = pattern.fullmatch(path) if verb == method else None
        if found:
            data = json.loads(body) if body else {}
            in_path = {key: unquote(value) for key, value in found.groupdict().items()}
            return SesCall(name=name, parameters=_named(in_path | data))
    return None


def _named(parameters: dict[str, Any]) -> dict[str, Any]:
    return {
        f"{key[0].lower()}{key[1:]}": value
        for key, value in parameters.items()
        if isinstance(value, str | bool | int)
    }


@cache
def _operations() -> tuple[tuple[str, str, re.Pattern[str]], ...]:
    """Name, method and path of each call of the API v2, those without a name in the path first."""
    model = Session().get_service_model("sesv2")
    found = []
    for name in model.operation_names:
        http = model.operation_model(name).http
        path = re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", http["requestUri"].rstrip("/"))
        found.append((name, http["method"], re.compile(path)))
    return tuple(sorted(found, key=lambda each: each[2].pattern.count("(")))
