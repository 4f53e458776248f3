"""E-mail addresses as SES takes and compares them.

Source: SES Developer Guide, creating and verifying an email address identity: case counts, also in the
domain; a verified address may send with labels. An address is 7-bit ASCII (SES API reference, SendEmail) and,
as people who called AWS report, has one @ outside quotes, no white space, and 320 characters at most; a
domain without a dot is taken.

Said again here, on purpose, rather than shared with `constructs_lib`: this side checks that side.
"""

import re
from collections.abc import Callable, Iterator
from email.utils import parseaddr
from typing import Final

MAX_LENGTH: Final = 320
_ADDRESS: Final = re.compile(r'(?:[^\s@"\\]+|"(?:[^\s"\\]|\\\S)+")@[^\s@"\\]+')

IsVerified = Callable[..., bool]
"""The emulator's: whether an address may send; with ``simulator=True`` whether the sandbox may send to it."""


def is_address(text: str) -> bool:
    """Whether SES takes it as one bare address."""
    return text.isascii() and len(text) <= MAX_LENGTH and _ADDRESS.fullmatch(text) is not None


def is_domain(text: str) -> bool:
    """Whether SES takes it as a domain: ASCII (A-labels), labels of 63 characters, 255 in all."""
    labels = text.split(".")
    return len(text) <= 255 and all(re.fullmatch(r"[A-Za-z0-9_-]{1,63}", label) for label in labels)  # noqa: PLR2004


def unlabelled(address: str) -> Iterator[str]:
    """The addresses that it is a label of: ``me+a+b@d`` is one of ``me+a@d`` and of ``me@d``."""
    local, _, domain = address.rpartition("@")
    if local.startswith('"'):
        return
    while "+" in local:
        local = local.rpartition("+")[0]
        if local:
            yield f"{local}@{domain}"


def with_labels(inner: IsVerified) -> IsVerified:
    """Let verified addresses send with labels, which the emulator refuses.

    Only senders: of recipients in the sandbox the guide does not say it.
    """

    def is_verified(address: str, *, simulator: bool = False) -> bool:
        if inner(address, simulator=simulator):
            return True
        return not simulator and any(inner(base) for base in unlabelled(parseaddr(address)[1]))

    return is_verified
