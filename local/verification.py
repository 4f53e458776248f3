"""How Amazon SES decides whether an identity is verified, as pure functions.

Nothing here knows the emulator: DNS is a function, the time is an argument. Rules, from the SES Developer
Guide (Easy DKIM; custom MAIL FROM; verification problems) and the API v2 reference (`DkimAttributes`,
`MailFromAttributes`, `VerificationInfo`):

- a domain is verified when all three DKIM CNAMEs are found with their exact targets;
- a MAIL FROM domain is ready when it has exactly one MX, ``10 feedback-smtp.<region>.amazonses.com``.
  Its SPF record matters to receivers, SES does not wait for it;
- SES looks for 72 hours, then gives up: FAILED, until the process is started again;
- records that vanish later first mean TEMPORARY_FAILURE and, after the same time, FAILED. SES does not say
  how sending behaves meanwhile; here it goes on, as nothing has been revoked yet;
- an address is verified when its owner follows the link in the mail that SES sends, within 24 hours; then it
  is FAILED, until the process is started again (SES API reference, GetIdentityVerificationAttributes).
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from local.dns_names import normal_name

DEFAULT_WINDOW: Final = timedelta(hours=72)
"""How long SES looks for the records (SES API v2, DkimAttributes)."""

DEFAULT_LINK_WINDOW: Final = timedelta(hours=24)
"""How long the link in a verification mail works (SES Developer Guide, verifying an email address)."""

MAIL_FROM_PREFERENCE: Final = 10
"""Preference of the MAIL FROM domain's MX (SES Developer Guide, custom MAIL FROM)."""

LookUp = Callable[[str, str], Sequence[str]]
"""Answers (name, type) with the values that public DNS has, none when there are none."""


class Status(StrEnum):
    """Verification states, in the words of the SES API v2."""

    NOT_STARTED = "NOT_STARTED"
    PENDING = "PENDING"
    SUCCESS = "SUCCESS"
    FAILED = "FAILED"
    TEMPORARY_FAILURE = "TEMPORARY_FAILURE"


class ErrorType(StrEnum):
    """Why a check found nothing (SES API v2, VerificationInfo)."""

    HOST_NOT_FOUND = "HOST_NOT_FOUND"
    INVALID_VALUE = "INVALID_VALUE"


@dataclass(frozen=True, kw_only=True)
class Cname:
    """A CNAME that SES expects: where it stands and what it points to."""

    name: str
    target: str


@dataclass(frozen=True, kw_only=True)
class Progress:
    """What SES remembers about one verification.

    Attributes:
        started: When the process was started.
        status: The state after the last check.
        error: Why the last check failed; None after a success or before the first check.
        last_checked: Time of the last check.
        last_success: Time of the last check that found everything.
        missing_since: First check that missed something after a success.
    """

    started: datetime
    status: Status = Status.PENDING
    error: ErrorType | None = None
    last_checked: datetime | None = None
    last_success: datetime | None = None
    missing_since: datetime | None = None

    @property
    def may_send(self) -> bool:
        """Whether SES accepts mail on the strength of this verification."""
        return self.status in {Status.SUCCESS, Status.TEMPORARY_FAILURE}


def check_dkim(expected: Iterable[Cname], look_up: LookUp) -> ErrorType | None:
    """Look for the DKIM CNAMEs; None means that every one is there and right."""
    for record in expected:
        found = look_up(record.name, "CNAME")
        if not found:
            return ErrorType.HOST_NOT_FOUND
        if [normal_name(value) for value in found] != [normal_name(record.target)]:
            return ErrorType.INVALID_VALUE
    return None


def check_mail_from(domain: str, feedback_host: str, look_up: LookUp) -> ErrorType | None:
    """Look for the MX of a MAIL FROM domain; None means that it is there, alone and right."""
    found = look_up(domain, "MX")
    if not found:
        return ErrorType.HOST_NOT_FOUND
    if [_mx(value) for value in found] != [(str(MAIL_FROM_PREFERENCE), normal_name(feedback_host))]:
        return ErrorType.INVALID_VALUE
    return None


def advance(progress: Progress, error: ErrorType | None, *, now: datetime, window: timedelta) -> Progress:
    """The state after one more check.

    Args:
        progress: What was known before.
        error: What the check found missing; None when everything was right.
        now: The time of the check.
        window: How long SES looks before it gives up.
    """
    if progress.status is Status.FAILED:
        return progress
    checked = replace(progress, last_checked=now, error=error)
    if error is None:
        return replace(checked, status=Status.SUCCESS, last_success=now, missing_since=None)
    if progress.last_success is None:
        late = now - progress.started >= window
        return replace(checked, status=Status.FAILED if late else Status.PENDING)
    missing_since = progress.missing_since or now
    late = now - missing_since >= window
    return replace(
        checked,
        status=Status.FAILED if late else Status.TEMPORARY_FAILURE,
        missing_since=missing_since,
    )


def expire(progress: Progress, *, now: datetime, window: timedelta) -> Progress:
    """The state of an address: pending until its link expires."""
    late = progress.status is Status.PENDING and now - progress.started >= window
    return replace(progress, status=Status.FAILED) if late else progress


def restarted(progress: Progress, *, now: datetime) -> Progress:
    """The state of an address that gets another mail; one that is verified stays so.

    The guide does not say that asking again revokes anything.
    """
    return progress if progress.status is Status.SUCCESS else Progress(started=now)


def confirmed(progress: Progress, *, now: datetime) -> Progress:
    """The state of an address whose owner has followed the link."""
    return replace(progress, status=Status.SUCCESS, last_checked=now, last_success=now)


def _mx(value: str) -> tuple[str, str]:
    preference, _, host = " ".join(value.split()).partition(" ")
    return preference, normal_name(host)
