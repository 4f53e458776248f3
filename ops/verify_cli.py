"""``python -m ops verify``: has SES send the verification mail to one address, and follows it."""

from typing import Annotated, Final

import typer
from rich.text import Text

from constructs_lib.email_address import normalize_address
from ops.address_gateway import SesAddressGateway
from ops.address_verification import Request, follow, send_verification
from ops.arguments import NOT_ALL_WELL, SECONDS_PER_MINUTE, EnvironmentName
from ops.aws_clients import AwsClients
from ops.errors import VerificationFailedError, VerificationNotDoneError
from ops.ports import State
from ops.status import require_account
from ops.terminal import console, fail, print_lines, told_errors
from ops.timing import LINK
from stacks.config import MailEnvironment
from stacks.environments import environment

EPILOG: Final = """\b
Examples:
  python -m ops verify prod legal@example.net --wait
  python -m ops verify prod jo@example.net --template Welcome

\b
Exit codes:
  0  the mail was sent; with --wait: the address is verified
  1  with --wait: the link expired, or nobody followed it in time
  2  wrong usage, nothing to verify, or SES refused: sandbox, template, throttling

\b
Permissions: ses:GetEmailIdentity, ses:VerifyEmailIdentity,
ses:SendCustomVerificationEmail
"""


def verify(
    env: EnvironmentName,
    address: Annotated[str, typer.Argument(metavar="ADDRESS", help="A bare address.", show_default=False)],
    *,
    template: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="Template of the mail. Default: the one that the environment names, or SES's own mail.",
        ),
    ] = None,
    wait: Annotated[bool, typer.Option("--wait", help="Ask until somebody has followed the link.")] = False,
    timeout: Annotated[
        float, typer.Option(metavar="MINUTES", min=0, help="How long --wait waits, in minutes.")
    ] = 15,
    region: Annotated[
        str | None, typer.Option(metavar="REGION", help="Region. Default: the first one of the address.")
    ] = None,
) -> None:
    """Have SES send the verification mail to an address, again if need be.

    An address that is not known to SES becomes an identity of the account. Whoever reads its mail follows
    the link within 24 hours.
    """
    with told_errors():
        config = environment(env)
        request = _request(config, address, template, region)
        gateway = SesAddressGateway(AwsClients(region=config.regions[0]))
        require_account(config, gateway)
        mail = send_verification(request, gateway)
        print_lines(
            iter(
                [
                    Text(
                        f"{mail} mail is on its way to {request.address} ({request.region}); its link works "
                        f"for {LINK.hours} hours."
                    )
                ]
            )
        )
        if not wait:
            return
        progress = console(stderr=True)

        def show(state: State, left: float) -> None:
            if state is not State.SUCCESS:
                minutes, seconds = divmod(int(left), SECONDS_PER_MINUTE)
                progress.print(Text(f"{state}, at most {minutes}:{seconds:02} more"), soft_wrap=True)

        try:
            follow(request, gateway, timeout_seconds=timeout * SECONDS_PER_MINUTE, on_poll=show)
        except (VerificationFailedError, VerificationNotDoneError) as error:
            fail(error.sentence, NOT_ALL_WELL)
    print_lines(iter([Text(f"{request.address} is verified in {request.region}.")]))


def _request(config: MailEnvironment, address: str, template: str | None, region: str | None) -> Request:
    name = normalize_address(address, option="ADDRESS", quoted=True)
    declared = next((each for each in config.addresses if each.address == name), None)
    regions = config.regions_of_address(declared) if declared else config.regions
    if region is not None and region not in regions:
        raise typer.BadParameter(f"{name} is of {', '.join(regions)} in {config.name}")
    return Request(
        address=name,
        region=region or regions[0],
        template=template or (declared.template if declared else None),
        configuration_set=config.configuration_set_name,
    )
