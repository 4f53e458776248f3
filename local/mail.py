"""Mail by hand, while ``make local`` runs: ``python -m local.mail --help``.

Where the embedded AWS is comes from the variables that ``make local`` prints.
"""

import argparse
import json
import os
import sys
from collections.abc import Sequence
from email.message import EmailMessage
from pathlib import Path
from typing import Final

import boto3
from botocore.exceptions import ClientError

from local.errors import RehearsalError, SmtpRefusedError
from local.inbound_client import InboundServer
from local.mailbox import send_message
from local.smtp_client import SmtpServer
from stacks.environments.local import LOCAL

_VARIABLES: Final = ("AWS_ENDPOINT_URL", "REHEARSAL_SMTP", "REHEARSAL_INBOUND", "REHEARSAL_CERTIFICATE")
_TEXT: Final = "Written by hand, in the rehearsal."


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line says; return the exit status: 1 when the mail was refused."""
    parser = argparse.ArgumentParser(prog="python -m local.mail", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    for name, text in (
        ("send", "send by the API of SES, with the configuration set of the environment"),
        ("submit", "send over SMTP, with the credentials in the secret of a sender"),
        ("deliver", "write to a domain that receives mail, as another mail server does"),
    ):
        command = commands.add_parser(name, help=text)
        command.add_argument("sender", metavar="FROM")
        command.add_argument("recipient", metavar="TO")
        command.add_argument("--subject", default="A rehearsal")
        if name == "submit":
            command.add_argument("--sender", required=True, dest="user", help="whose credentials: newsletter")
    events = commands.add_parser("events", help="take what is in a queue of feedback, and show it")
    events.add_argument("queue", help="its name, such as transactional-bounce")
    options = parser.parse_args(arguments)
    missing = [name for name in _VARIABLES if name not in os.environ]
    if missing:
        parser.exit(2, f"{missing[0]} is not set: export what `make local` prints.\n")
    try:
        return _events(options.queue) if options.command == "events" else _mail(options)
    except ClientError as error:
        answer = error.response["Error"]
        sys.stderr.write(f"refused: {answer['Code']}: {answer['Message']}\n")
    except SmtpRefusedError as error:
        sys.stderr.write(f"refused: {error.reply}\n")
    except RehearsalError as error:
        sys.stderr.write(f"{error}\n")
    return 1


def _mail(options: argparse.Namespace) -> int:
    region = LOCAL.regions[0]
    certificate = Path(os.environ["REHEARSAL_CERTIFICATE"])
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = options.sender, options.recipient, options.subject
    message.set_content(_TEXT)
    if options.command == "send":
        message_id = send_message(
            region=region,
            sender=options.sender,
            recipient=options.recipient,
            subject=options.subject,
            text=_TEXT,
            configuration_set=LOCAL.configuration_set_name,
        )
    elif options.command == "submit":
        smtp = SmtpServer(address=_address("REHEARSAL_SMTP"), certificate=certificate)
        secret = f"{LOCAL.name}/smtp/{region}/{options.user}"
        message_id = smtp.submit(message, secret_name=secret, region=region)
    else:
        inbound = InboundServer(
            address=_address("REHEARSAL_INBOUND"),
            certificate=certificate,
            endpoint_url=os.environ["AWS_ENDPOINT_URL"],
        )
        message_id = inbound.deliver(
            message, sender=options.sender, recipients=[options.recipient], region=region
        )
    sys.stdout.write(f"SES took it as {message_id}\n")
    return 0


def _events(queue: str) -> int:
    client = boto3.client("sqs", region_name=LOCAL.regions[0])
    try:
        url = client.get_queue_url(QueueName=queue)["QueueUrl"]
    except client.exceptions.QueueDoesNotExist as error:
        raise RehearsalError(
            step="read events", cause=f"there is no queue {queue}.", fix="correct its name, or deploy first."
        ) from error
    messages = client.receive_message(QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=1)
    found = messages.get("Messages", [])
    if not found:
        sys.stdout.write(f"no event in {queue}\n")
    for message in found:
        sys.stdout.write(json.dumps(json.loads(message["Body"]), indent=2) + "\n")
        client.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    return 0


def _address(variable: str) -> tuple[str, int]:
    host, _, port = os.environ[variable].rpartition(":")
    return host, int(port)


if __name__ == "__main__":
    sys.exit(main())
