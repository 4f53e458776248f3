"""``python -m ops import-map``: what is there and can be imported. Options, output and exit codes only."""

import json
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.text import Text

from ops.adoption_gateway import AwsAdoption
from ops.arguments import EnvironmentName
from ops.aws_clients import AwsClients
from ops.doctor.holders import Holders
from ops.import_differences import Difference, differences
from ops.import_map import Found, StackImport, find_imports
from ops.page_file import PageFile
from ops.status import require_account
from ops.terminal import console, print_lines, told_errors
from stacks.config import MailEnvironment
from stacks.environments import environment

EPILOG: Final = """\b
Examples:
  python -m ops import-map prod
  python -m ops import-map prod --directory .

\b
Exit codes:
  0  it is told what is there, also when nothing is
  2  wrong usage, or AWS could not be asked

\b
It needs the permissions of the doctor, for what the environment declares.
"""


def import_map(
    env: EnvironmentName,
    *,
    directory: Annotated[
        Path | None,
        typer.Option(
            metavar="DIRECTORY", help="Write a mapping file for each stack there; files are replaced."
        ),
    ] = None,
) -> None:
    """Tell what of an environment is there already, and how to import it into its stacks.

    Looks for everything that the templates give a name, lists what no stack has, writes the files that
    `cdk import --resource-mapping` reads, and says in what identities and configuration sets differ from the
    template: an import compares nothing. It changes nothing in AWS.
    """
    with told_errors():
        config = environment(env)
        gateway = AwsAdoption(AwsClients(region=config.regions[0]))
        require_account(config, gateway)
        with console(stderr=True).status(f"Looking for what {config.name} makes"):
            found = _find(config, gateway)
            differing = {
                (each.stack.name, item.logical_id): tuple(differences(each.stack, item, gateway))
                for each in found
                for item in each.found
                if not item.why_not
            }
        files = {}
        for each in found if directory else ():
            if each.mapping:
                file = Path(directory or ".") / f"{each.stack.name}.import.json"
                PageFile(file).write(json.dumps(each.mapping, indent=2) + "\n")
                files[each.stack.name] = file
    print_lines(_lines(config, found, differing, files))


def _find(config: MailEnvironment, gateway: AwsAdoption) -> tuple[StackImport, ...]:
    from ops.synthesis import synthesized_stacks  # noqa: PLC0415 - no other command waits for the CDK

    holders = Holders(config, gateway, config.regions)
    return tuple(find_imports(config, synthesized_stacks(config), gateway, holders))


def _lines(
    config: MailEnvironment,
    found: tuple[StackImport, ...],
    differing: dict[tuple[str, str], tuple[Difference, ...]],
    files: dict[str, Path],
) -> Iterator[Text]:
    if not found:
        yield Text(f"{config.name}: nothing is there that its stacks do not have.")
    for each in found:
        yield Text(each.stack.path, style="bold")
        for item in each.found:
            yield Text(_line(item))
            for difference in differing.get((each.stack.name, item.logical_id), ()):
                yield Text(f"    differs: {difference.option} is {difference.now}, not {difference.wanted}")
                yield Text(f"      {difference.command}")
        if each.mapping:
            file = files.get(each.stack.name)
            yield Text(
                f"  cdk import {each.stack.path} --resource-mapping {shlex.quote(str(file))}"
                if file
                else "  with --directory DIRECTORY its mapping file is written"
            )


def _line(item: Found) -> str:
    if item.why_not:
        return f"  {item.resource_type} {item.name} is there and cannot be imported: {item.why_not}"
    return f"  {item.resource_type} {item.name} is there"
