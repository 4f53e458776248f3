"""``python -m ops templates``: what SES has of an environment's templates. Options, output and exit codes."""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.text import Text

from constructs_lib.verification.verification_template import VerificationTemplate
from ops import help_texts
from ops.arguments import NOT_ALL_WELL, EnvironmentName
from ops.aws_clients import AwsClients
from ops.errors import TemplateMissingError
from ops.ports import TemplateGateway, TemplateReader
from ops.status import require_account
from ops.template_files import app
from ops.template_gateway import SesTemplateGateway
from ops.template_state import TemplateState, TemplateStatus, compare_templates
from ops.terminal import print_lines, told_errors
from stacks.config import MailEnvironment
from stacks.environments import environment

__all__ = ["app"]

_STYLES: Final = {
    TemplateState.SAME: "green",
    TemplateState.DIFFERENT: "red",
    TemplateState.MISSING: "yellow",
}

Wanted = Mapping[str, Mapping[str, VerificationTemplate]]
"""Templates by Region and name."""

Name = Annotated[str, typer.Argument(metavar="NAME", help="Name of a template.", show_default=False)]
Files = Annotated[
    list[Path] | None,
    typer.Argument(
        metavar="FILE",
        exists=True,
        dir_okay=False,
        help="Template files. Default: the templates that ENV declares.",
        show_default=False,
    ),
]
Region = Annotated[
    str | None, typer.Option(metavar="REGION", help="Only this Region. Default: each Region of ENV.")
]
Yes = Annotated[bool, typer.Option("--yes", help="Do it without asking.")]


@app.command("list", epilog=help_texts.TEMPLATE_LIST)
def list_templates(env: EnvironmentName, *, region: Region = None) -> None:
    """List the templates that SES has, whoever made them. It changes nothing."""
    with told_errors():
        config = environment(env)
        gateway = _gateway(config)
        for where in _regions(config, region):
            names = gateway.template_names(region=where)
            print_lines(Text(f"{where}  {name}") for name in names or ("none",))


@app.command(epilog=help_texts.TEMPLATE_SHOW)
def show(env: EnvironmentName, name: Name, *, region: Region = None) -> None:
    """Print a template that SES has as JSON, as the AWS CLI takes it. It changes nothing."""
    with told_errors():
        config = environment(env)
        where = _regions(config, region)[0]
        found = _gateway(config).template(name, region=where)
        if found is None:
            raise TemplateMissingError(
                f"{where} has no template {name}.", fix=f"list them: python -m ops templates list {env}"
            )
    sys.stdout.write(json.dumps(found, indent=2) + "\n")


@app.command(epilog=help_texts.TEMPLATE_DIFF)
def diff(env: EnvironmentName, files: Files = None, *, region: Region = None) -> None:
    """Compare templates with what SES has. It changes nothing.

    CloudFormation changes a template when its file changes, and does not notice what people changed by hand.
    """
    with told_errors():
        config = environment(env)
        wanted = _wanted(config, files, region)
        statuses = _compare(wanted, _gateway(config))
    for status in statuses:
        head = Text.assemble(
            f"{status.name} in {status.region}: ", (str(status.state), _STYLES[status.state])
        )
        print_lines(iter([head, *(Text(f"  {line}") for line in status.differences)]))
    if any(status.state is not TemplateState.SAME for status in statuses):
        raise typer.Exit(NOT_ALL_WELL)


@app.command(epilog=help_texts.TEMPLATE_UPDATE)
def update(env: EnvironmentName, files: Files = None, *, region: Region = None, yes: Yes = False) -> None:
    """Put templates into SES that has others of their names: it undoes changes made by hand.

    New templates are made by the deploy. So are changes of a file: what is only put here is undone by a
    rollback.
    """
    with told_errors():
        config = environment(env)
        wanted = _wanted(config, files, region)
        gateway = _gateway(config)
        statuses = _compare(wanted, gateway)
        missing = [item for item in statuses if item.state is TemplateState.MISSING]
        if missing:
            raise TemplateMissingError(
                f"{missing[0].region} has no template {missing[0].name}.", fix=f"cdk deploy '{config.name}/*'"
            )
        for status in statuses:
            what = f"{status.name} in {status.region}"
            if status.state is TemplateState.SAME:
                print_lines(iter([Text(f"{what}: same")]))
            elif yes or typer.confirm(f"Replace {what}?"):
                gateway.update_template(wanted[status.region][status.name].submitted(), region=status.region)
                print_lines(iter([Text(f"{what}: replaced")]))


@app.command(epilog=help_texts.TEMPLATE_DELETE)
def delete(env: EnvironmentName, name: Name, *, region: Region = None, yes: Yes = False) -> None:
    """Delete a template that no stack has any more. Sends with it fail from then on."""
    with told_errors():
        config = environment(env)
        gateway = _gateway(config)
        for where in _regions(config, region):
            if yes or typer.confirm(f"Delete {name} in {where}?"):
                gateway.delete_template(name, region=where)
                print_lines(iter([Text(f"{name} in {where}: deleted")]))


def _gateway(config: MailEnvironment) -> TemplateGateway:
    gateway = SesTemplateGateway(AwsClients(region=config.regions[0]))
    require_account(config, gateway)
    return gateway


def _wanted(config: MailEnvironment, files: list[Path] | None, region: str | None) -> Wanted:
    """What should be there: the files in every Region, or what the environment declares where it does."""
    given = [VerificationTemplate.from_file(file) for file in files or ()]
    wanted = {
        where: {
            template.template_name: template for template in (given if files else config.templates_in(where))
        }
        for where in _regions(config, region)
    }
    if not any(wanted.values()):
        raise typer.BadParameter(f"{config.name} declares no templates in {', '.join(wanted)}: name files")
    return wanted


def _compare(wanted: Wanted, gateway: TemplateReader) -> tuple[TemplateStatus, ...]:
    return tuple(
        status
        for region, templates in wanted.items()
        for status in compare_templates(tuple(templates.values()), regions=(region,), gateway=gateway)
    )


def _regions(config: MailEnvironment, region: str | None) -> tuple[str, ...]:
    if region is None:
        return config.regions
    if region not in config.regions:
        raise typer.BadParameter(f"{config.name} is in {', '.join(config.regions)}")
    return (region,)
