"""``make demo``: the local environment, deployed to an embedded AWS, verified, and used for mail out and in.

Exit status: 0 when everything worked, 1 when a step failed (which, why, what to do is printed), 130 after
Ctrl-C, 143 after SIGTERM. Whatever happens, everything that was started is stopped.
"""

import os
import signal
import sys
from email.message import EmailMessage
from typing import Final

from rich.console import Console
from rich.text import Text

from local.abuse_rehearsal import rehearse_abuse
from local.address_rehearsal import verify_addresses
from local.deploy import bootstrap, deploy
from local.embedded import EmbeddedAws
from local.errors import RehearsalError
from local.feedback import BOUNCED, COMPLAINED, TAKEN, TAKEN_OVER_SMTP, read_events
from local.mailbox import read_message, send_message
from local.pause_rehearsal import pause_and_resume
from local.receiving_rehearsal import receive
from local.report import print_report
from local.steps import Steps
from ops.address_gateway import SesAddressGateway
from ops.aws_clients import AwsClients
from ops.errors import OpsError
from ops.identity_status import IdentityStatus
from ops.mail_gateway import AwsMailStore
from ops.records import read_records
from ops.reputation_gateway import AwsReputation
from ops.ses_gateway import SesGateway
from ops.status import wait_until_verified
from stacks.environments import ENVIRONMENTS
from stacks.environments.local import LOCAL

VERIFY_SECONDS: Final = 60.0
CUSTOMER: Final = "zoe@customer.example"
FORWARDED_RECIPIENT: Final = "support@rehearsal.example"
SMTP_SENDER: Final = next(sender for sender in LOCAL.senders if sender.smtp)

_TEXT: Final = "Sent through Amazon SES, as code, without an AWS account."


def rehearse(console: Console) -> None:
    """Run the rehearsal and print its report.

    Raises:
        RehearsalError: A step failed.
        OpsError: The deployed identities could not be read, or were not verified in time.
    """
    steps = Steps(console=console)
    with EmbeddedAws() as aws:
        # From here on every client in this process talks to the embedded AWS and to nothing else.
        os.environ.clear()
        os.environ.update(aws.environment())
        with steps.step("Bootstrap the account (cdk bootstrap)") as detail:
            bootstrap(aws, on_line=detail)
        with steps.step("Deploy the local environment (cdk deploy)") as detail:
            deploy(aws, on_line=detail)
        clients = AwsClients(region=LOCAL.regions[0])
        gateway = SesGateway(clients)
        with steps.step("Wait until SES has verified the domains") as detail:
            statuses = wait_until_verified(
                LOCAL,
                gateway,
                timeout_seconds=VERIFY_SECONDS,
                interval_seconds=0.5,
                on_poll=lambda found, _: detail(", ".join(f"{s.domain}: {s.identity}" for s in found)),
            )
        with steps.step("Verify addresses by the links in their mail"):
            addresses = verify_addresses(LOCAL, SesAddressGateway(clients), endpoint_url=aws.endpoint_url)
        with steps.step("Send mail that arrives, bounces, annoys"):
            sent = _send(statuses)
        with steps.step("Send over SMTP with rotated credentials"):
            secret_name = LOCAL.smtp_secret_name(SMTP_SENDER, LOCAL.regions[0])
            sent[TAKEN_OVER_SMTP] = _submit(aws, secret_name)
        with steps.step("Receive mail: store, summarize, forward"):
            received = receive(
                LOCAL,
                aws.inbound_server,
                AwsMailStore(clients),
                sender=CUSTOMER,
                recipient=FORWARDED_RECIPIENT,
            )
        with steps.step("Do what an intruder does, read the alert"):
            alerted = rehearse_abuse(LOCAL)
        with steps.step("Read from the queues what became of it"):
            messages = {
                "Message": read_message(aws.endpoint_url, sent[TAKEN]),
                f"Message over SMTP, credentials from the secret {secret_name}": read_message(
                    aws.endpoint_url, sent[TAKEN_OVER_SMTP]
                ),
            }
            events = read_events(
                region=LOCAL.regions[0],
                configuration_set=LOCAL.configuration_set_name,
                sent=sent,
                kinds=[topic.kind for topic in LOCAL.feedback.topics if topic.queue is not None],
            )
        with steps.step("Pause at a critical alarm, then resume") as detail:
            verified = next(status for status in statuses if status.verified)
            detail(pause_and_resume(LOCAL, AwsReputation(clients), sender=f"hello@{verified.domain}"))
        print_report(
            console,
            statuses=statuses,
            addresses=addresses,
            records=read_records(LOCAL, gateway),
            messages=messages,
            received=received,
            events=events,
            alerted=alerted,
            times=steps.times,
        )


def _send(statuses: tuple[IdentityStatus, ...]) -> dict[str, str]:
    """Send to simulator addresses; return the message ids by recipient."""
    verified = next(status for status in statuses if status.verified)
    return {
        recipient: send_message(
            region=verified.region,
            sender=f"hello@{verified.domain}",
            recipient=recipient,
            subject="It works",
            text=_TEXT,
            configuration_set=LOCAL.configuration_set_name,
        )
        for recipient in (TAKEN, BOUNCED, COMPLAINED)
    }


def _submit(aws: EmbeddedAws, secret_name: str) -> str:
    message = EmailMessage()
    message["From"] = SMTP_SENDER.conditions.from_addresses[0]
    message["To"] = TAKEN_OVER_SMTP
    message["Subject"] = "It works over SMTP"
    message["X-SES-CONFIGURATION-SET"] = LOCAL.configuration_set_name
    message.set_content(_TEXT)
    return aws.smtp_server.submit(message, secret_name=secret_name, region=LOCAL.regions[0])


def main() -> int:
    """Run the rehearsal; return the exit status."""
    console = Console()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    console.print("Rehearsing on an embedded AWS: no account is used, nothing leaves this machine.\n")
    try:
        rehearse(console)
    except (RehearsalError, OpsError) as error:
        console.print(Text(f"\n{error}", style="red"), soft_wrap=True)
        return 1
    except KeyboardInterrupt:
        console.print("\nStopped; nothing is left running.")
        return 128 + signal.SIGINT
    others = "' or '".join(f"{name}/*" for name in ENVIRONMENTS if name != LOCAL.name)
    console.print(
        "\n[green]The rehearsal worked.[/] make local keeps it running; "
        f"with an account: edit stacks/environments, then cdk deploy '{others}'.",
        highlight=False,
        soft_wrap=True,
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
