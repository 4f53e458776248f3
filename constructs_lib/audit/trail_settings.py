"""What a trail of one's own is like, and what it needs to know. Plain values for environment files.

Example::

    TrailSettings(expire_after_days=730)
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from constructs_lib.audit.data_events import DataEvents
from constructs_lib.domain_name import is_token
from constructs_lib.errors import ConfigurationError

_NAME: Final = re.compile(r"(?=.{3,128}$)[A-Za-z0-9]+([._-][A-Za-z0-9]+)*")


@dataclass(frozen=True, kw_only=True)
class TrailSettings:
    """A trail that is made.

    Attributes:
        record_reads: Whether calls that only read are recorded too; event history has them for 90 days
            anyway. Default: not.
        expire_after_days: How long log files are kept, and former versions of them. Default: 400 days.
        access_log_days: How long it is kept who reached them. Default: 365 days.

    Raises:
        ConfigurationError: ``audit-trail-invalid``.
    """

    record_reads: bool = False
    expire_after_days: int = 400
    access_log_days: int = 365

    def __post_init__(self) -> None:
        for option in ("expire_after_days", "access_log_days"):
            days = getattr(self, option)
            if days < 1:
                raise _invalid(
                    option, "1 day or more (S3 User Guide, lifecycle).", days, "write a number of days"
                )


def require_trail_name(name: str) -> str:
    """Refuse a name that CloudTrail does not take; tokens pass.

    Raises:
        ConfigurationError: ``audit-trail-invalid``.
    """
    if not is_token(name) and not _NAME.fullmatch(name):
        raise _invalid(
            "trail_name",
            "3 to 128 letters and digits, with single dots, hyphens or underscores between them "
            "(CloudTrail API, CreateTrail).",
            name,
            "write a name such as prod-mail",
        )
    return name


def require_senders(data_events: DataEvents | None, senders: Sequence[str]) -> None:
    """Refuse to leave out the sends of known principals where none is known.

    Raises:
        ConfigurationError: ``audit-trail-invalid``.
    """
    if data_events is not None and not data_events.known_senders and not senders:
        raise _invalid(
            "senders",
            "at least one, where sends of known senders are not recorded.",
            tuple(senders),
            "name the roles that send, or leave known_senders=True",
        )


def _invalid(option: str, rule: str, got: object, fix: str) -> ConfigurationError:
    return ConfigurationError("audit-trail-invalid", option=option, rule=rule, got=got, fix=fix)
