"""SES's receiving side: a mail server on loopback that takes mail for the domains of the embedded SES.

Anybody may connect, with or without STARTTLS; there is no login. Lines may be longer than RFC 5321 says:
SES's own limit is not documented.
"""

import asyncio
import socket
from pathlib import Path
from typing import Any, Final

from aiosmtpd.smtp import SMTP, Envelope, Session

from local.receiving import ACCEPTED, Client, Receiving
from local.smtp_listener import SmtpListener
from local.smtp_tls import asked_for

OTHER_REGION: Final = (
    "451 4.5.3 Another Region receives this domain's mail: send it in a transaction of its own"
)


class InboundEndpoint(SmtpListener):
    """The server; it answers in a thread of its own.

    Args:
        listener: An open socket on loopback.
        certificate: Its certificate, with the key beside it (`local.smtp_tls`).
        receiving: What SES does with mail.
    """

    def __init__(self, *, listener: socket.socket, certificate: Path, receiving: Receiving) -> None:
        super().__init__(
            _Mail(receiving),
            listener=listener,
            certificate=certificate,
            server_hostname="inbound-smtp.amazonaws.com",
            enable_SMTPUTF8=False,
        )

    def factory(self) -> SMTP:
        """A connection."""
        return _Connection(self.handler, **self.SMTP_kwargs)


class _Connection(SMTP):
    line_length_limit = 64 * 1024


class _Mail:
    """What aiosmtpd calls. All in threads: SES asks other services, which answer over HTTP."""

    def __init__(self, receiving: Receiving) -> None:
        self._receiving = receiving

    async def handle_EHLO(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        """Offer everything but a login."""
        del server, envelope
        session.host_name = hostname
        return [line for line in responses if not line.startswith("250-AUTH")]

    async def handle_RCPT(  # noqa: N802 - as above
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Accept a recipient or say why not."""
        del server
        client, before = _client(session), list(envelope.rcpt_tos)

        def decide() -> str:
            region = self._receiving.region_of(client, address)
            if before and self._receiving.region_of(client, before[0]) != region:
                return OTHER_REGION
            return self._receiving.reply(client, address, region=region)

        reply = await asyncio.to_thread(decide)
        if reply == ACCEPTED:
            envelope.rcpt_tos.append(address)
            envelope.rcpt_options.extend(options)
        return reply

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - as above
        """Take a message."""
        del server
        client, recipients = _client(session), list(envelope.rcpt_tos)
        source, content = (envelope.mail_from or "").strip("<>"), envelope.original_content or b""

        def take() -> str:
            region = self._receiving.region_of(client, recipients[0])
            return self._receiving.take(client, source, recipients, content, region=region)

        return await asyncio.to_thread(take)


def _client(session: Session) -> Client:
    peer: Any = session.peer
    return Client(
        ip=peer[0], helo=session.host_name or "", tls=session.ssl is not None, asked_for=asked_for(session)
    )
