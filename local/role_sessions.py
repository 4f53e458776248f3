"""AssumeRole across accounts as STS decides it: the role is there, and its trust policy lets the caller in.

The emulator gives a session of any role, also of one that nobody made. Within one account that stays so. That
the caller's own account must allow the call too (IAM User Guide, cross-account policy evaluation) is not
looked at, as nowhere here.
"""

from dataclasses import dataclass
from urllib.parse import parse_qs

from local import emulator
from local.emulator import Handler, Query, Response


@dataclass(frozen=True, kw_only=True)
class RoleSessions:
    """STS's requests.

    Attributes:
        inner: The emulator's own handler.
    """

    inner: Handler

    async def handle(
        self, method: str, path: str, headers: dict[str, str], body: bytes, query_params: Query
    ) -> Response:
        """Answer a request."""
        asked = parse_qs(body.decode("utf-8", errors="replace"))
        (role_arn,) = asked.get("RoleArn", [""])
        if asked.get("Action") == ["AssumeRole"] and not _lets_in(role_arn, _caller(headers, query_params)):
            message = f"User is not authorized to perform: sts:AssumeRole on resource: {role_arn}"
            return emulator.iam_error(403, "AccessDenied", message, ns="sts")
        return await self.inner(method, path, headers, body, query_params)


def _lets_in(role_arn: str, caller: str) -> bool:
    account = role_arn.split(":")[4] if role_arn.count(":") > 4 else emulator.account_id()  # noqa: PLR2004 - an ARN
    if account == emulator.account_id():
        return True
    role = emulator.roles().get((account, role_arn.rpartition("/")[2]))
    return (
        role is not None
        and role["Arn"] == role_arn
        and emulator.trusts(role["AssumeRolePolicyDocument"], caller)
    )


def _caller(headers: dict[str, str], query: Query) -> str:
    """The ARN of the role whose session calls, with its path; otherwise that of the account."""
    account = emulator.account_id()
    session = emulator.sessions.get(emulator.access_key_of(headers, query))
    role = emulator.roles().get((account, session["Arn"].split("/")[1])) if session else None
    return role["Arn"] if role else f"arn:aws:iam::{account}:root"
