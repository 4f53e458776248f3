"""``python -m ops review``: what a change does to mail. Options, output and exit codes only."""

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final

import typer

from ops.arguments import NOT_ALL_WELL
from ops.aws_clients import AwsClients
from ops.errors import ReviewRefError
from ops.page_file import PageFile
from ops.prices import read_prices
from ops.review.change_sets import AwsChangeSets, ChangeSet, read_change_sets
from ops.review.rating import Rating
from ops.review.report import Report, reports
from ops.review.report_json import reports_json
from ops.review.report_markdown import report_markdown
from ops.review.sides import Side, read_sides
from ops.terminal import told_errors

EPILOG: Final = """\b
Examples:
  python -m ops review --base origin/main
  python -m ops review prod --base v1.2.0 --head v1.3.0 --format json
  python -m ops review --base origin/main --fail-on danger

\b
Exit codes:
  0  no rating reaches --fail-on
  1  a rating reaches it
  2  wrong usage, or a side cannot be synthesized

\b
Both sides are synthesized without credentials; without --change-sets it asks no AWS and changes nothing.
"""
REPOSITORY: Final = Path(__file__).parents[1]


class Format(StrEnum):
    """How reports are written."""

    MARKDOWN = "markdown"
    JSON = "json"


class FailOn(StrEnum):
    """The rating from which the exit code is 1."""

    BLOCK = "block"
    DANGER = "danger"
    CAUTION = "caution"
    ROUTINE = "routine"
    NEVER = "never"


def review(
    environments: Annotated[
        list[str] | None, typer.Argument(metavar="[ENV]...", help="Environments. Default: all of both sides.")
    ] = None,
    *,
    base: Annotated[
        str, typer.Option(metavar="REF", help="The side before: a commit, a directory, a cdk.out.")
    ],
    head: Annotated[
        str, typer.Option(metavar="REF|DIR", help="The side after. Default: the work tree.")
    ] = ".",
    output: Annotated[
        Format, typer.Option("--format", help="markdown for people, json for programs.")
    ] = Format.MARKDOWN,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the JSON to FILE too, which is replaced.")
    ] = None,
    change_sets: Annotated[
        bool,
        typer.Option(
            "--change-sets",
            help="Ask CloudFormation too, with your credentials: makes change sets and deletes them.",
        ),
    ] = False,
    fail_on: Annotated[FailOn, typer.Option(help="The rating from which the exit code is 1.")] = FailOn.BLOCK,
) -> None:
    """Tell what a change does to mail, by environment: rated, explained, with the diff behind it."""
    with told_errors():
        file = PageFile(out) if out else None
        before, after = read_sides(base, head, repository=REPOSITORY)
        known = {**before.environments, **after.environments}
        for name in environments or []:
            if name not in known:
                raise ReviewRefError(
                    f"{name} is no environment of either side.", fix="use one of " + ", ".join(known)
                )
        found = reports(
            before,
            after,
            table=read_prices(),
            only=tuple(environments or ()),
            change_sets=_change_sets(before, after) if change_sets else None,
        )
        if file:
            file.write(reports_json(found))
    if output is Format.JSON:
        sys.stdout.write(reports_json(found))
    else:
        sys.stdout.write("\n".join(report_markdown(report, limit=None) for report in found))
    if _fails(found, fail_on):
        raise typer.Exit(NOT_ALL_WELL)


def _change_sets(before: Side, after: Side) -> dict[str, dict[str, ChangeSet]]:
    stacks = [stack for environment in after.environments.values() for stack in environment.values()]
    regions = [stack.region for stack in stacks if stack.region]
    gateway = AwsChangeSets(AwsClients(region=regions[0] if regions else "us-east-1"))
    return read_change_sets(before.environments, after.environments, gateway)


def _fails(found: list[Report], fail_on: FailOn) -> bool:
    if fail_on is FailOn.NEVER:
        return False
    return any(report.rating >= Rating[fail_on.name] for report in found)
