"""Who called, as CloudTrail writes it, and functions that call with their role as Lambda lets them.

The emulator lets functions call as the account; here each has a session of its role, so that what a function
of the deployment does is told apart from what a person does.
"""

import hashlib
from collections.abc import Callable
from typing import Any

from local import emulator
from local.emulator import Query

Credentials = Callable[[dict[str, Any]], dict[str, str]]
"""Makes the environment variables of a function's credentials from its configuration."""


def with_role(inner: Credentials) -> Credentials:
    """Credentials of a session of the function's role.

    Args:
        inner: The emulator's own.
    """

    def credentials(config: dict[str, Any]) -> dict[str, str]:
        found = inner(config)
        role = config["Role"].rpartition("/")[2]
        arn = f"arn:aws:sts::{emulator.account_id()}:assumed-role/{role}/{config['FunctionName']}"
        key = f"ASIA{hashlib.sha256(arn.encode()).hexdigest()[:16].upper()}"
        emulator.register_session(key, {"Arn": arn, "UserId": f"{role}:{config['FunctionName']}"})
        return found | {"AWS_ACCESS_KEY_ID": key}

    return credentials


def user_identity(headers: dict[str, str], query: Query) -> dict[str, Any]:
    """The ``userIdentity`` of a record (CloudTrail User Guide): a user, a role's session, or the account."""
    key, account = emulator.access_key_of(headers, query), emulator.account_id()
    found: dict[str, Any] = {"accountId": account, "accessKeyId": key}
    user, session = emulator.access_keys.get(key), emulator.sessions.get(key)
    if user is not None:
        name = user["UserName"]
        return found | {"type": "IAMUser", "arn": f"arn:aws:iam::{account}:user/{name}", "userName": name}
    if session is not None:
        role = session["Arn"].split("/")[1]
        issuer = {"type": "Role", "arn": f"arn:aws:iam::{account}:role/{role}", "userName": role}
        return found | {
            "type": "AssumedRole",
            "arn": session["Arn"],
            "sessionContext": {"sessionIssuer": issuer},
        }
    return found | {"type": "Root", "arn": f"arn:aws:iam::{account}:root"}
