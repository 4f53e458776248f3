"""``python -m ops reputation`` and ``resume``: how mail goes, and sending again after a pause."""

import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Annotated, Final

import typer
from rich.text import Text

from constructs_lib.monitoring.alarm_names import AlarmKind
from ops.arguments import NOT_ALL_WELL, EnvironmentName
from ops.aws_clients import AwsClients
from ops.errors import ConfigurationSetMissingError, PermissionDeniedError
from ops.reputation import read_reputation
from ops.reputation_document import reputation_json
from ops.reputation_gateway import AwsReputation
from ops.reputation_ports import ReputationGateway
from ops.reputation_text import lines
from ops.status import require_account
from ops.terminal import print_lines, told_errors
from ops.timing import utc
from ops.visible import visible
from stacks.config import MailEnvironment
from stacks.environments import environment
from stacks.monitoring_names import set_prefix

REPUTATION: Final = """\b
Examples:
  python -m ops reputation prod
  python -m ops reputation prod --json

\b
Exit codes:
  0  nothing is known to be wrong
  1  an alarm is raised, something does not send, or SES reviews the account
  2  wrong usage, or AWS could not be asked

\b
Permissions: cloudwatch:GetMetricData, cloudwatch:DescribeAlarms,
ses:GetAccount, ses:GetConfigurationSet, sqs:GetQueueUrl,
sqs:GetQueueAttributes
None must be there: without one the answer says what is not known.
"""

RESUME: Final = """\b
Examples:
  python -m ops resume prod forwarding
  python -m ops resume prod forwarding --region eu-west-1 --yes

\b
Exit codes:
  0  it sends in every Region, or in the one that was named
  1  stopped at a question
  2  wrong usage, not deployed, or AWS could not be asked

\b
Permissions: ses:GetConfigurationSet, ses:PutConfigurationSetSendingOptions;
cloudwatch:DescribeAlarmHistory to tell why it was paused
"""

_PAUSING: Final = (AlarmKind.BOUNCE_CRITICAL, AlarmKind.COMPLAINT_CRITICAL)


def reputation(
    env: EnvironmentName,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Write JSON.")] = False,
) -> None:
    """Show how mail goes: what was sent, what came of it, rates against SES's levels, alarms, queues, cost.

    The numbers are those of the environment's dashboard, of the last 24 hours. It changes nothing.
    """
    with told_errors():
        config = environment(env)
        read = read_reputation(config, _open(config), now=datetime.now(UTC))
    if as_json:
        sys.stdout.write(reputation_json(read))
    else:
        print_lines(lines(read))
    if not read.well:
        raise typer.Exit(NOT_ALL_WELL)


def resume(
    env: EnvironmentName,
    configuration_set: Annotated[
        str, typer.Argument(metavar="CONFIGURATION_SET", help="Of ENV.", show_default=False)
    ],
    *,
    region: Annotated[
        str | None, typer.Option(metavar="REGION", help="Only this Region. Default: each that has the set.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do it without asking.")] = False,
) -> None:
    """Take sends with a configuration set again, after showing why they were paused.

    Find the cause first: the same bounces or complaints pause it again when its alarm comes back.
    """
    with told_errors():
        config = environment(env)
        regions = _regions(config, configuration_set, region)
        gateway = _open(config)
        for each in regions:
            enabled = gateway.sending_enabled(configuration_set, region=each)
            if enabled is None:
                raise ConfigurationSetMissingError(
                    f"{each} has no configuration set {configuration_set}.",
                    fix=f"deploy it: cdk deploy '{config.name}/*'",
                )
            where = f"{configuration_set} in {each}"
            if enabled:
                _print(f"{where}: it sends already")
                continue
            print_lines(_why(config, gateway, configuration_set, each))
            if yes or typer.confirm(f"Send with {where} again?"):
                gateway.resume(configuration_set, region=each)
                _print(f"{where}: it sends again")
            else:
                raise typer.Exit(NOT_ALL_WELL)


def _regions(config: MailEnvironment, configuration_set: str, region: str | None) -> tuple[str, ...]:
    found = tuple(each for each in config.regions if configuration_set in config.configuration_sets_in(each))
    if not found:
        sets = {name: None for each in config.regions for name in config.configuration_sets_in(each)}
        raise typer.BadParameter(
            f"{configuration_set} is not a configuration set of {config.name}; it has {', '.join(sets)}"
        )
    if region is not None and region not in found:
        raise typer.BadParameter(f"{configuration_set} is in {', '.join(found)}")
    return (region,) if region else found


def _why(
    config: MailEnvironment, gateway: ReputationGateway, configuration_set: str, region: str
) -> Iterator[Text]:
    """When each critical alarm of the set was last raised; SES does not tell who paused it."""
    yield Text(f"{configuration_set} in {region} is paused", style="bold")
    try:
        raised = [
            alarm
            for kind in _PAUSING
            if (
                alarm := gateway.last_raised(
                    kind.name_below(set_prefix(config, configuration_set)), region=region
                )
            )
        ]
    except PermissionDeniedError as denied:
        yield Text(f"  why is not known: {denied.fix}")
        return
    for alarm in raised:
        since = f" at {utc(alarm.since)}" if alarm.since else ""
        yield Text(f"  {alarm.name} was raised{since}: {visible(alarm.reason)}")
    if not raised:
        yield Text("  no critical alarm of it was raised as far as CloudWatch remembers: a person paused it")


def _open(config: MailEnvironment) -> ReputationGateway:
    gateway = AwsReputation(AwsClients(region=config.regions[0]))
    require_account(config, gateway)
    return gateway


def _print(line: str) -> None:
    print_lines(iter([Text(line)]))
