"""Submits a message to the embedded SES over SMTP, with the credentials that an application reads."""

import json
import smtplib
import socket
import ssl
import time
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Any, Final

import boto3

from local.errors import RehearsalError, SmtpRefusedError

ROTATION_SECONDS = 60.0
"""How long to wait for the first rotation, which starts with the deployment."""

_TIMEOUT_SECONDS: Final = 20.0
_PAUSE_SECONDS: Final = 0.2


@dataclass(frozen=True, kw_only=True)
class SmtpServer:
    """Where SES's SMTP interface really is.

    Attributes:
        address: Host and port; a client asks there for the host that its secret names.
        certificate: The only certificate to trust.
    """

    address: tuple[str, int]
    certificate: Path

    def submit(self, message: EmailMessage, *, secret_name: str, region: str) -> str:
        """Log in with the credentials in a secret and submit.

        Credentials and endpoint of AWS come from the environment of this process.

        Returns:
            The message id that SES gave it.

        Raises:
            RehearsalError: There is no such secret, or SES did not take the credentials.
            SmtpRefusedError: SES did not take the message.
        """
        secret = _credentials(secret_name, region)
        try:
            with LoopbackSmtp(secret["host"], secret["port"], self.address) as smtp:
                smtp.starttls(context=ssl.create_default_context(cafile=str(self.certificate)))
                smtp.login(secret["username"], secret["password"])
                smtp.mail(str(message["From"]))
                smtp.rcpt(str(message["To"]))
                code, reply = smtp.data(message.as_bytes())
        except (OSError, smtplib.SMTPException) as error:
            raise _refused(secret_name, type(error).__name__) from None
        word, _, message_id = reply.decode().partition(" ")
        if code != 250 or word != "Ok":  # noqa: PLR2004 - SMTP's reply code
            raise SmtpRefusedError(f"{code} {reply.decode()}")
        return message_id


def _credentials(secret_name: str, region: str) -> dict[str, Any]:
    """Read a secret as soon as the first rotation has filled it."""
    client = boto3.client("secretsmanager", region_name=region)
    deadline = time.monotonic() + ROTATION_SECONDS
    while True:
        try:
            value = client.get_secret_value(SecretId=secret_name)["SecretString"]
        except client.exceptions.ResourceNotFoundException as error:
            raise RehearsalError(
                step="submit a message over SMTP",
                cause=f"there is no secret {secret_name}.",
                fix="name a sender of the environment with smtp=True, after its deploy.",
            ) from error
        secret: dict[str, Any] = json.loads(value)
        if secret["username"]:
            return secret
        if time.monotonic() > deadline:
            raise _refused(secret_name, f"no rotation has filled it within {ROTATION_SECONDS:.0f} seconds")
        time.sleep(_PAUSE_SECONDS)


class LoopbackSmtp(smtplib.SMTP):
    """Connects elsewhere than to the host that it talks to.

    Args:
        host: The host that it asks for.
        port: The port that it would be at.
        address: Where it really is.
    """

    def __init__(self, host: str, port: int, address: tuple[str, int]) -> None:
        self._address = address
        super().__init__(host, port, timeout=_TIMEOUT_SECONDS)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        del host, port
        return socket.create_connection(self._address, timeout)


def _refused(secret_name: str, how: str) -> RehearsalError:
    return RehearsalError(
        step="submit a message over SMTP",
        cause=f"with the credentials in {secret_name}: {how}.",
        fix="this is a fault of the embedded AWS: report it with the output of make demo.",
    )
