"""``make local``: the embedded AWS with the local environment deployed, until Ctrl-C."""

import shlex
import signal
import sys
import threading

from rich.console import Console

from local.deploy import bootstrap, deploy
from local.embedded import EmbeddedAws
from local.errors import RehearsalError
from local.steps import Steps
from stacks.environments.local import LOCAL


def serve(console: Console) -> None:
    """Start, deploy, say how to use it, wait.

    Raises:
        RehearsalError: it did not start or could not be deployed to.
    """
    steps = Steps(console=console)
    with EmbeddedAws() as aws:
        for region in LOCAL.regions:
            with steps.step(f"Bootstrap {region} (cdk bootstrap)") as detail:
                bootstrap(aws, region=region, on_line=detail)
        with steps.step("Deploy the local environment (cdk deploy)") as detail:
            deploy(aws, on_line=detail)
        console.print("\nThe embedded AWS is running. In another terminal:\n")
        # Printed, not wrapped or styled, so that the lines can be copied as they are.
        console.out("unset AWS_PROFILE AWS_SESSION_TOKEN", highlight=False)
        for name, value in (aws.client_variables() | aws.mail_variables()).items():
            console.out(f"export {name}={shlex.quote(value)}", highlight=False)
        console.print(f"\nSent mail: {aws.endpoint_url}/_ministack/ses/messages", highlight=False)
        host, port = aws.smtp_server.address
        console.out(f"SMTP (STARTTLS, for the host in a secret): {host}:{port}", highlight=False)
        console.out(f"Its certificate, for clients to trust: {aws.smtp_server.certificate}", highlight=False)
        host, port = aws.inbound_server.address
        console.out(
            f"SES receives mail (any mail client, with STARTTLS: the rules require it) at: {host}:{port}",
            highlight=False,
        )
        console.print(f"What became of received mail: {aws.inbound_server.received_url}", highlight=False)
        for sender in LOCAL.senders:
            if sender.smtp:
                secret = LOCAL.smtp_secret_name(sender, LOCAL.regions[0])
                console.out(f"SMTP credentials of {sender.name}: the secret {secret}", highlight=False)
        console.print("Ctrl-C stops it and removes everything that it holds.")
        threading.Event().wait()


def main() -> int:
    """Serve; return the exit status: 130 after Ctrl-C, 143 after SIGTERM, 1 when a step failed."""
    console = Console()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    try:
        serve(console)
    except RehearsalError as error:
        console.print(f"\n[red]{error.step} failed[/]", highlight=False)
        console.out(str(error), highlight=False)
        return 1
    except KeyboardInterrupt:
        console.print("\nStopped; nothing is left running.")
    return 128 + signal.SIGINT


if __name__ == "__main__":
    sys.exit(main())
