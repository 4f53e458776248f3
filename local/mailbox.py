"""Sends a message through the embedded SES, reads back what it sent, follows links in verification mail."""

import http.client
import json
import re
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

import boto3

from local.embedded import ACCOUNT
from local.errors import RehearsalError
from local.inbound_names import RAW_PATH
from local.verification_links import PATH


@dataclass(frozen=True, kw_only=True)
class SentMessage:
    """A message as SES took it.

    Attributes:
        message_id: The id that SES gave it.
        sender: From address.
        recipients: To addresses; of a raw message everybody that it went to.
        subject: Subject.
        text: Plain text body.
        configuration_set: The configuration set that SES applied, empty when none.
        mail_from_domain: The envelope domain that bounces go to.
    """

    message_id: str
    sender: str
    recipients: tuple[str, ...]
    subject: str
    text: str
    configuration_set: str
    mail_from_domain: str


def send_message(
    *, region: str, sender: str, recipient: str, subject: str, text: str, configuration_set: str
) -> str:
    """Send one message through the SES API v2 and return its id.

    Credentials and endpoint come from the environment of this process.
    """
    client = boto3.client("sesv2", region_name=region)
    answer = client.send_email(
        FromEmailAddress=sender,
        Destination={"ToAddresses": [recipient]},
        Content={"Simple": {"Subject": {"Data": subject}, "Body": {"Text": {"Data": text}}}},
        ConfigurationSetName=configuration_set,
    )
    return answer["MessageId"]


def read_message(endpoint_url: str, message_id: str) -> SentMessage:
    """Read a sent message back from the embedded SES.

    Raises:
        RehearsalError: It is not there.
    """
    messages = sent_messages(endpoint_url)
    for message in messages:
        if message["MessageId"] == message_id:
            return SentMessage(
                message_id=message_id,
                sender=message["Source"],
                recipients=tuple(message.get("Destinations") or message["To"]),
                subject=message["Subject"],
                text=message["BodyText"],
                configuration_set=message.get("ConfigurationSetName", ""),
                mail_from_domain=message.get("MailFromDomain", ""),
            )
    raise RehearsalError(
        step="read the message back",
        cause=f"SES took it as {message_id}, but it is not among the {len(messages)} sent messages.",
        fix="this is a fault of the embedded AWS: report it with the output of make demo.",
    )


def read_raw(endpoint_url: str, message_id: str) -> bytes:
    """Read back a raw message that SES took, byte for byte.

    Raises:
        RehearsalError: SES took none of that id.
    """
    url = f"{endpoint_url}{RAW_PATH}?{urlencode({'id': message_id})}"
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:  # noqa: S310 - loopback
            content: bytes = answer.read()
    except urllib.error.HTTPError as error:
        raise RehearsalError(
            step="read the raw message back",
            cause=f"SES has not taken {message_id} as a raw message.",
            fix="look at the list of sent mail: only raw sends have bytes of their own.",
        ) from error
    return content


@dataclass(frozen=True, kw_only=True)
class Landing:
    """Where a link led.

    Attributes:
        status: HTTP status.
        location: The URL that the browser is sent to; None when the answer is a page.
    """

    status: int
    location: str | None


def find_link(endpoint_url: str, address: str, *, region: str) -> str:
    """The link in the newest verification mail to an address.

    Raises:
        RehearsalError: None has arrived.
    """
    link = re.compile(re.escape(endpoint_url + PATH) + r"\?token=[\w-]+")
    for message in reversed(sent_messages(endpoint_url)):
        found = link.search(f"{message['BodyText']} {message['BodyHtml']}")
        if found and message["To"] == [address] and message.get("Region") == region:
            return found[0]
    raise RehearsalError(
        step=f"find the verification mail to {address}",
        cause=f"none has arrived from {region}.",
        fix="create the identity or send the custom verification e-mail first.",
    )


def follow_link(link: str) -> Landing:
    """Open a link as a browser does, but stay where it leads: the URL behind it is somebody's website."""
    parts = urlsplit(link)
    connection = http.client.HTTPConnection(parts.netloc, timeout=10)
    try:
        connection.request("GET", f"{parts.path}?{parts.query}")
        answer = connection.getresponse()
        return Landing(status=answer.status, location=answer.headers["Location"])
    finally:
        connection.close()


def sent_messages(endpoint_url: str) -> list[dict[str, Any]]:
    """Everything that SES sent, in order, as the list of sent mail shows it."""
    with urllib.request.urlopen(f"{endpoint_url}/_ministack/ses/messages", timeout=10) as answer:  # noqa: S310 - loopback
        messages: list[dict[str, Any]] = json.load(answer)["messages"].get(ACCOUNT, [])
    return messages
