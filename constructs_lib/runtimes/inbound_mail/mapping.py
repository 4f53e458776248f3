"""Who gets a message: destinations by recipient, most exact entry first."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

ANYBODY: Final = "*"
MAX_RECIPIENTS: Final = 50
"""Of one send (SES Developer Guide, quotas)."""


def entry_for(recipient: str, mapping: Mapping[str, Sequence[str]]) -> str | None:
    """The entry of a mapping that is for an address: itself, without its plus-tag, ``@domain``, ``*``."""
    local, _, domain = recipient.lower().rpartition("@")
    untagged = local.partition("+")[0]
    for candidate in (f"{local}@{domain}", f"{untagged}@{domain}", f"@{domain}", ANYBODY):
        if candidate in mapping:
            return candidate
    return None


def destinations(recipients: Sequence[str], mapping: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """Everybody who gets a message, each once, in the order of the recipients."""
    found: dict[str, str] = {}
    for recipient in recipients:
        entry = entry_for(recipient, mapping)
        for address in mapping[entry] if entry is not None else ():
            found.setdefault(address.lower(), address)
    return tuple(found.values())


def batches(addresses: Sequence[str]) -> Iterator[Sequence[str]]:
    """Cut into as many as SES takes in one send."""
    for start in range(0, len(addresses), MAX_RECIPIENTS):
        yield addresses[start : start + MAX_RECIPIENTS]
