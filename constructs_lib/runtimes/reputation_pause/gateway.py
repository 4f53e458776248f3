"""Talks to SES; the only module here that does."""

from typing import TYPE_CHECKING, Final

import boto3
from botocore.config import Config

if TYPE_CHECKING:
    from mypy_boto3_sesv2 import SESV2Client

# SES takes this call once a second: the standard mode waits before each attempt.
_CONFIG: Final = Config(
    connect_timeout=5, read_timeout=10, retries={"mode": "standard", "total_max_attempts": 4}
)


class SesSending:
    """Sending in the account and Region that the function runs in.

    Args:
        client: Default: one with the function's role.
    """

    def __init__(self, client: "SESV2Client | None" = None) -> None:
        self._client = client or boto3.client("sesv2", config=_CONFIG)

    def pause(self, configuration_set_name: str) -> None:
        """Refuse sends with this configuration set until somebody resumes them."""
        self._client.put_configuration_set_sending_options(
            ConfigurationSetName=configuration_set_name, SendingEnabled=False
        )
