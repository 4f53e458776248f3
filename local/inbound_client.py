"""Sends mail to the embedded SES as a mail server of the internet does, and reads what became of it."""

import json
import smtplib
import ssl
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Any, Final

from local.errors import RehearsalError
from local.inbound_names import RECEIVED_PATH, inbound_host
from local.smtp_client import LoopbackSmtp

_PORT: Final = 25


@dataclass(frozen=True, kw_only=True)
class ActionTaken:
    """What one action did with a message.

    Attributes:
        rule: Name of the rule.
        type: Type of the action, as in the API: ``S3Action``.
        problem: What went wrong; empty when nothing did.
    """

    rule: str
    type: str
    problem: str


@dataclass(frozen=True, kw_only=True)
class InboundServer:
    """Where SES receives mail.

    Attributes:
        address: Host and port.
        certificate: The only certificate to trust.
        endpoint_url: Where the embedded AWS answers.
    """

    address: tuple[str, int]
    certificate: Path
    endpoint_url: str

    @property
    def received_url(self) -> str:
        """The list of received mail, as JSON."""
        return f"{self.endpoint_url}{RECEIVED_PATH}"

    def deliver(
        self,
        message: EmailMessage | bytes,
        *,
        sender: str,
        recipients: Sequence[str],
        region: str,
        tls: bool = True,
    ) -> str:
        """Deliver a message over SMTP; when this returns, the actions have been taken.

        Args:
            message: The message; bytes go as they are.
            sender: MAIL FROM; empty for a bounce.
            recipients: RCPT TO.
            region: The Region whose MX host is asked.
            tls: Whether to start TLS.

        Returns:
            The message id that SES gave it.

        Raises:
            RehearsalError: SES refused a recipient or the message.
        """
        content = message if isinstance(message, bytes) else message.as_bytes(policy=SMTP)
        try:
            with LoopbackSmtp(inbound_host(region), _PORT, self.address) as smtp:
                if tls:
                    smtp.starttls(context=ssl.create_default_context(cafile=str(self.certificate)))
                smtp.ehlo()
                replies = [smtp.mail(sender), *map(smtp.rcpt, recipients)]
                replies += [smtp.data(content)] if all(_good(code) for code, _ in replies) else []
        except smtplib.SMTPDataError as error:
            replies = [(error.smtp_code, _bytes(error.smtp_error))]
        except (OSError, smtplib.SMTPException) as error:
            raise _refused(type(error).__name__) from error
        for code, reply in replies:
            if not _good(code):
                raise _refused(f"{code} {reply.decode()}")
        return replies[-1][1].decode().split()[-1]

    def actions(self, message_id: str) -> list[ActionTaken]:
        """What SES did with a message, in order.

        Raises:
            RehearsalError: SES has not received it.
        """
        with urllib.request.urlopen(self.received_url, timeout=10) as answer:  # noqa: S310 - loopback
            messages: list[dict[str, Any]] = json.load(answer)["messages"]
        for message in messages:
            if message["MessageId"] == message_id:
                return [
                    ActionTaken(rule=done["Rule"], type=done["Type"], problem=done["Problem"])
                    for done in message["Actions"]
                ]
        raise _refused(f"{message_id} is not among the {len(messages)} received messages")


def _good(code: int) -> bool:
    return code // 100 == 2  # noqa: PLR2004 - SMTP: the command worked


def _bytes(reply: bytes | str) -> bytes:
    return reply if isinstance(reply, bytes) else reply.encode()


def _refused(how: str) -> RehearsalError:
    return RehearsalError(
        step="deliver a message to the embedded SES",
        cause=f"{how}.",
        fix="look at the active rule set, the IP address filters and the identity of the recipient's domain.",
    )
