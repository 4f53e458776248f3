"""The names of alarms, for whoever makes them, shows them and asks about them. Plain values; loads no CDK.

A name is a prefix of the user's, once in an account's Region, and what the alarm tells.

Example::

    AlarmKind.BOUNCE_CRITICAL.name_below("prod-account")  # prod-account-bounce-critical
"""

from enum import StrEnum
from typing import Final


class AlarmKind(StrEnum):
    """What an alarm tells."""

    BOUNCE_CRITICAL = "bounce-critical"
    COMPLAINT_CRITICAL = "complaint-critical"
    BOUNCE_WARNING = "bounce-warning"
    COMPLAINT_WARNING = "complaint-warning"
    NO_SEND = "no-send"
    QUOTA = "quota"
    PAUSE_FAILURE = "pause-failure"
    DEAD_LETTERS = "dead-letters"
    AGE = "age"
    SMTP_KEY_AGE = "smtp-key-age"
    SMTP_ROTATION = "smtp-rotation"

    @property
    def construct_id(self) -> str:
        """The id of the alarm's construct."""
        return "".join(part.capitalize() for part in self.split("-"))

    def name_below(self, prefix: str) -> str:
        """The alarm's name."""
        return f"{prefix}-{self}"


RATES: Final = (
    AlarmKind.BOUNCE_CRITICAL,
    AlarmKind.COMPLAINT_CRITICAL,
    AlarmKind.BOUNCE_WARNING,
    AlarmKind.COMPLAINT_WARNING,
)
"""The alarms of every reputation."""
