"""Where things are in the bucket. SES writes ``<prefix><message id>``, an id never holds a slash."""

from typing import Final

SUMMARY: Final = "/summary.json"
ATTACHMENTS: Final = "/attachments/"
CLAIMS: Final = "/claims/"
WRITTEN: Final = (SUMMARY, f"{ATTACHMENTS}*", f"{CLAIMS}*")
"""What follows the key of the raw message in the keys that the function writes, as IAM patterns."""


def summary_key(raw_key: str) -> str:
    """The summary of a message."""
    return f"{raw_key}{SUMMARY}"


def attachment_key(raw_key: str, name: str) -> str:
    """An attachment of a message."""
    return f"{raw_key}{ATTACHMENTS}{name}"


def claim_key(raw_key: str, batch: int) -> str:
    """The claim of one batch of recipients of a message."""
    return f"{raw_key}{CLAIMS}{batch:04d}.json"
