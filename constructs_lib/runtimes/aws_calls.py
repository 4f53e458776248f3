"""One call of AWS for a function behind a custom resource: tried while it must wait, refused with a reason.

A permission that the same deployment made takes IAM some seconds to spread, longer than an SDK tries.
"""

import time
from collections.abc import Callable, Collection, Mapping
from types import MappingProxyType
from typing import Final, TypeVar

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from .custom_resource import RefusedError

TRIES: Final = 12
PAUSE_SECONDS: Final = 5.0
"""How often and how far apart a call is tried that has to wait."""

DENIED: Final = frozenset({"AccessDenied", "AccessDeniedException"})

# SES takes many of its calls once a second, and CloudFormation asks for all resources at once: the standard
# mode waits longer before each attempt, 20 seconds at most.
PATIENT: Final = Config(
    connect_timeout=5, read_timeout=10, retries={"mode": "standard", "total_max_attempts": 8}
)

_Answer = TypeVar("_Answer")


def asked(
    what: str,
    call: Callable[[], _Answer],
    *,
    waits: Collection[str] = DENIED,
    passed: Collection[str] = (),
    fixes: Mapping[str, str] = MappingProxyType({}),
) -> _Answer:
    """Return the answer.

    Args:
        what: The call and what it is about: names only, it becomes a reason in the stack's events.
        call: Makes it.
        waits: Codes of AWS that are tried again.
        passed: Codes of AWS that the caller handles.
        fixes: What to do about other codes.

    Raises:
        ClientError: one of `passed`.
        RefusedError: AWS refuses, or cannot be reached.
    """
    tries_left = TRIES
    while True:
        tries_left -= 1
        try:
            return call()
        except ClientError as error:
            code = error.response["Error"].get("Code", "")
            if code in passed:
                raise
            if code not in waits or not tries_left:
                # These calls carry names and policies: nothing in them that must not be read.
                text = error.response["Error"].get("Message", "")
                said = f"{what}: {code}: {text}"
                if code in fixes:
                    # AWS ends its sentences with a period, or does not.
                    said = f"{said.rstrip('.: ')}. Fix: {fixes[code]}."
                raise RefusedError(said) from error
            time.sleep(PAUSE_SECONDS)
        except BotoCoreError as error:
            raise RefusedError(f"{what}: {type(error).__name__}") from error


def asked_or_none(
    what: str,
    call: Callable[[], _Answer],
    *,
    fine: str,
    fixes: Mapping[str, str] = MappingProxyType({}),
) -> _Answer | None:
    """Return the answer, or None where AWS refuses with the code that is `fine`.

    Raises:
        RefusedError: as `asked`.
    """
    try:
        return asked(what, call, passed={fine}, fixes=fixes)
    except ClientError:
        return None
