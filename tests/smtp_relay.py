"""SES's SMTP interface as a null client meets it: TLS, then AUTH, then mail. And what pretends to be it."""

import asyncio
import socket
import ssl
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


class Authority:
    """A certificate authority; what it issues goes into a folder."""

    def __init__(self, folder: Path, name: str) -> None:
        self._folder, self._name = folder, x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._number = 0
        self.pem = self._sign(self._key, self._name, x509.BasicConstraints(ca=True, path_length=None))

    def server(self, host: str) -> ssl.SSLContext:
        """The TLS of a server that this authority certifies to be a host."""
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
        chain = self._sign(key, name, x509.SubjectAlternativeName([x509.DNSName(host)]))
        private = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        self._number += 1
        file = self._folder / f"{self._number}-{host}.pem"
        file.write_bytes(private + chain.encode())
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        return context

    def _sign(
        self, key: ec.EllipticCurvePrivateKey, subject: x509.Name, extension: x509.ExtensionType
    ) -> str:
        now = datetime.now(UTC)
        signed = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(minutes=5))
            .not_valid_after(now + timedelta(days=1))
            .add_extension(extension, critical=isinstance(extension, x509.BasicConstraints))
            .sign(self._key, hashes.SHA256())
        )
        return signed.public_bytes(serialization.Encoding.PEM).decode()


@dataclass(frozen=True, kw_only=True)
class Message:
    sender: str
    recipients: tuple[str, ...]
    content: str
    username: str


@dataclass
class Seen:
    """What reached a server."""

    connections: int = 0
    logins: list[tuple[str, str]] = field(default_factory=list)
    senders: list[str] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)


class Relay:
    """A server on a socket that listens already.

    Args:
        listener: The socket; closed at the end.
        login: The user name and password that it takes.
        tls: Its TLS. Default: it has none, and takes mail without a login.
        wrapper: It begins with TLS instead of offering STARTTLS.
        refuses: What it answers to every message. Default: it takes them.
    """

    def __init__(
        self,
        listener: socket.socket,
        *,
        login: tuple[str, str],
        tls: ssl.SSLContext | None = None,
        wrapper: bool = False,
        refuses: str = "",
    ) -> None:
        self._listener, self._login, self._tls, self._wrapper = listener, login, tls, wrapper
        self._answer = refuses or "250 Ok"
        self._sessions: list[SMTP] = []
        self.seen = Seen()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        self._server = asyncio.run_coroutine_threadsafe(self._serve(), self._loop).result(5)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        asyncio.run_coroutine_threadsafe(self._stop(), self._loop).result(5)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._loop.close()

    async def handle_DATA(self, _server: SMTP, session: Any, envelope: Any) -> str:  # noqa: ANN401, N802 - aiosmtpd
        self.seen.senders.append(envelope.mail_from)
        if not self._answer.startswith("250"):
            return self._answer
        self.seen.messages.append(
            Message(
                sender=envelope.mail_from,
                recipients=tuple(envelope.rcpt_tos),
                content=envelope.content.decode(),
                username=session.auth_data.login.decode() if session.auth_data else "",
            )
        )
        return self._answer

    async def _serve(self) -> asyncio.Server:
        return await self._loop.create_server(
            self._session, sock=self._listener, ssl=self._tls if self._wrapper else None
        )

    async def _stop(self) -> None:
        self._server.close()
        for session in self._sessions:
            if session.transport:
                session.transport.close()
        tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.sleep(0.01)  # The sockets are closed.

    def _session(self) -> SMTP:
        self.seen.connections += 1
        session = SMTP(
            self,
            hostname="email-smtp.amazonaws.com",
            loop=self._loop,
            tls_context=None if self._wrapper else self._tls,
            require_starttls=self._tls is not None and not self._wrapper,
            auth_required=self._tls is not None,
            auth_require_tls=not self._wrapper,
            authenticator=self._authenticate,
        )
        self._sessions.append(session)
        return session

    def _authenticate(self, *arguments: Any) -> AuthResult:  # noqa: ANN401 - aiosmtpd
        *_, mechanism, data = arguments
        assert isinstance(data, LoginPassword), mechanism
        found = (data.login.decode(), data.password.decode())
        self.seen.logins.append(found)
        return AuthResult(success=found == self._login, auth_data=data, handled=False)
