"""What SES calls, and waits for."""

import logging
from collections.abc import Mapping
from typing import Any, Final

from .disposition import CONTINUE, STOP_RULE_SET, disposition

_LOG: Final = logging.getLogger(__name__)
_LOG.setLevel(logging.INFO)


def handle(event: Mapping[str, Any], context: object) -> dict[str, str]:
    """Answer with a disposition, always: whatever is wrong with an event, its mail goes on."""
    del context
    try:
        message = event["Records"][0]["ses"]
        decided = disposition(message["receipt"])
        if decided == STOP_RULE_SET:
            # The id alone: the rest is people's mail.
            _LOG.info("dropped %s", message["mail"]["messageId"])
    except (AttributeError, IndexError, KeyError, TypeError) as error:
        _LOG.error("unreadable event: %s", type(error).__name__)
        return {"disposition": CONTINUE}
    return {"disposition": decided}
