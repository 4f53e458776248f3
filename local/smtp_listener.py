"""A mail server of the embedded SES on a socket that is open already; it answers in a thread of its own."""

import socket
from pathlib import Path
from typing import Any, Final

from aiosmtpd.controller import Controller

from local.smtp_tls import server_tls

MAX_MESSAGE_BYTES: Final = 40 * 1024 * 1024
"""Size of a message, sent or received (SES quotas)."""


class SmtpListener(Controller):
    """The server.

    Args:
        handler: What aiosmtpd calls.
        listener: An open socket on loopback.
        certificate: Its certificate, with the key beside it (`local.smtp_tls`).
        server_hostname: What it calls itself.
        options: Of aiosmtpd's `Controller`.
    """

    def __init__(
        self,
        handler: object,
        *,
        listener: socket.socket,
        certificate: Path,
        server_hostname: str,
        **options: Any,  # noqa: ANN401 - passed on
    ) -> None:
        self._listener = listener
        host, port = listener.getsockname()[:2]
        super().__init__(
            handler,
            hostname=host,
            port=port,
            ident="ESMTP",
            server_hostname=server_hostname,
            data_size_limit=MAX_MESSAGE_BYTES,
            tls_context=server_tls(certificate),
            **options,
        )

    def _create_server(self) -> Any:  # noqa: ANN401 - the base class's own coroutine
        return self.loop.create_server(self._factory_invoker, sock=self._listener)
