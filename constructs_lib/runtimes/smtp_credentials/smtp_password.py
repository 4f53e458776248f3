"""The SMTP password that belongs to an access key in one Region.

Source: SES Developer Guide, "Obtaining Amazon SES SMTP credentials by converting existing AWS credentials".
"""

import base64
import hashlib
import hmac
from typing import Final

_VERSION: Final = b"\x04"
# Fixed by the guide: the password is no signature of a date, so it does not expire.
_DATE: Final = "11111111"
_SERVICE: Final = "ses"
_TERMINAL: Final = "aws4_request"
_MESSAGE: Final = "SendRawEmail"


def smtp_password(secret_access_key: str, *, region: str) -> str:
    """Derive the password; it works in this Region only."""
    signature = f"AWS4{secret_access_key}".encode()
    for part in (_DATE, region, _SERVICE, _TERMINAL, _MESSAGE):
        signature = hmac.new(signature, part.encode(), hashlib.sha256).digest()
    return base64.b64encode(_VERSION + signature).decode("ascii")
