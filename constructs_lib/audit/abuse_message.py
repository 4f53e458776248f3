"""What an alert says: who called what about what, where and when, as JSON that people and programs read.

The values come from CloudTrail's record by EventBridge's input transformer. A path that a record lacks leaves
nothing (EventBridge User Guide, input transformation), so that one template serves calls whose parameters
have different names. Nothing that a caller can write freely is in it: EventBridge escapes no value, and
a user agent with a quotation mark would lose the alert.
"""

from typing import Final

from constructs_lib.audit.abuse_patterns import WATCHED, Abuse

_PATHS: Final = {
    "call": "$.detail.eventName",
    "who": "$.detail.userIdentity.arn",
    "kind": "$.detail.userIdentity.type",
    "caller": "$.detail.userIdentity.accountId",
    "service": "$.detail.userIdentity.invokedBy",
    "region": "$.detail.awsRegion",
    "account": "$.detail.recipientAccountId",
    "address": "$.detail.sourceIPAddress",
    "time": "$.detail.eventTime",
    "error": "$.detail.errorCode",
    "event": "$.detail.eventID",
}


def input_paths(kind: Abuse) -> dict[str, str]:
    """Where the values of a message are in a record."""
    subjects = {name: f"$.detail.requestParameters.{name}" for name in WATCHED[kind].subjects}
    return _PATHS | subjects


def input_template(kind: Abuse) -> str:
    """The message, with ``<name>`` for the values of `input_paths`."""
    about = "".join(f"<{name}>" for name in WATCHED[kind].subjects)
    lines = {
        "alert": f"Amazon SES: {WATCHED[kind].title}",
        "what": "<call>",
        "about": about,
        "who": "<who>",
        "who_kind": "<kind>",
        "who_account": "<caller>",
        "through": "<service>",
        "where": "<region>",
        "account": "<account>",
        "from": "<address>",
        "when": "<time>",
        "refused": "<error>",
        "event_id": "<event>",
    }
    return "{\n" + ",\n".join(f'  "{key}": "{value}"' for key, value in lines.items()) + "\n}"
