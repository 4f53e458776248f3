"""Records of CloudTrail as its documentation shows those of SES, and what EventBridge does with them.

The files in data/cloudtrail have the fields of the four records in the SES Developer Guide ("Logging Amazon
SES API calls with AWS CloudTrail"), with values of our own. Other calls are made of these. Patterns are
evaluated by ministack's EventBridge, which is not ours and words its refusals as AWS does.
"""

import asyncio
import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from tests.support import ROOT

ACCOUNT = "111111111111"
Record = dict[str, Any]


@cache
def _text(name: str) -> str:
    return (ROOT / "tests" / "data" / "cloudtrail" / f"{name}.json").read_text(encoding="utf-8")


def documented(name: str) -> Record:
    record: Record = json.loads(_text(name))
    return record


def record_of(call: str, parameters: Mapping[str, Any] | None = None, *, who: Record | None = None) -> Record:
    """A management event of any call; by default a person with a role made it."""
    found = documented("delete_identity") | {"eventName": call, "requestParameters": dict(parameters or {})}
    return found | ({"userIdentity": who} if who is not None else {})


def by_role(role: str, *, account: str = ACCOUNT) -> Record:
    identity: Record = documented("delete_identity")["userIdentity"]
    return identity | {"arn": f"arn:aws:sts::{account}:assumed-role/{role}/session", "accountId": account}


def by_user(name: str) -> Record:
    return {"type": "IAMUser", "arn": f"arn:aws:iam::{ACCOUNT}:user/{name}", "accountId": ACCOUNT}


def by_other_account(account: str) -> Record:
    """How the owner of an identity sees the caller of another account (CloudTrail User Guide)."""
    return {"type": "AWSAccount", "principalId": "AROAEXAMPLE:session", "accountId": account}


ROOT_USER: Record = {"type": "Root", "arn": f"arn:aws:iam::{ACCOUNT}:root", "accountId": ACCOUNT}


def event_of(record: Record) -> Record:
    """A record as EventBridge gets it."""
    return {
        "version": "0",
        "id": "00000000-0000-4000-8000-0000000000ff",
        "detail-type": "AWS API Call via CloudTrail",
        "source": "aws." + record["eventSource"].partition(".")[0],
        "account": ACCOUNT,
        "time": record["eventTime"],
        "region": record["awsRegion"],
        "resources": [],
        "detail": record,
    }


def matches(pattern: Mapping[str, Any], record: Record) -> bool:
    """Whether EventBridge's TestEventPattern says so.

    Raises:
        AssertionError: EventBridge does not take the pattern.
    """
    from ministack.services import eventbridge  # noqa: PLC0415 - no other test of constructs waits for it

    asked = {"EventPattern": json.dumps(pattern), "Event": json.dumps(event_of(record))}
    status, _, body = asyncio.run(
        eventbridge.handle_request(
            "POST", "/", {"x-amz-target": "AWSEvents.TestEventPattern"}, json.dumps(asked).encode(), {}
        )
    )
    answer = json.loads(body)
    assert status == 200, answer
    return bool(answer["Result"])
