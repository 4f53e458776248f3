"""What Lambda calls."""

from collections.abc import Mapping
from typing import Any

from ..custom_resource import answer  # noqa: TID252 - Lambda has no constructs_lib
from .gateway import SesAndRoute53
from .shared_record import verify


def handle(event: Mapping[str, Any], context: object) -> None:
    """Answer one request of CloudFormation."""
    del context
    answer(event, lambda request: verify(request, SesAndRoute53(role_arn=request.properties.get("RoleArn"))))
