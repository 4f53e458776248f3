"""What SES does next with a message, by its verdicts.

Spam is what SES's scan calls spam or a virus (``FAIL``). ``GRAY`` and ``PROCESSING_FAILED`` say that SES
does not know, and SPF, DKIM and DMARC fail for forwarded mail and mailing lists too: none of these drops a
message. Whoever processes it gets all verdicts and may be stricter.

Sources: SES Developer Guide, Lambda action (dispositions) and contents of notifications (verdicts).
"""

from collections.abc import Mapping
from typing import Any, Final

CONTINUE: Final = "CONTINUE"
STOP_RULE_SET: Final = "STOP_RULE_SET"
_DECIDING: Final = ("spamVerdict", "virusVerdict")


def disposition(receipt: Mapping[str, Any]) -> str:
    """Return SES's word for what it shall do; what is no verdict decides nothing.

    Args:
        receipt: The ``receipt`` of SES's event.
    """
    verdicts = [receipt.get(name) for name in _DECIDING]
    failed = any(isinstance(verdict, Mapping) and verdict.get("status") == "FAIL" for verdict in verdicts)
    return STOP_RULE_SET if failed else CONTINUE
