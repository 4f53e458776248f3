"""``python -m ops doctor``: what would hinder a deploy. Options, output and exit codes only."""

import json
import sys
from collections.abc import Sequence
from typing import Annotated, Final

import dns.resolver
import typer

from ops.arguments import NOT_ALL_WELL, EnvironmentName
from ops.aws_clients import AwsClients
from ops.dns_check import LookUp
from ops.dns_lookup import AuthoritativeLookUp, ServersLookUp
from ops.dns_server import Server
from ops.doctor.account_gateway import AwsAccount
from ops.doctor.delegation import Delegations
from ops.doctor.delegation_lookup import ParentDelegations
from ops.doctor.examination import examine
from ops.doctor.findings import Finding, Severity
from ops.doctor.policy import policy
from ops.doctor.ports import DoctorGateway
from ops.doctor.render import findings_json, lines
from ops.terminal import UNUSABLE, console, print_lines, told_errors
from stacks.config import MailEnvironment
from stacks.environments import environment

EPILOG: Final = """\b
Examples:
  python -m ops doctor prod
  python -m ops doctor prod --json
  python -m ops doctor prod --policy > doctor-policy.json

\b
Exit codes:
  0  nothing is in the way; notes may be told
  1  an error or a warning
  2  wrong usage, AWS could not be asked, or nothing is in the way as far as
     is known, and something is not known

\b
Each finding has a code, explained in docs/reference/doctor.md, with the
permissions; --policy writes them for this environment. A missing one is a
finding.
"""


def doctor(
    env: EnvironmentName,
    *,
    resolver: Annotated[
        str | None,
        typer.Option(
            metavar="HOST[:PORT]",
            help="Ask this DNS server instead of the domains' own ones and the machine's.",
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Write JSON; progress goes to stderr.")] = False,
    as_policy: Annotated[
        bool, typer.Option("--policy", help="Write the IAM policy that it needs for ENV, and ask nothing.")
    ] = False,
) -> None:
    """Tell before a deploy what would hinder it, or the mail after it.

    Asks the account and DNS about everything that ENV is about to make: names that are taken, records that
    are there, delegation and DNSSEC, look-ups of SPF, sandbox and quota, permissions. It changes nothing.
    """
    with told_errors():
        config = environment(env)
        if as_policy:
            sys.stdout.write(json.dumps(policy(config), indent=2) + "\n")
            return
        server = Server.parse(resolver) if resolver else None
        with console(stderr=True).status(f"Asking about {config.name}"):
            findings = examine(
                config, _gateway(config), public=_look_up(server), delegations=_delegations(server)
            )
    if as_json:
        sys.stdout.write(findings_json(config, findings))
    else:
        print_lines(lines(config, findings))
    _exit_by(findings)


def _exit_by(findings: Sequence[Finding]) -> None:
    severities = {finding.severity for finding in findings}
    if severities & {Severity.ERROR, Severity.WARNING}:
        raise typer.Exit(NOT_ALL_WELL)
    if Severity.NOT_KNOWN in severities:
        raise typer.Exit(UNUSABLE)


def _gateway(config: MailEnvironment) -> DoctorGateway:
    return AwsAccount(AwsClients(region=config.regions[0]))


def _look_up(server: Server | None) -> LookUp:
    return ServersLookUp([server]) if server else AuthoritativeLookUp()


def _delegations(server: Server | None) -> Delegations:
    if server is None:
        return ParentDelegations()
    resolver = dns.resolver.Resolver(configure=False)
    resolver.nameservers = [server.address]
    resolver.port = server.port
    return ParentDelegations(resolver=resolver)
