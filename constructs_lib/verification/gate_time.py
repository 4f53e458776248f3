"""How long a gate may wait. Plain numbers, for what is checked without the CDK."""

from typing import Final

DEFAULT_TIMEOUT_SECONDS: Final = 15 * 60
MAX_TIMEOUT_SECONDS: Final = 2 * 60 * 60
"""Our own limit: whoever deploys waits, and SES itself looks for up to 72 hours."""
