"""``python -m ops existing``: what owners of existing things merge. Options, output and exit codes only."""

import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Final

import typer
from rich.text import Text

from ops.arguments import NOT_ALL_WELL, EnvironmentName
from ops.aws_clients import AwsClients
from ops.owner_gateway import AwsOwners
from ops.owner_policies import Answer, Asked, Merged, read_answers
from ops.status import require_account
from ops.terminal import UNUSABLE, console, print_lines, told_errors
from stacks.config import MailEnvironment
from stacks.environments import environment

EPILOG: Final = """\b
Examples:
  python -m ops existing prod

\b
Exit codes:
  0  every statement is there, is not needed, or is known after the deploy
  1  one is missing, or what it is for is not there
  2  wrong usage, or a policy could not be read, as that of another account's key

\b
Permissions: kms:GetKeyPolicy, sns:GetTopicAttributes, s3:GetBucketPolicy,
cloudformation:DescribeStacks.
"""

_WRONG: Final = frozenset({Merged.MISSING, Merged.NOTHING_THERE})
_OPEN: Final = frozenset({Merged.AFTER_DEPLOY, Merged.NOT_KNOWN})


def existing(env: EnvironmentName) -> None:
    """Tell what owners of existing keys, topics and buckets must merge into their policies, and have.

    A policy is one document, and whoever writes it writes all of it: a deploy would lose the statements of
    others. So their owner adds ours. It changes nothing in AWS.
    """
    with told_errors():
        config = environment(env)
        gateway = AwsOwners(AwsClients(region=config.regions[0]))
        require_account(config, gateway)
        with console(stderr=True).status(f"Reading what {config.name} asks of others"):
            answers = tuple(read_answers(_asked(config, gateway), gateway, account=config.account))
    print_lines(_lines(config, answers))
    found = {answer.merged for answer in answers}
    if found & _WRONG:
        raise typer.Exit(NOT_ALL_WELL)
    if Merged.NOT_KNOWN in found:
        raise typer.Exit(UNUSABLE)


def _asked(config: MailEnvironment, gateway: AwsOwners) -> Iterator[Asked]:
    from ops.owner_outputs import asked_of_owners  # noqa: PLC0415 - no other command waits for the CDK
    from ops.synthesis import synthesized_stacks  # noqa: PLC0415 - as above

    for stack in synthesized_stacks(config):
        yield from asked_of_owners(stack, lambda each: gateway.outputs(each.name, region=each.region))


def _lines(config: MailEnvironment, answers: Sequence[Answer]) -> Iterator[Text]:
    if not answers:
        yield Text(f"{config.name}: no owner of anything is asked to merge a statement.")
    else:
        missing = sum(answer.merged in _WRONG for answer in answers)
        unknown = sum(answer.merged in _OPEN for answer in answers)
        yield Text(
            f"To be merged by the owners: {missing} of {len(answers)} statements are missing"
            + (f", {unknown} not known." if unknown else ".")
        )
    for policy_of, of_one in groupby(sorted(answers, key=_place), key=_place):
        yield Text(policy_of or "known after the deploy", style="bold")
        yield from _of_policy(of_one)


def _place(answer: Answer) -> str:
    return answer.asked.policy_of


def _of_policy(answers: Iterable[Answer]) -> Iterator[Text]:
    for answer in answers:
        asked, why = answer.asked, f": {answer.why}" if answer.why else ""
        bad = answer.merged in _WRONG
        yield Text(f"  {asked.sid} ({asked.stack}): {answer.merged}{why}", style="red" if bad else "")
        if answer.merged is Merged.MISSING or (answer.merged is Merged.NOT_KNOWN and asked.statement):
            yield Text(f"    {json.dumps(asked.statement)}")
