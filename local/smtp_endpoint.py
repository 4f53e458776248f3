"""SES's SMTP interface as far as a login: STARTTLS, AUTH, QUIT. It takes no mail yet.

A TLS certificate for the SMTP hosts of all Regions, made at the start, is the only one that functions trust
here; the host that a client asks for says which Region's password it has to know.
"""

import base64
import contextlib
import os
import socketserver
import ssl
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from constructs_lib.regions import ses_regions
from constructs_lib.runtimes.smtp_credentials.smtp_login import CONNECT_TO

HOST: Final = "127.0.0.1"
TRUST: Final = "SSL_CERT_FILE"
"""Environment variable of OpenSSL: the certificates that a client trusts."""

Accepts = Callable[[str, str, str], bool]
"""User name, password, Region: whether they fit together."""

_GREETING: Final = b"220 email-smtp.amazonaws.com ESMTP"
_REFUSED: Final = b"535 Authentication Credentials Invalid"
_MAX_LINE: Final = 1000


class SmtpEndpoint(socketserver.ThreadingTCPServer):
    """The server; it answers in threads of its own, on loopback.

    Args:
        folder: Where certificate and key are written.
        accepts: Decides about credentials.
    """

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, *, folder: Path, accepts: Accepts) -> None:
        super().__init__((HOST, 0), _Connection)
        self.accepts = accepts
        self.certificate, self.key = folder / "smtp-certificate.pem", folder / "smtp-key.pem"
        _write_certificate(self.certificate, self.key)

    def start(self) -> None:
        """Serve, and let every function that starts from now on connect here."""
        threading.Thread(target=self.serve_forever, daemon=True).start()
        os.environ[CONNECT_TO] = f"{HOST}:{self.server_address[1]}"
        os.environ[TRUST] = str(self.certificate)


class _Connection(socketserver.StreamRequestHandler):
    server: SmtpEndpoint
    timeout = 20

    def handle(self) -> None:
        self._region = ""
        with contextlib.suppress(OSError, ValueError):  # The client left, or does not trust the certificate.
            self._converse()

    def finish(self) -> None:
        with contextlib.suppress(OSError, ValueError):
            super().finish()
        self.connection.close()

    def _converse(self) -> None:
        self._say(_GREETING)
        while line := self.rfile.readline(_MAX_LINE):
            verb, _, argument = line.decode("ascii", "replace").strip().partition(" ")
            match verb.upper():
                case "EHLO":
                    offer = b"AUTH PLAIN LOGIN" if self._region else b"STARTTLS"
                    self._say(b"250-email-smtp.amazonaws.com\r\n250-8BITMIME\r\n250 " + offer)
                case "STARTTLS":
                    self._say(b"220 Ready to start TLS")
                    self._start_tls()
                case "AUTH" if self._region:
                    self._say(self._authenticate(argument))
                case "QUIT":
                    self._say(b"221 Bye")
                    return
                case _:
                    self._say(b"502 Only a login is rehearsed over SMTP")

    def _authenticate(self, argument: str) -> bytes:
        mechanism, _, first = argument.partition(" ")
        first = first or self._ask(b"334 ")
        if mechanism.upper() == "PLAIN":
            _, username, password, *_ = [*_decoded(first).split("\0"), "", ""]
        else:
            username, password = _decoded(first), _decoded(self._ask(b"334 UGFzc3dvcmQ6"))
        taken = self.server.accepts(username, password, self._region)
        return b"235 Authentication successful." if taken else _REFUSED

    def _start_tls(self) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.server.certificate, self.server.key)
        names: list[str | None] = []
        context.sni_callback = lambda _socket, name, _context: names.append(name)
        self.connection = context.wrap_socket(self.connection, server_side=True)
        self.rfile = self.connection.makefile("rb")
        self.wfile = self.connection.makefile("wb", buffering=0)
        self._region = (names[0] or "").split(".")[1] if names and names[0] else ""

    def _ask(self, prompt: bytes) -> str:
        self._say(prompt)
        return self.rfile.readline(_MAX_LINE).decode("ascii", "replace").strip()

    def _say(self, line: bytes) -> None:
        self.wfile.write(line + b"\r\n")


def _decoded(text: str) -> str:
    return base64.b64decode(text).decode("utf-8", "replace")


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
