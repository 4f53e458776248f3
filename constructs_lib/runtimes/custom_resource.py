"""Answers CloudFormation for a function behind a custom resource: always, once, and without secrets.

Protocol: CloudFormation User Guide, "Custom resource request objects" and "response objects". A function that
does not answer holds its stack until the service timeout, so whatever happens here becomes an answer.
"""

import json
import logging
import time
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

NOT_CREATED: Final = "not-created"
"""Physical id of a resource whose creation failed. CloudFormation deletes it next; something may be there."""

_ATTEMPTS: Final = 3
MAX_REASON: Final = 1000
"""Characters of a reason: the whole answer may have 4096 bytes."""
_LOG: Final = logging.getLogger(__name__)


class RequestType(StrEnum):
    """What CloudFormation asks for."""

    CREATE = "Create"
    UPDATE = "Update"
    DELETE = "Delete"


@dataclass(frozen=True, kw_only=True)
class Request:
    """One request of CloudFormation.

    Attributes:
        type: What is asked for.
        properties: The resource's properties as the template has them.
        old_properties: Those before an update; else empty.
        physical_id: The id that an earlier answer gave; None before that.
        stack_id: The stack's ARN.
        logical_id: The resource's name in the template.
    """

    type: RequestType
    properties: Mapping[str, Any]
    old_properties: Mapping[str, Any]
    physical_id: str | None
    stack_id: str
    logical_id: str


class RefusedError(Exception):
    """A failure that a person can act on. Its text becomes the reason in the stack's events."""


@dataclass(frozen=True, kw_only=True)
class Done:
    """What became of a request.

    Attributes:
        physical_id: The id of what is there now. Another one than before is another resource: CloudFormation
            deletes the former when everything went well.
        attributes: What ``Fn::GetAtt`` gives in the template. Never a secret. Default: nothing.
    """

    physical_id: str
    attributes: Mapping[str, str] = field(default_factory=dict)


Handle = Callable[[Request], str | Done]
"""Does what a request asks for, however often it is asked; an id alone is a `Done` without attributes."""


def answer(event: Mapping[str, Any], handle: Handle) -> None:
    """Handle one event and tell CloudFormation how it went.

    An error that was not foreseen is answered with its type only: its text may quote what nobody should see.

    Raises:
        OSError: CloudFormation could not be told, after three attempts; Lambda then calls again.
    """
    request = Request(
        type=RequestType(event["RequestType"]),
        properties=event.get("ResourceProperties") or {},
        old_properties=event.get("OldResourceProperties") or {},
        physical_id=event.get("PhysicalResourceId"),
        stack_id=event["StackId"],
        logical_id=event["LogicalResourceId"],
    )
    reason, done = None, Done(physical_id=request.physical_id or NOT_CREATED)
    try:
        handled = handle(request)
        done = Done(physical_id=handled) if isinstance(handled, str) else handled
    except RefusedError as error:
        reason = str(error)
    except Exception as error:  # noqa: BLE001 - without an answer the stack hangs
        reason = f"{type(error).__name__}; see the log of the function"
        _LOG.error("%s of %s failed: %s", request.type, request.logical_id, type(error).__name__)
    _tell(event, reason=reason, done=done)


def _tell(event: Mapping[str, Any], *, reason: str | None, done: Done) -> None:
    response: dict[str, Any] = {
        "Status": "SUCCESS" if reason is None else "FAILED",
        "PhysicalResourceId": done.physical_id,
        "StackId": event["StackId"],
        "RequestId": event["RequestId"],
        "LogicalResourceId": event["LogicalResourceId"],
    }
    if reason is not None:
        response["Reason"] = reason[:MAX_REASON]
    if done.attributes:
        response["Data"] = dict(done.attributes)
    request = urllib.request.Request(  # noqa: S310 - the URL is CloudFormation's
        event["ResponseURL"],
        data=json.dumps(response).encode(),
        method="PUT",
        # The URL is signed for an empty content type.
        headers={"Content-Type": ""},
    )
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            with urllib.request.urlopen(request, timeout=10):  # noqa: S310 - as above
                return
        except OSError:
            if attempt == _ATTEMPTS:
                raise
            time.sleep(attempt)
