"""What Lambda calls."""

from collections.abc import Mapping
from typing import Any

from ..custom_resource import answer  # noqa: TID252 - Lambda has no constructs_lib
from .gateway import OwnStacks, Route53Zones
from .logic import write


def handle(event: Mapping[str, Any], context: object) -> None:
    """Answer one request of CloudFormation."""
    del context
    answer(event, lambda request: write(request, Route53Zones(), OwnStacks()))
