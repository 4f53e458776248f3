"""SES's SMTP interface: STARTTLS, AUTH, and mail that SES then sends.

Its certificate is the only one that functions trust here; the host that a client asks for says which Region's
password it has to know.
"""

import asyncio
import os
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Final

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from constructs_lib.runtimes.smtp_credentials.smtp_login import CONNECT_TO
from local.smtp_listener import SmtpListener
from local.smtp_tls import asked_for

TRUST: Final = "SSL_CERT_FILE"
"""Environment variable of OpenSSL: the certificates that a client trusts."""

Accepts = Callable[[str, str, str], bool]
"""User name, password, Region: whether they fit together."""

Takes = Callable[[str, list[str], bytes, str], str]
"""MAIL FROM, RCPT TO, message, Region: gives the message to SES and returns SMTP's reply."""

_REFUSED: Final = AuthResult(success=False, message="535 Authentication Credentials Invalid", handled=False)


class SmtpEndpoint(SmtpListener):
    """The server; it answers in a thread of its own.

    Args:
        listener: An open socket on loopback.
        certificate: Its certificate, with the key beside it (`local.smtp_tls`).
        accepts: Decides about credentials.
        takes: Gets the mail.
    """

    def __init__(self, *, listener: socket.socket, certificate: Path, accepts: Accepts, takes: Takes) -> None:
        self._accepts = accepts
        self.certificate = certificate
        super().__init__(
            _Mail(takes),
            listener=listener,
            certificate=certificate,
            server_hostname="email-smtp.amazonaws.com",
            require_starttls=True,
            auth_required=True,
            authenticator=self._authenticate,
        )

    def start(self) -> None:
        """Serve, and let every function that starts from now on connect here."""
        super().start()
        os.environ[CONNECT_TO] = f"{self.hostname}:{self.port}"
        os.environ[TRUST] = str(self.certificate)

    def _authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, auth_data: object
    ) -> AuthResult:
        del server, envelope, mechanism
        if not isinstance(auth_data, LoginPassword):
            return _REFUSED
        username, password = (part.decode("utf-8", "replace") for part in auth_data)
        return AuthResult(success=True) if self._accepts(username, password, _region(session)) else _REFUSED


class _Mail:
    """What aiosmtpd calls with a message."""

    def __init__(self, takes: Takes) -> None:
        self._takes = takes

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        """Give a message to SES."""
        del server
        content = envelope.content or b""
        message = content if isinstance(content, bytes) else content.encode()
        # In a thread: SES answers over HTTP, and other connections go on meanwhile.
        return await asyncio.to_thread(
            self._takes, envelope.mail_from or "", envelope.rcpt_tos, message, _region(session)
        )


def _region(session: Session) -> str:
    """The Region in the host that the client asked for: ``email-smtp.<region>.amazonaws.com``."""
    name = asked_for(session)
    return name.split(".")[1] if name.count(".") else ""
