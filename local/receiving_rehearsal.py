"""Sends a message in as another mail server does, and follows it: stored, summarized, forwarded."""

import time
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any, Final

from local.errors import RehearsalError
from local.inbound_client import InboundServer
from local.mailbox import SentMessage, read_message, read_raw
from ops.inboxes import read_inboxes
from ops.received_mail import MailStoreGateway, ReceivedMail, find_mail
from stacks.config import MailEnvironment

WAIT_SECONDS: Final = 60.0
_INTERVAL_SECONDS: Final = 0.2
_REPORT: Final = "this is a fault of the embedded AWS: report it with the output of make demo."


@dataclass(frozen=True, kw_only=True)
class ReceivedMessage:
    """What became of a message that came in.

    Attributes:
        mail: The message as it is stored, with its summary.
        author: Who wrote it, as the summary says.
        forwarded: What was sent on.
        body_kept: Whether what is below the headers was sent on byte for byte.
    """

    mail: ReceivedMail
    author: str
    forwarded: SentMessage
    body_kept: bool


def receive(
    config: MailEnvironment,
    server: InboundServer,
    gateway: MailStoreGateway,
    *,
    sender: str,
    recipient: str,
    wait_seconds: float = WAIT_SECONDS,
) -> ReceivedMessage:
    """Deliver a message over SMTP and wait until it was forwarded.

    Args:
        config: The environment, deployed.
        server: Where SES receives mail.
        gateway: Access to what it stored.
        sender: Who writes.
        recipient: To whom: somebody whose mail is forwarded.
        wait_seconds: When to give up. Default: a minute.

    Raises:
        RehearsalError: SES refused it, or it was not forwarded in time.
        OpsError: The stored mail could not be read.
    """
    content = _message(sender, recipient).as_bytes(policy=SMTP)
    message_id = server.deliver(
        content, sender=sender, recipients=[recipient], region=config.receiving_regions[0]
    )
    mail, summary = _summarized(config, gateway, message_id, wait_seconds)
    sent_as = [batch["sent_as"] for batch in summary["forwarding"]["batches"]]
    if len(sent_as) != 1:
        raise RehearsalError(
            step=f"forward {message_id}",
            cause=f"its summary says {summary['forwarding']['outcome']} in {len(sent_as)} batches.",
            fix=_REPORT,
        )
    forwarded = read_raw(server.endpoint_url, sent_as[0])
    return ReceivedMessage(
        mail=mail,
        author=summary["headers"]["from"][0]["address"],
        forwarded=read_message(server.endpoint_url, sent_as[0]),
        body_kept=_below_headers(forwarded) == _below_headers(content),
    )


def _summarized(
    config: MailEnvironment, gateway: MailStoreGateway, message_id: str, wait_seconds: float
) -> tuple[ReceivedMail, dict[str, Any]]:
    inboxes = read_inboxes(config, gateway)
    deadline = time.monotonic() + wait_seconds
    while True:
        mail = find_mail(inboxes, gateway, message_id)
        if mail.summary is not None:
            return mail, mail.summary
        if time.monotonic() > deadline:
            raise RehearsalError(
                step=f"wait until {message_id} is dealt with",
                cause=f"it is stored, and has no summary after {wait_seconds:g} seconds.",
                fix="look at the log of the function and at its dead-letter queue (make local).",
            )
        time.sleep(_INTERVAL_SECONDS)


def _message(sender: str, recipient: str) -> EmailMessage:
    message = EmailMessage()
    message["From"] = f"Zoë Customer <{sender}>"
    message["To"] = recipient
    message["Subject"] = "Où est ma commande № 4711 ?"
    message["Message-ID"] = f"<4711@{sender.rpartition('@')[2]}>"
    message.set_content("It was due on Monday.\n\nZoë\n")
    message.add_attachment(b"No. 4711\n", maintype="text", subtype="plain", filename="order.txt")
    return message


def _below_headers(message: bytes) -> bytes:
    return message.partition(b"\r\n\r\n")[2]
