"""The operator's command line: ``python -m ops --help``. Options, output and exit codes only."""

import sys
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from ops import (
    audit_cli,
    cost_cli,
    dkim_cli,
    doctor_cli,
    documents,
    existing_cli,
    help_texts,
    import_cli,
    mail_cli,
    render,
    reputation_cli,
    review_cli,
    status_page,
    status_text,
    verify_cli,
    zone_role_cli,
)
from ops.arguments import NOT_ALL_WELL, EnvironmentName, declared_domain
from ops.aws_clients import AwsClients
from ops.dns_check import LookUp, Verdict, check_records
from ops.dns_lookup import AuthoritativeLookUp, ServersLookUp
from ops.dns_server import Server
from ops.errors import VerificationError
from ops.page_file import PageFile
from ops.ports import MailGateway
from ops.records import NeededRecord, read_records
from ops.ses_gateway import SesGateway
from ops.status import awaited, read_status, require_account
from ops.status_reading import read_environment_status
from ops.templates_cli import app as templates
from ops.terminal import UNUSABLE, console, fail, print_lines, told_errors
from ops.waiting import wait_visibly
from stacks.config import MailEnvironment
from stacks.environments import environment

app = typer.Typer(
    help="Look after deployed mail domains: what is verified, and which DNS records they need.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

app.command(epilog=audit_cli.AUDIT)(audit_cli.audit)
app.command(epilog=audit_cli.TRAIL)(audit_cli.trail)
app.command(epilog=cost_cli.EPILOG)(cost_cli.cost)
app.command(epilog=reputation_cli.REPUTATION)(reputation_cli.reputation)
app.command(epilog=reputation_cli.RESUME)(reputation_cli.resume)
app.command(epilog=doctor_cli.EPILOG)(doctor_cli.doctor)
app.command(epilog=existing_cli.EPILOG)(existing_cli.existing)
app.command(epilog=import_cli.EPILOG)(import_cli.import_map)
app.command(epilog=review_cli.EPILOG)(review_cli.review)
app.command(epilog=verify_cli.EPILOG)(verify_cli.verify)
app.command("zone-role", epilog=zone_role_cli.EPILOG)(zone_role_cli.zone_role_command)
app.add_typer(dkim_cli.app, name="dkim")
app.add_typer(mail_cli.app, name="mail")
app.add_typer(templates, name="templates")


class RecordFormat(StrEnum):
    """How records are written."""

    TABLE = "table"
    ZONE = "zone"
    CSV = "csv"
    JSON = "json"


@app.command(epilog=help_texts.STATUS)
def status(
    env: EnvironmentName,
    *,
    wait: Annotated[
        bool,
        typer.Option(
            "--wait",
            help="Ask until everything with DNS in Route 53 is verified, SES gives up, or time runs out.",
        ),
    ] = False,
    timeout: Annotated[
        float, typer.Option(metavar="MINUTES", min=0, help="How long --wait waits, in minutes.")
    ] = 15,
    include_external: Annotated[
        bool,
        typer.Option(
            "--include-external",
            help="Judge and wait for domains with DNS elsewhere too, whose records people add by hand.",
        ),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Write JSON; progress goes to stderr.")] = False,
    html: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write one page that needs nothing else, too; FILE is replaced."),
    ] = None,
) -> None:
    """Show what Amazon SES has verified, what is missing in DNS, who gets feedback, and what to do next.

    Asks SES about every domain, address and template of the environment in each of its Regions, reads the
    zones that are in Route 53, and asks SNS who has confirmed to get feedback. It changes nothing. DNS
    elsewhere is checked by `records ENV --check`, a legacy record there by this command too.
    """
    with told_errors():
        config = environment(env)
        page = PageFile(html) if html else None
        gateway = _gateway(config)
        failure: VerificationError | None = None
        try:
            statuses = (
                wait_visibly(config, gateway, timeout_minutes=timeout, include_external=include_external)
                if wait
                else read_status(config, gateway)
            )
        except VerificationError as error:
            failure, statuses = error, error.statuses
        whole = read_environment_status(config, gateway, statuses, look_up=_look_up([]), now=_now())
        if page:
            page.write(status_page.page(whole))
    if as_json:
        sys.stdout.write(documents.status_json(whole))
    else:
        print_lines(status_text.lines(whole))
    if failure is not None:
        fail(failure.sentence, NOT_ALL_WELL)
    if not all(item.verified for item in awaited(statuses, include_external=include_external)):
        raise typer.Exit(NOT_ALL_WELL)


@app.command(epilog=help_texts.RECORDS)
def records(
    env: EnvironmentName,
    *,
    output: Annotated[
        RecordFormat,
        typer.Option("--format", help="table for people, zone file and csv to import, json for programs."),
    ] = RecordFormat.TABLE,
    check: Annotated[
        bool, typer.Option("--check", help="Ask the domains' own name servers and give a verdict per record.")
    ] = False,
    domain: Annotated[
        str | None, typer.Option(metavar="DOMAIN", help="Only the records of this domain.")
    ] = None,
    resolver: Annotated[
        list[str] | None,
        typer.Option(
            metavar="HOST[:PORT]",
            help="Ask this DNS server instead of the domain's own ones; repeat it to compare several.",
        ),
    ] = None,
) -> None:
    """List every DNS record that an environment needs, and check them.

    DKIM names and tokens come from SES, so they are known after the deploy. Each record says where it lives:
    in a zone that the deploy writes to, or by hand at a DNS provider. It changes nothing.
    """
    if check and output not in {RecordFormat.TABLE, RecordFormat.JSON}:
        raise typer.BadParameter("--check goes with --format table or json")
    if resolver and not check:
        raise typer.BadParameter("--resolver goes with --check")
    with told_errors():
        config = environment(env)
        only = declared_domain(config, domain, option="--domain").domain if domain else None
        look_up = _look_up(resolver or [])
        needed = read_records(config, _gateway(config), domain=only)
    checks = None
    if check:
        known = [item.record for item in needed if item.known]
        checks = {result.record: result for result in check_records(known, look_up)}
    _write_records(config, needed, output, checks)
    if checks is not None:
        _exit_by(needed, checks)


def _write_records(
    config: MailEnvironment,
    needed: tuple[NeededRecord, ...],
    output: RecordFormat,
    checks: documents.Checks | None,
) -> None:
    match output:
        case RecordFormat.TABLE:
            print_lines(render.record_lines(needed, checks))
        case RecordFormat.JSON:
            sys.stdout.write(documents.records_json(config, needed, checks))
        case RecordFormat.ZONE:
            sys.stdout.write(documents.records_zone(needed))
        case RecordFormat.CSV:
            sys.stdout.write(documents.records_csv(needed))
    later = sum(not item.known for item in needed)
    if later and output is not RecordFormat.TABLE:
        console(stderr=True).print(f"{later} records are known after the deploy.", soft_wrap=True)


def _exit_by(needed: tuple[NeededRecord, ...], checks: documents.Checks) -> None:
    verdicts = {result.verdict for result in checks.values()}
    if verdicts == {Verdict.UNREACHABLE}:
        raise typer.Exit(UNUSABLE)
    if verdicts != {Verdict.RIGHT} or not all(item.known for item in needed):
        raise typer.Exit(NOT_ALL_WELL)


def _now() -> datetime:
    return datetime.now(UTC)


def _gateway(config: MailEnvironment) -> MailGateway:
    gateway = SesGateway(AwsClients(region=config.regions[0]))
    require_account(config, gateway)
    return gateway


def _look_up(resolvers: list[str]) -> LookUp:
    return ServersLookUp([Server.parse(text) for text in resolvers]) if resolvers else AuthoritativeLookUp()
