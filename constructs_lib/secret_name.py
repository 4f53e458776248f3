"""The name of a secret."""

import re
from typing import Final

SECRET_NAME: Final = re.compile(r"[A-Za-z0-9/_+=.@-]{1,512}")
"""What a secret may be called (Secrets Manager API Reference, CreateSecret)."""
