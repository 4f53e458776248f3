"""One call of the audit history, from CloudTrail's record of it. Pure.

Whatever a record lacks is told as not known: the history is looked at when something is wrong already. Text
from outside is told as it is; whoever shows it makes it visible.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from constructs_lib.audit.abuse_patterns import WATCHED

SOURCE: Final = "ses.amazonaws.com"
"""Whose calls these are, of both versions of the API."""

UNKNOWN: Final = "not known"

_SUBJECTS: Final = (
    *dict.fromkeys(name for watch in WATCHED.values() for name in watch.subjects),
    *("configurationSetName", "templateName", "policyName"),
)


@dataclass(frozen=True, kw_only=True)
class Call:
    """A call.

    Attributes:
        event_id: CloudTrail's id of it.
        at: When.
        who: ARN of the caller; of another account its id, of an AWS service its name.
        name: Of the call, such as ``DeleteIdentity``.
        subject: What it was about: names of its parameters; empty if it has none.
        region: Where.
        address: From which IP address, or through which AWS service.
        error: Why it was refused; None if it was not.
        reads: Whether it changes nothing. A send counts as one that does, whatever its record says.
    """

    event_id: str
    at: datetime
    who: str
    name: str
    subject: str
    region: str
    address: str
    error: str | None
    reads: bool


def call_of(record: Mapping[str, Any]) -> Call:
    """The call that a record is about.

    Raises:
        ValueError: It is no record: it has no time.
    """
    parameters = record.get("requestParameters")
    error = record.get("errorCode")
    return Call(
        event_id=str(record.get("eventID", "")),
        at=_time(record.get("eventTime")),
        who=_who(record.get("userIdentity")),
        name=str(record.get("eventName", UNKNOWN)),
        subject=_subject(parameters if isinstance(parameters, Mapping) else {}),
        region=str(record.get("awsRegion", UNKNOWN)),
        address=str(record.get("sourceIPAddress", UNKNOWN)),
        error=None if error is None else str(error),
        reads=record.get("readOnly") in {True, "true"} and record.get("eventCategory") != "Data",
    )


def calls_in(records: Iterable[Any]) -> Iterable[Call]:
    """The calls of SES among records of any service.

    Raises:
        ValueError: One of them is no record.
    """
    for record in records:
        if not isinstance(record, Mapping):
            raise ValueError("a record is not an object")  # noqa: TRY004 - one kind of error for one cause
        if record.get("eventSource") == SOURCE:
            yield call_of(record)


def records_of(text: str | bytes) -> list[Any]:
    """The records of a log file.

    Raises:
        ValueError: It is none.
    """
    data = json.loads(text)
    if not isinstance(data, dict) or not isinstance(data.get("Records"), list):
        raise ValueError("it has no records")  # noqa: TRY004 - one kind of error for one cause
    records: list[Any] = data["Records"]
    return records


def _time(value: object) -> datetime:
    at = datetime.fromisoformat(str(value))
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _who(identity: object) -> str:
    """CloudTrail User Guide, userIdentity element."""
    if not isinstance(identity, Mapping):
        return UNKNOWN
    for key in ("arn", "invokedBy"):
        if identity.get(key):
            return str(identity[key])
    account = identity.get("accountId")
    return f"account {account}" if account else str(identity.get("type", UNKNOWN))


def _subject(parameters: Mapping[str, Any]) -> str:
    found = {name: parameters[name] for name in _SUBJECTS if parameters.get(name) is not None}
    return ", ".join(dict.fromkeys(_text(value) for value in found.values()))


def _text(value: object) -> str:
    if isinstance(value, list):
        return " ".join(map(_text, value))
    return str(value).lower() if isinstance(value, bool) else str(value)
