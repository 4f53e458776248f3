"""Records the calls of SES as CloudTrail does: in the event history, and on EventBridge's default bus.

A management event is in the history whatever a trail records. EventBridge gets a call where a trail of the
Region records it and is not stopped: management events that write, and data events that a selector asks for.
Which of a type's resources a selector means is not looked at.
"""

import json
import logging
import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any, Final

from constructs_lib.audit.abuse_patterns import DETAIL_TYPE
from constructs_lib.audit.data_events import IDENTITY
from local import emulator
from local.callers import user_identity
from local.emulator import Handler, Query, Response
from local.ses_calls import SesCall, call_of

Record = dict[str, Any]

_LOG: Final = logging.getLogger(__name__)
_CODE: Final = re.compile(rb"<Code>(\w+)</Code>")
_SOURCE: Final = "ses.amazonaws.com"


@dataclass(frozen=True, kw_only=True)
class RecordedCalls:
    """Stands in front of the SES API.

    Attributes:
        v1: Answers requests of the query API.
        v2: Answers requests of the REST API.
    """

    v1: Handler
    v2: Handler

    async def handle_v1(
        self, method: str, path: str, headers: dict[str, str], body: bytes, query: Query
    ) -> Response:
        """Answer and record a request of the API v1, or one of v2 that the emulator passes on."""
        response = await self.v1(method, path, headers, body, query)
        _record(call_of(method, path, body, query), user_identity(headers, query), response)
        return response

    async def handle_v2(
        self, method: str, path: str, headers: dict[str, str], body: bytes, query: Query
    ) -> Response:
        """Answer and record a request of the API v2."""
        response = await self.v2(method, path, headers, body, query)
        _record(call_of(method, path, body, query), user_identity(headers, query), response)
        return response


def _record(call: SesCall | None, caller: Record, response: Response) -> None:
    if call is None:
        return
    record = _record_of(call, caller, response)
    if not call.is_data:
        emulator.event_history().append(_in_history(record))
    if call.reads and not call.is_data:
        return
    if any(_records(selectors, call) for selectors in _selectors()):
        try:
            emulator.put_events({"Entries": [_entry(record)]}, True)  # noqa: FBT003 - the emulator's signature
        except Exception as error:  # noqa: BLE001 - whatever a target does, the call has happened
            _LOG.warning("%s was recorded, and not told: %s", call.name, type(error).__name__)


def _record_of(call: SesCall, caller: Record, response: Response) -> Record:
    """CloudTrail User Guide, record contents; the examples of the SES Developer Guide."""
    record: Record = {
        "eventVersion": "1.11",
        "userIdentity": caller,
        "eventTime": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "eventSource": _SOURCE,
        "eventName": call.name,
        "awsRegion": emulator.region(),
        "sourceIPAddress": "127.0.0.1",
        "userAgent": "rehearsal",
        "requestParameters": call.parameters or None,
        "responseElements": None,
        "requestID": str(uuid.uuid4()),
        "eventID": str(uuid.uuid4()),
        "readOnly": call.reads,
        "eventType": "AwsApiCall",
        "managementEvent": not call.is_data,
        "recipientAccountId": emulator.account_id(),
        "eventCategory": "Data" if call.is_data else "Management",
    }
    error = _error_code(response)
    return record | {"errorCode": error} if error else record


def _error_code(response: Response) -> str | None:
    status, headers, body = response
    if status < HTTPStatus.BAD_REQUEST:
        return None
    found = _CODE.search(body)
    return found[1].decode() if found else headers.get("x-amzn-errortype", "Unknown")


def _in_history(record: Record) -> Record:
    return {
        "EventId": record["eventID"],
        "EventName": record["eventName"],
        "EventSource": record["eventSource"],
        "EventTime": datetime.now(UTC).timestamp(),
        "Username": record["userIdentity"].get("userName", record["userIdentity"]["type"]),
        "AccessKeyId": record["userIdentity"]["accessKeyId"],
        "ReadOnly": str(record["readOnly"]).lower(),
        "Resources": [],
        "CloudTrailEvent": json.dumps(record),
    }


def _entry(record: Record) -> dict[str, Any]:
    return {
        "Source": "aws.ses",
        "DetailType": DETAIL_TYPE,
        "Detail": json.dumps(record),
        "Resources": [],
        "EventBusName": "default",
    }


def _selectors() -> Iterator[list[Record]]:
    """The selectors of each trail that records this Region and is not stopped."""
    for trail in _answer("DescribeTrails", {})["trailList"]:
        if _answer("GetTrailStatus", {"Name": trail["TrailARN"]})["IsLogging"]:
            found = _answer("GetEventSelectors", {"TrailName": trail["TrailARN"]})
            yield found.get("AdvancedEventSelectors") or found["EventSelectors"]


def _records(selectors: list[Record], call: SesCall) -> bool:
    wanted = ["Data"] if call.is_data else ["Management"]
    for selector in selectors:
        fields = {field["Field"]: field.get("Equals") for field in selector.get("FieldSelectors", [])}
        if fields.get("eventCategory") == wanted and fields.get("resources.type", [IDENTITY]) == [IDENTITY]:
            return True
        if selector.get("IncludeManagementEvents") and not call.is_data:
            return True
    return False


def _answer(action: str, parameters: Record) -> Record:
    answer: Record = json.loads(emulator.trail_calls[action](parameters)[2])
    return answer
