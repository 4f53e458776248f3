"""Tries SMTP credentials at SES: STARTTLS with a checked certificate, then AUTH, and no mail."""

import os
import smtplib
import socket
import ssl
from typing import Final

from .model import PORT, Credentials

CONNECT_TO: Final = "SMTP_CONNECT_TO"
"""Environment variable, ``host:port``: where to connect instead. The certificate is still that of SES."""

_TIMEOUT_SECONDS: Final = 10.0
# RFC 5321 4.1.3: a client without a name of its own says an address.
_SELF: Final = "[127.0.0.1]"


class _Smtp(smtplib.SMTP):
    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        elsewhere, _, elsewhere_port = os.environ.get(CONNECT_TO, "").rpartition(":")
        address = (elsewhere, int(elsewhere_port)) if elsewhere else (host, port)
        return socket.create_connection(address, timeout)


def login(credentials: Credentials) -> str | None:
    """Log in and out again.

    Returns:
        None when SES took the credentials, else why not: a reply code or the kind of an error, no text.
    """
    try:
        with _Smtp(credentials.host, PORT, local_hostname=_SELF, timeout=_TIMEOUT_SECONDS) as smtp:
            smtp.starttls(context=ssl.create_default_context())
            smtp.login(credentials.username, credentials.password)
    except smtplib.SMTPResponseException as error:
        return f"{credentials.host} answered {error.smtp_code}"
    except (OSError, smtplib.SMTPException) as error:
        return f"{credentials.host} cannot be used: {type(error).__name__}"
    return None
