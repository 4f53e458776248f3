"""What Lambda calls."""

import time
from collections.abc import Mapping
from typing import Any

from ..custom_resource import answer  # noqa: TID252 - Lambda has no constructs_lib
from .gateway import HostedZones, SesIdentities
from .logic import wait_until_verified


def handle(event: Mapping[str, Any], context: object) -> None:
    """Answer one request of CloudFormation."""
    del context
    answer(
        event,
        lambda request: wait_until_verified(
            request, identities=SesIdentities(), zones=HostedZones(), now=time.time, pause=time.sleep
        ),
    )
