"""``python -m ops verify``: has SES send the verification mail to addresses, and follows them."""

from collections.abc import Sequence
from typing import Annotated, Final

import typer
from rich.text import Text

from constructs_lib.email_address import require_addresses
from ops.address_gateway import SesAddressGateway
from ops.address_verification import Request, Sent, follow_all, send_verification
from ops.arguments import NOT_ALL_WELL, SECONDS_PER_MINUTE, EnvironmentName
from ops.aws_clients import AwsClients
from ops.errors import AddressVerifiedError
from ops.pace import Pace
from ops.ports import AddressGateway, State
from ops.status import require_account
from ops.terminal import UNUSABLE, console, print_error, print_lines, told_errors
from ops.timing import LINK
from stacks.config import MailEnvironment
from stacks.environments import environment

EPILOG: Final = """\b
Examples:
  python -m ops verify prod legal@example.net --wait
  python -m ops verify prod jo@example.net al@example.net --template Welcome

\b
Exit codes:
  0  a mail was sent to each address that was not verified; with --wait: all
     of them are verified now
  1  the mails were sent, but a default configuration set was not set; with
     --wait: a link expired, or nobody followed it in time
  2  wrong usage, nothing to verify, or SES refused: sandbox, template,
     throttling; what it had sent before is told, what follows was not sent

\b
Permissions: ses:GetEmailIdentity, ses:VerifyEmailIdentity,
ses:SendCustomVerificationEmail and, for the default configuration set of an
address with a template, ses:PutEmailIdentityConfigurationSetAttributes
"""


def verify(
    env: EnvironmentName,
    addresses: Annotated[
        list[str],
        typer.Argument(metavar="ADDRESS", help="Bare addresses, each once.", show_default=False),
    ],
    *,
    template: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="Template of the mails. Default: the one that the environment names, or SES's own mail.",
        ),
    ] = None,
    wait: Annotated[bool, typer.Option("--wait", help="Ask until somebody has followed the links.")] = False,
    timeout: Annotated[
        float, typer.Option(metavar="MINUTES", min=0, help="How long --wait waits in all, in minutes.")
    ] = 15,
    region: Annotated[
        str | None, typer.Option(metavar="REGION", help="Region. Default: the first one of each address.")
    ] = None,
) -> None:
    """Have SES send the verification mail to addresses, again if need be, one a second.

    An address that is not known to SES becomes an identity of the account; a template's gets the default
    configuration set of ENV. Whoever reads its mail follows the link within 24 hours.
    """
    with told_errors():
        config = environment(env)
        names = require_addresses(addresses, option="ADDRESS")
        requests = [_request(config, name, template, region) for name in names]
        gateway = SesAddressGateway(AwsClients(region=config.regions[0]))
        require_account(config, gateway)
        sent = _send(requests, gateway)
        if not sent:
            raise typer.Exit(UNUSABLE)
        all_well = all(mail.not_set is None for mail in sent.values())
        if wait:
            for request, problem in follow_all(
                list(sent), gateway, timeout_seconds=timeout * SECONDS_PER_MINUTE, on_poll=_show
            ):
                if problem is None:
                    _print(f"{request.address} is verified in {request.region}.")
                else:
                    print_error(problem.sentence)
                    all_well = False
    if not all_well:
        raise typer.Exit(NOT_ALL_WELL)


def _send(requests: Sequence[Request], gateway: AddressGateway) -> dict[Request, Sent]:
    """Send each mail and tell it at once: what SES refuses later hides none that went out."""
    sent: dict[Request, Sent] = {}
    pace = Pace()
    for request in requests:
        try:
            mail = send_verification(request, gateway, pace=pace)
        except AddressVerifiedError as verified:
            print_error(verified.sentence)
            continue
        sent[request] = mail
        _print(
            f"{mail.mail} mail is on its way to {request.address} ({request.region}); its link works for "
            f"{LINK.hours} hours."
        )
        if mail.not_set is not None:
            print_error(
                f"{mail.not_set.sentence} The mail went out, but the default configuration set of "
                f"{request.address} is not set: the status tells how, once the address is verified."
            )
    return sent


def _show(request: Request, state: State, left: float) -> None:
    if state is not State.SUCCESS:
        minutes, seconds = divmod(int(left), SECONDS_PER_MINUTE)
        line = f"{request.address}: {state}, at most {minutes}:{seconds:02} more"
        console(stderr=True).print(Text(line), soft_wrap=True)


def _print(line: str) -> None:
    print_lines(iter([Text(line)]))


def _request(config: MailEnvironment, name: str, template: str | None, region: str | None) -> Request:
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
