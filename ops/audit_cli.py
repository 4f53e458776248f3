"""``python -m ops audit`` and ``trail``: who called what. Options, output and exit codes only."""

import json
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Annotated, Any, Final

import typer
from rich.text import Text

from ops.arguments import NOT_ALL_WELL, EnvironmentName, period
from ops.audit_gateway import AwsAudit
from ops.audit_history import History, read_history
from ops.audit_record import Call
from ops.aws_clients import AwsClients
from ops.status import require_account
from ops.terminal import print_lines, told_errors
from ops.timing import iso
from ops.trail_report import TrailReport, extend, read_trail
from ops.visible import visible
from stacks.environments import environment

_DEFAULT: Final = timedelta(hours=24)

AUDIT: Final = """\b
Examples:
  python -m ops audit prod --since 24h
  python -m ops audit prod --since 30d --region us-east-1 --json

\b
Exit codes:
  0  shown
  2  wrong usage, no such trail, a log file cannot be read, or AWS could not
     be asked

\b
Permissions: cloudtrail:LookupEvents; for sends cloudtrail:GetTrail, on the
bucket of the trail s3:ListBucket and s3:GetObject, on its key kms:Decrypt
"""

TRAIL: Final = """\b
Examples:
  python -m ops trail prod
  python -m ops trail prod --extend

\b
Exit codes:
  0  it records what the environment asks for
  1  it does not, or stopped at a question
  2  wrong usage, no such trail, it cannot be extended without loss, somebody
     changed it meanwhile, or AWS could not be asked

\b
Permissions: cloudtrail:GetTrail, cloudtrail:GetTrailStatus,
cloudtrail:GetEventSelectors; for --extend cloudtrail:PutEventSelectors
"""


def audit(
    env: EnvironmentName,
    *,
    since: Annotated[
        timedelta | None,
        typer.Option(metavar="PERIOD", parser=period, help="How far back, such as 30d. Default: 24h."),
    ] = None,
    region: Annotated[
        str | None, typer.Option(metavar="REGION", help="Any Region. Default: each of ENV.")
    ] = None,
    reads: Annotated[bool, typer.Option("--reads", help="Calls that change nothing too.")] = False,
    sends: Annotated[
        bool, typer.Option("--sends/--no-sends", help="Whether to read sends from the trail's log files.")
    ] = True,
    limit: Annotated[
        int, typer.Option(min=1, max=10000, help="At most as many of a Region, sends counted apart.")
    ] = 1000,
    as_json: Annotated[bool, typer.Option("--json", help="Write JSON.")] = False,
) -> None:
    """Show who called what of Amazon SES, by caller and call. It changes nothing.

    Calls other than sends come from CloudTrail's event history, which has those of 90 days whether there is a
    trail or not. Sends by the API come from the log files of the environment's trail, minutes later.
    """
    with told_errors():
        config = environment(env)
        gateway = AwsAudit(AwsClients(region=config.regions[0]))
        require_account(config, gateway)
        now = datetime.now(UTC)
        start = now - (since or _DEFAULT)
        history = read_history(
            config,
            gateway,
            regions=(region,) if region else config.regions,
            since=start,
            now=now,
            reads=reads,
            sends=sends,
            limit=limit,
        )
    if as_json:
        document = {
            "environment": config.name,
            "account": config.account,
            "since": iso(start),
            "until": iso(now),
            "calls": [_document(call) for call in history.calls],
            "not_shown": list(history.notes),
        }
        sys.stdout.write(json.dumps(document, indent=2) + "\n")
    else:
        print_lines(audit_lines(history))


def trail(
    env: EnvironmentName,
    *,
    add: Annotated[
        bool, typer.Option("--extend", help="Add what is missing to a trail that exists.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do it without asking.")] = False,
) -> None:
    """Show whether the trail records what the environment asks for, and add that to a trail of others.

    What the trail records already is kept. A trail that the environment makes is changed by its deployment.
    """
    with told_errors():
        config = environment(env)
        gateway = AwsAudit(AwsClients(region=config.regions[0]))
        require_account(config, gateway)
        report = read_trail(config, gateway)
        if add and report.missing and not report.ours:
            print_lines(trail_lines(report))
            if not yes:
                typer.confirm("Add what is missing? Each event that it then records costs.", abort=True)
            extend(config, gateway, report)
            report = read_trail(config, gateway)
        print_lines(trail_lines(report))
        if report.missing and report.ours:
            print_lines(iter([Text(f"next: cdk deploy '{config.name}/*'")]))
    if report.faults:
        raise typer.Exit(NOT_ALL_WELL)


def audit_lines(history: History) -> Iterator[Text]:
    """The history for people: callers, and below each its calls by name and time."""
    if not history.calls:
        yield Text("no calls")
    ordered = sorted(history.calls, key=lambda call: (call.who, call.name, call.at))
    for who, group in groupby(ordered, key=lambda call: call.who):
        calls = list(group)
        yield Text(f"{visible(who)}  {len(calls)}", style="bold")
        rows = [_row(call) for call in calls]
        widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
        for call, row in zip(calls, rows, strict=True):
            text = "  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True))
            yield Text(f"  {text}".rstrip(), style="yellow" if call.error else "")
    yield Text("not shown:", style="bold")
    yield from (Text(f"  {visible(note)}") for note in history.notes)


def trail_lines(report: TrailReport) -> Iterator[Text]:
    """A trail for people: what it is, and what is not as it should be."""
    yield Text(f"{report.trail.arn}, log files in {report.trail.bucket}", style="bold")
    yield from (Text(f"  {visible(fault)}", style="yellow") for fault in report.faults)
    if not report.faults:
        yield Text("  It records what the environment asks for.", style="green")


def _row(call: Call) -> tuple[str, ...]:
    at = f"{call.at.astimezone(UTC):%Y-%m-%d %H:%M:%S}"
    return tuple(
        visible(cell)
        for cell in (at, call.name, call.subject or "-", call.region, call.address, call.error or "")
    )


def _document(call: Call) -> dict[str, Any]:
    return {
        "event_id": call.event_id,
        "at": iso(call.at),
        "who": call.who,
        "call": call.name,
        "subject": call.subject,
        "region": call.region,
        "from": call.address,
        "error": call.error,
        "reads": call.reads,
    }
