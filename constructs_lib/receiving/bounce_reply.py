"""What a bounce of a receipt rule says: codes of SMTP and a line for people.

Sources: SES Developer Guide, return bounce response action; RFC 5321 4.2; RFC 3463.

Example::

    BounceReply(smtp_reply_code="550", status_code="5.7.1", message="Members only")
"""

import re
from dataclasses import dataclass
from typing import Final

from constructs_lib.errors import ConfigurationError

MAX_REPLY_LINE: Final = 512
"""Octets of a reply line, with its codes and line end (RFC 5321 4.5.3.1.5)."""

_REPLY_CODE: Final = re.compile(r"[45][0-5][0-9]")
_STATUS_CODE: Final = re.compile(r"[45]\.(0|[1-9][0-9]{0,2})\.(0|[1-9][0-9]{0,2})")
_TEXT: Final = re.compile(r"[\t\x20-\x7e]+")


@dataclass(frozen=True, kw_only=True)
class BounceReply:
    """What a bounce says.

    Attributes:
        smtp_reply_code: Three digits, 4 or 5 first (RFC 5321 4.2.1).
        status_code: The enhanced code, of the same class (RFC 3463 2).
        message: One line of printable ASCII for people; with the codes at most 512 octets (RFC 5321 4.2 and
            4.5.3.1.5).

    Raises:
        ConfigurationError: ``bounce-reply-invalid``.
    """

    smtp_reply_code: str
    status_code: str
    message: str

    def __post_init__(self) -> None:
        if not _REPLY_CODE.fullmatch(self.smtp_reply_code):
            raise _invalid(
                "smtp_reply_code",
                "three digits: 4 or 5, then 0 to 5, then any (RFC 5321 4.2.1).",
                self.smtp_reply_code,
                'write "550" for good, "450" for now',
            )
        same_class = self.status_code[:1] == self.smtp_reply_code[0]
        if not _STATUS_CODE.fullmatch(self.status_code) or not same_class:
            raise _invalid(
                "status_code",
                f"class.subject.detail, of class {self.smtp_reply_code[0]} as the reply code (RFC 3463 2).",
                self.status_code,
                f'write a code such as "{self.smtp_reply_code[0]}.1.1"',
            )
        line = f"{self.smtp_reply_code} {self.status_code} {self.message}\r\n"
        if not _TEXT.fullmatch(self.message) or len(line) > MAX_REPLY_LINE:
            raise _invalid(
                "message",
                f"printable ASCII on one line, {MAX_REPLY_LINE} octets with the codes (RFC 5321 4.5.3.1.5).",
                self.message,
                "say in a few words why; addresses and reasons for one person do not belong here",
            )


MAILBOX_DOES_NOT_EXIST: Final = BounceReply(
    smtp_reply_code="550", status_code="5.1.1", message="Mailbox does not exist"
)
MESSAGE_TOO_LARGE: Final = BounceReply(
    smtp_reply_code="552", status_code="5.3.4", message="Message too large"
)
MAILBOX_FULL: Final = BounceReply(smtp_reply_code="552", status_code="5.2.2", message="Mailbox full")
MESSAGE_CONTENT_REJECTED: Final = BounceReply(
    smtp_reply_code="500", status_code="5.6.1", message="Message content rejected"
)
UNKNOWN_FAILURE: Final = BounceReply(smtp_reply_code="554", status_code="5.0.0", message="Unknown failure")
TEMPORARY_FAILURE: Final = BounceReply(
    smtp_reply_code="450", status_code="4.0.0", message="Temporary failure"
)
"""The templates of the SES Developer Guide, return bounce response action."""


def _invalid(option: str, rule: str, got: object, fix: str) -> ConfigurationError:
    return ConfigurationError("bounce-reply-invalid", option=option, rule=rule, got=got, fix=fix)
