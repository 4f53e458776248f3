"""Start and stop the embedded AWS.

Example::

    with EmbeddedAws() as aws:
        subprocess.run(["aws", "sesv2", "list-email-identities"], env=aws.environment())
"""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from datetime import timedelta
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from local.errors import RehearsalError
from local.inbound_client import InboundServer
from local.server import HOST, PROJECT, SMTP_CERTIFICATE, STATE, STOP
from local.smtp_client import SmtpServer
from local.verification import DEFAULT_LINK_WINDOW, DEFAULT_WINDOW

ACCOUNT: Final = "000000000000"
"""The account that the embedded AWS answers for."""

REGION: Final = "us-east-1"
"""The Region of clients that do not choose one."""

READY_SECONDS: Final = 30.0
"""How long a start may take before it counts as failed. It takes about one second."""

FAILED_LOG: Final = STATE / "failed-start.log"
"""The log of the last start that failed."""

_STOP_SECONDS: Final = 5.0
_LOG_TAIL_LINES: Final = 15


class EmbeddedAws:
    """The embedded AWS while it runs; a context manager.

    Every start begins empty, in a folder of its own below ``.local/``, removed at the end. The server ends
    with this process, whatever ends it: it reads a pipe that only this process holds open.

    Args:
        verification_window: How long SES looks for DNS records before it gives up. Default: 72 hours, as SES.
        link_window: How long the link in a verification mail works. Default: 24 hours, as SES.

    Raises:
        RehearsalError: it did not start; the message has the end of its log, and `FAILED_LOG` all of it.
    """

    def __init__(
        self,
        *,
        verification_window: timedelta = DEFAULT_WINDOW,
        link_window: timedelta = DEFAULT_LINK_WINDOW,
    ) -> None:
        self._window = verification_window
        self._link_window = link_window
        self._base_environment = dict(os.environ)
        self._process: subprocess.Popen[bytes] | None = None
        self._port = 0
        self._smtp_port = 0
        self._inbound_port = 0
        self.state_dir = STATE
        """Folder of this start; what belongs to it alone can be put there."""

    @property
    def endpoint_url(self) -> str:
        """Where every service answers."""
        return f"http://{HOST}:{self._port}"

    @property
    def smtp_server(self) -> SmtpServer:
        """SES's SMTP interface, of every Region."""
        return SmtpServer(address=(HOST, self._smtp_port), certificate=self.state_dir / SMTP_CERTIFICATE)

    @property
    def inbound_server(self) -> InboundServer:
        """Where SES receives mail, of every Region."""
        return InboundServer(
            address=(HOST, self._inbound_port),
            certificate=self.state_dir / SMTP_CERTIFICATE,
            endpoint_url=self.endpoint_url,
        )

    def client_variables(self) -> dict[str, str]:
        """What a client needs on top of an environment without AWS variables."""
        nowhere = str(self.state_dir / "no-aws-profile")
        return {
            "AWS_ENDPOINT_URL": self.endpoint_url,
            "AWS_ACCESS_KEY_ID": "rehearsal",
            "AWS_SECRET_ACCESS_KEY": "rehearsal",
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            # Nobody's own profile or instance role may ever be used here.
            "AWS_CONFIG_FILE": nowhere,
            "AWS_SHARED_CREDENTIALS_FILE": nowhere,
            "AWS_EC2_METADATA_DISABLED": "true",
            # The CDK CLI keeps which account a key belongs to.
            "CDK_HOME": str(self.state_dir / "cdk"),
            "CDK_DISABLE_CLI_TELEMETRY": "1",
            "CDK_DISABLE_VERSION_CHECK": "1",
            "NO_PROXY": HOST,
            "no_proxy": HOST,
        }

    def mail_variables(self) -> dict[str, str]:
        """Where mail goes, which no AWS client needs: the addresses of SES's two kinds of SMTP servers."""
        (smtp_host, smtp_port), (inbound_host, inbound_port) = (
            self.smtp_server.address,
            self.inbound_server.address,
        )
        return {
            "REHEARSAL_SMTP": f"{smtp_host}:{smtp_port}",
            "REHEARSAL_INBOUND": f"{inbound_host}:{inbound_port}",
            "REHEARSAL_CERTIFICATE": str(self.smtp_server.certificate),
        }

    def environment(self) -> dict[str, str]:
        """The whole environment of a client, boto3 or the CDK CLI.

        That of this process when the object was made, without any AWS or CDK variable of the user, with
        `client_variables`.
        """
        kept = {
            name: value
            for name, value in self._base_environment.items()
            if not name.startswith(("AWS_", "CDK_"))
        }
        return {**kept, **self.client_variables()}

    def start(self) -> None:
        """Start and wait until it answers.

        Raises:
            RehearsalError: it did not.
        """
        STATE.mkdir(exist_ok=True)
        self.state_dir = Path(tempfile.mkdtemp(prefix="aws-", dir=STATE))
        # Bound here and handed over open: no other process can take the port in between.
        with (
            socket.create_server((HOST, 0)) as listener,
            socket.create_server((HOST, 0)) as smtp_listener,
            socket.create_server((HOST, 0)) as inbound_listener,
            self._log.open("wb") as log,
        ):
            self._port = listener.getsockname()[1]
            self._smtp_port = smtp_listener.getsockname()[1]
            self._inbound_port = inbound_listener.getsockname()[1]
            sockets = (listener.fileno(), smtp_listener.fileno(), inbound_listener.fileno())
            self._process = subprocess.Popen(
                self._command(*sockets),
                cwd=PROJECT,
                env=self.environment(),
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
                pass_fds=sockets,
                start_new_session=True,
            )
        try:
            self._wait_until_ready(self._process)
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """End the server and everything that it started, and remove its folder; again does nothing."""
        if self._process is None:
            return
        self._end_process()
        shutil.rmtree(self.state_dir, ignore_errors=True)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def _log(self) -> Path:
        return self.state_dir / "server.log"

    def _command(self, socket_fd: int, smtp_socket_fd: int, inbound_socket_fd: int) -> list[str]:
        return [
            *(sys.executable, "-m", "local.server", "--socket-fd", str(socket_fd)),
            *("--smtp-socket-fd", str(smtp_socket_fd), "--inbound-socket-fd", str(inbound_socket_fd)),
            *("--state-dir", str(self.state_dir), "--until-stdin-closes"),
            *("--verification-window-seconds", str(self._window.total_seconds())),
            *("--link-window-seconds", str(self._link_window.total_seconds())),
        ]

    def _wait_until_ready(self, process: subprocess.Popen[bytes]) -> None:
        # Straight to loopback, whatever proxy the environment names.
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        deadline = time.monotonic() + READY_SECONDS
        while time.monotonic() < deadline:
            if process.poll() is not None:
                raise self._not_started(f"its process ended with status {process.returncode}")
            with contextlib.suppress(urllib.error.URLError, ConnectionError, TimeoutError):
                opener.open(f"{self.endpoint_url}/_ministack/health", timeout=1).close()
                return
            time.sleep(0.02)
        raise self._not_started(f"no answer within {READY_SECONDS:.0f} seconds")

    def _not_started(self, how: str) -> RehearsalError:
        tail = self._log.read_text(errors="replace").splitlines()[-_LOG_TAIL_LINES:]
        shutil.copyfile(self._log, FAILED_LOG)
        return RehearsalError(
            step="start the embedded AWS",
            cause="\n  ".join([f"{how}. The end of its log:", *(tail or ["(empty)"])]) + "\n",
            fix=f"run make setup again if a package is missing; the whole log is {FAILED_LOG}.",
        )

    def _end_process(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        if process.stdin is not None:
            with contextlib.suppress(BrokenPipeError):
                process.stdin.write(STOP)
                process.stdin.close()
        try:
            process.wait(timeout=_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGTERM)
        # Lambda functions run in the server's group: end what is left of it, whatever state it is in.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
