"""IAM's access keys where the emulator is not strict: at most two, each with its SMTP password."""

import hmac
from collections.abc import Callable
from typing import Any, Final

from constructs_lib.runtimes.smtp_credentials.smtp_password import smtp_password
from local import emulator
from local.emulator import Response

LIMIT: Final = 2
"""Access keys of one IAM user (IAM User Guide, quotas)."""

_MESSAGE: Final = f"Cannot exceed quota for AccessKeysPerUser: {LIMIT}"


def with_limit(create: Callable[[dict[str, Any]], Response]) -> Callable[[dict[str, Any]], Response]:
    """CreateAccessKey that refuses a third key.

    Args:
        create: The emulator's own.
    """

    def limited(parameters: dict[str, Any]) -> Response:
        (user,) = parameters.get("UserName") or ("",)
        if sum(key["UserName"] == user for key in emulator.access_keys.values()) >= LIMIT:
            return emulator.iam_error(409, "LimitExceeded", _MESSAGE, ns="iam")
        return create(parameters)

    return limited


def takes_smtp_credentials(username: str, password: str, region: str) -> bool:
    """Whether SES's SMTP interface of a Region takes them: an active key, its password for that Region."""
    key = emulator.access_keys.get(username)
    return (
        key is not None
        and key["Status"] == "Active"
        and hmac.compare_digest(password, smtp_password(key["SecretAccessKey"], region=region))
    )
