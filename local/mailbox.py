"""Sends a message through the embedded SES, and reads back what it sent."""

import json
import urllib.request
from dataclasses import dataclass

import boto3

from local.embedded import ACCOUNT
from local.errors import RehearsalError


@dataclass(frozen=True, kw_only=True)
class SentMessage:
    """A message as SES took it.

    Attributes:
        message_id: The id that SES gave it.
        sender: From address.
        recipients: To addresses.
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
    with urllib.request.urlopen(f"{endpoint_url}/_ministack/ses/messages", timeout=10) as answer:  # noqa: S310 - loopback
        by_account = json.load(answer)["messages"]
    messages = by_account.get(ACCOUNT, [])
    for message in messages:
        if message["MessageId"] == message_id:
            return SentMessage(
                message_id=message_id,
                sender=message["Source"],
                recipients=tuple(message["To"]),
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
