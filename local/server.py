"""``python -m local.server``: the emulator, extended, in a process of its own, on loopback only.

People start it through `local.embedded.EmbeddedAws`, which passes open sockets (``--socket-fd``), so that
two servers can never race for a port, and the end of a pipe as standard input (``--until-stdin-closes``), so
that the server ends when its parent does, however that happens.
"""

import argparse
import asyncio
import contextlib
import os
import shutil
import signal
import socket
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final

from local.errors import RehearsalError
from local.verification import DEFAULT_LINK_WINDOW, DEFAULT_WINDOW

HOST: Final = "127.0.0.1"
STOP: Final = b"stop"
"""What a parent writes before it closes the pipe in an orderly way: it removes the state folder itself."""

SMTP_CERTIFICATE: Final = "smtp-certificate.pem"
"""File in the state folder: what clients of the SMTP servers trust."""

_GRACE_SECONDS: Final = 3.0
"""How long the end may take before the whole process group is killed."""

PROJECT: Final = Path(__file__).resolve().parents[1]
STATE: Final = PROJECT / ".local"
"""Where everything that the embedded AWS writes goes; git ignores it."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until stopped; return the exit status."""
    options = _options(arguments)
    try:
        listener = _listener(options.socket_fd, options.port)
        smtp_listener = _listener(options.smtp_socket_fd, options.smtp_port)
        inbound_listener = _listener(options.inbound_socket_fd, options.inbound_port)
        port = listener.getsockname()[1]
        _configure(options.state_dir, port)
        # Only now: the emulator reads its environment when it is imported.
        from local.extensions import install  # noqa: PLC0415

        install(
            verification_window=timedelta(seconds=options.verification_window_seconds),
            link_window=timedelta(seconds=options.link_window_seconds),
            endpoint_url=f"http://{HOST}:{port}",
            smtp_listener=smtp_listener,
            inbound_listener=inbound_listener,
            smtp_certificate=options.state_dir / SMTP_CERTIFICATE,
        )
    except RehearsalError as error:
        print(error)  # noqa: T201 - a command prints
        return 1
    orphan = threading.Event()
    watch = _Watch(state_dir=options.state_dir, orphan=orphan) if options.until_stdin_closes else None
    try:
        asyncio.run(_serve(listener, watch))
    finally:
        if orphan.is_set():
            shutil.rmtree(options.state_dir, ignore_errors=True)
        _stop_children()
    return 0


@dataclass(frozen=True, kw_only=True)
class _Watch:
    """Ends the server when its standard input does.

    Attributes:
        state_dir: Folder of the server.
        orphan: Set when the input ended without `STOP`: the parent died and could not tidy up itself.
    """

    state_dir: Path
    orphan: threading.Event

    def run(self, loop: asyncio.AbstractEventLoop, stop: asyncio.Event) -> None:
        """Wait for the end; runs in a thread of its own."""
        if not sys.stdin.buffer.read().endswith(STOP):
            self.orphan.set()
        loop.call_soon_threadsafe(stop.set)
        time.sleep(_GRACE_SECONDS)
        # Still here: the orderly end hangs, and there may be nobody left to insist.
        if self.orphan.is_set():
            shutil.rmtree(self.state_dir, ignore_errors=True)
        os.killpg(os.getpgrp(), signal.SIGKILL)


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m local.server", description="The embedded AWS.")
    parser.add_argument("--port", type=int, default=4566, help="port on 127.0.0.1; 0 takes a free one")
    parser.add_argument("--socket-fd", type=int, help="an open listening socket to use instead of --port")
    parser.add_argument("--smtp-port", type=int, default=0, help="port of SES's SMTP interface")
    parser.add_argument("--smtp-socket-fd", type=int, help="as --socket-fd, instead of --smtp-port")
    parser.add_argument("--inbound-port", type=int, default=0, help="port where SES receives mail")
    parser.add_argument("--inbound-socket-fd", type=int, help="as --socket-fd, instead of --inbound-port")
    parser.add_argument(
        "--state-dir", type=Path, default=STATE / "server", help="where everything is written"
    )
    parser.add_argument(
        "--verification-window-seconds",
        type=float,
        default=DEFAULT_WINDOW.total_seconds(),
        help="how long SES looks for DNS records (default: 72 hours)",
    )
    parser.add_argument(
        "--link-window-seconds",
        type=float,
        default=DEFAULT_LINK_WINDOW.total_seconds(),
        help="how long the link in a verification mail works (default: 24 hours)",
    )
    parser.add_argument("--until-stdin-closes", action="store_true", help="end when standard input does")
    return parser.parse_args(arguments)


def _listener(socket_fd: int | None, port: int) -> socket.socket:
    if socket_fd is not None:
        return socket.socket(fileno=socket_fd)
    try:
        return socket.create_server((HOST, port))
    except OSError as error:
        raise RehearsalError(
            step=f"listen on port {port}",
            cause=f"{os.strerror(error.errno or 0)}.",
            fix="stop what uses it, or pass --port 0 for a free one.",
        ) from error


def _configure(state_dir: Path, port: int) -> None:
    temporary, objects = state_dir / "tmp", state_dir / "s3"
    for folder in (temporary, objects):
        folder.mkdir(parents=True, exist_ok=True)
    os.environ |= {
        "GATEWAY_PORT": str(port),
        # What it puts into URLs, queue URLs among them: where clients reach it, too.
        "MINISTACK_HOST": HOST,
        "BIND_HOST": HOST,
        "IOT_MTLS_ENABLED": "0",
        "TMPDIR": str(temporary),
        "S3_DATA_DIR": str(objects),
        "STATE_DIR": str(state_dir),
        # Its INFO lines name the subject and recipients of each message.
        "LOG_LEVEL": os.environ.get("LOG_LEVEL", "WARNING"),
    }


async def _serve(listener: socket.socket, watch: "_Watch | None") -> None:
    from hypercorn.asyncio import serve  # noqa: PLC0415 - after _configure, as above
    from hypercorn.config import Config  # noqa: PLC0415

    from local import contract  # noqa: PLC0415

    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for signal_number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(signal_number, stop.set)
    if watch is not None:
        threading.Thread(target=watch.run, args=(loop, stop), daemon=True).start()

    async def stopped() -> None:
        await stop.wait()

    config = Config()
    config.bind = [f"fd://{listener.detach()}"]
    config.loglevel = os.environ["LOG_LEVEL"]
    config.graceful_timeout = 0.2
    config.keep_alive_timeout = 75
    await serve(contract.ASGI_APP.take(), config, shutdown_trigger=stopped)


def _stop_children() -> None:
    """End Lambda functions that still run, where this process leads its group (started by EmbeddedAws)."""
    if os.getpgrp() == os.getpid():
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(os.getpgrp(), signal.SIGTERM)


if __name__ == "__main__":
    sys.exit(main())
