"""SES's SMTP interface: STARTTLS, AUTH, and mail that SES then sends.

A TLS certificate for the SMTP hosts of all Regions, made at the start, is the only one that functions trust
here; the host that a client asks for says which Region's password it has to know.
"""

import asyncio
import os
import socket
import ssl
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from constructs_lib.regions import ses_regions
from constructs_lib.runtimes.smtp_credentials.smtp_login import CONNECT_TO

TRUST: Final = "SSL_CERT_FILE"
"""Environment variable of OpenSSL: the certificates that a client trusts."""

Accepts = Callable[[str, str, str], bool]
"""User name, password, Region: whether they fit together."""

Takes = Callable[[str, list[str], bytes, str], str]
"""MAIL FROM, RCPT TO, message, Region: gives the message to SES and returns SMTP's reply."""

_REFUSED: Final = AuthResult(success=False, message="535 Authentication Credentials Invalid", handled=False)
_MAX_MESSAGE_BYTES: Final = 40 * 1024 * 1024
"""Size of a message (SES quotas)."""

_ASKED_FOR: Final = "asked_for"


class SmtpEndpoint(Controller):
    """The server; it answers in a thread of its own.

    Args:
        listener: An open socket on loopback.
        certificate: Where the certificate is written; its key is a file beside it.
        accepts: Decides about credentials.
        takes: Gets the mail.
    """

    def __init__(self, *, listener: socket.socket, certificate: Path, accepts: Accepts, takes: Takes) -> None:
        self._listener = listener
        self._accepts = accepts
        self.certificate = certificate
        key = certificate.with_suffix(".key")
        _write_certificate(self.certificate, key)
        host, port = listener.getsockname()[:2]
        super().__init__(
            _Mail(takes),
            hostname=host,
            port=port,
            ident="ESMTP",
            server_hostname="email-smtp.amazonaws.com",
            data_size_limit=_MAX_MESSAGE_BYTES,
            tls_context=_tls(self.certificate, key),
            require_starttls=True,
            auth_required=True,
            authenticator=self._authenticate,
        )

    def start(self) -> None:
        """Serve, and let every function that starts from now on connect here."""
        super().start()
        os.environ[CONNECT_TO] = f"{self.hostname}:{self.port}"
        os.environ[TRUST] = str(self.certificate)

    def _create_server(self) -> Any:  # noqa: ANN401 - the base class's own coroutine
        return self.loop.create_server(self._factory_invoker, sock=self._listener)

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


def _tls(certificate: Path, key: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    context.sni_callback = lambda connection, name, _: setattr(connection, _ASKED_FOR, name)
    return context


def _region(session: Session) -> str:
    """The Region in the host that the client asked for: ``email-smtp.<region>.amazonaws.com``."""
    name = getattr((session.ssl or {}).get("ssl_object"), _ASKED_FOR, None) or ""
    return name.split(".")[1] if name.count(".") else ""


def _write_certificate(certificate: Path, key: Path) -> None:
    private = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Embedded AWS")])
    hosts = [facts["smtp_host"] for facts in ses_regions().values()]
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + timedelta(days=30))
        .add_extension(
            x509.SubjectAlternativeName([x509.DNSName(host) for host in hosts if host]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(private.public_key()), critical=False)
        .sign(private, hashes.SHA256())
    )
    certificate.write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    key.touch(mode=0o600)
    key.write_bytes(
        private.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
