"""What SES's checks say about a message, and whether it may be forwarded.

A check that SES did not run is ``DISABLED``, also when the notification does not mention it. A status that
SES may add one day is ``PROCESSING_FAILED``: nobody knows what it means.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum


class Check(StrEnum):
    """The checks (SES Developer Guide, contents of notifications for email receiving)."""

    SPAM = "spam"
    VIRUS = "virus"
    SPF = "spf"
    DKIM = "dkim"
    DMARC = "dmarc"


class Verdict(StrEnum):
    """What a check says, in SES's words.

    ``GRAY``: not sure about spam or virus; for the other checks the domain published nothing to check.
    """

    PASS = "PASS"  # noqa: S105 - SES's word
    FAIL = "FAIL"
    GRAY = "GRAY"
    PROCESSING_FAILED = "PROCESSING_FAILED"
    DISABLED = "DISABLED"


def verdict_of(verdicts: Mapping[str, str], check: Check) -> Verdict:
    """The verdict of a check, whatever SES wrote or did not write."""
    if check not in verdicts:
        return Verdict.DISABLED
    try:
        return Verdict(verdicts[check].upper())
    except ValueError:
        return Verdict.PROCESSING_FAILED


def stopping(
    verdicts: Mapping[str, str],
    *,
    dmarc_policy: str | None,
    stops: Mapping[str, Sequence[str]],
    dmarc_policies: Sequence[str],
) -> list[str]:
    """Why the verdicts stop a message: ``spam-fail``, ``virus-disabled``. Empty when they do not.

    Args:
        verdicts: As SES told them.
        dmarc_policy: Told when DMARC failed; a failure without one counts as ``none``.
        stops: By check, the verdicts that stop.
        dmarc_policies: The policies that make a stopping DMARC verdict count.
    """
    found = []
    for check in Check:
        verdict = verdict_of(verdicts, check)
        counts = check is not Check.DMARC or (dmarc_policy or "none") in dmarc_policies
        # A DMARC check that could not be made has no policy to wait for.
        if check is Check.DMARC and verdict is not Verdict.FAIL:
            counts = True
        if verdict in stops.get(check, ()) and counts:
            found.append(f"{check}-{verdict.lower().replace('_', '-')}")
    return found
