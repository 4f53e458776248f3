"""Where the mail of an environment is: told by the outputs of its receiving stacks."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from ops.errors import InboxMissingError
from ops.ports import AccountGateway
from stacks.config import MailEnvironment
from stacks.receiving_config import BUCKET_OUTPUT, dead_letters_output
from stacks.stack_names import receiving_stack_name


@dataclass(frozen=True, kw_only=True)
class Inbox:
    """The mail that rules store under one prefix in one Region.

    Attributes:
        name: As declared; its prefix where nothing is declared for it, which no other inbox is called.
        region: Where it is received.
        bucket: The bucket that holds it.
        prefix: What the keys of its raw messages begin with.
        dead_letters: ARN of the queue of messages that were not dealt with; None where nothing is done but
            to store.
        summarized: Whether the built-in function deals with it, and writes a summary of each message.
    """

    name: str
    region: str
    bucket: str
    prefix: str
    dead_letters: str | None
    summarized: bool


class StackGateway(AccountGateway, Protocol):
    """CloudFormation, as far as a stack's outputs are looked up."""

    def outputs(self, stack_name: str, *, region: str) -> dict[str, str] | None:
        """A stack's outputs by key; None if there is no such stack.

        Raises:
            AccessError: CloudFormation could not be asked.
        """


def read_inboxes(
    config: MailEnvironment, gateway: StackGateway, *, name: str | None = None, region: str | None = None
) -> tuple[Inbox, ...]:
    """The deployed inboxes of an environment, in its order; after them what is stored and no more.

    Args:
        config: The environment.
        gateway: Access to CloudFormation.
        name: Only this one. Default: all.
        region: Only of this Region. Default: all that receive.

    Raises:
        InboxMissingError: There is none, or it is not deployed.
        AccessError: CloudFormation could not be asked.
    """
    prefixes = _prefixes(config, name)
    if region is not None and region not in config.receiving_regions:
        raise InboxMissingError(
            f"{config.name} receives no mail in {region}.",
            fix=f"choose one of {', '.join(config.receiving_regions)}",
        )
    regions = config.receiving_regions if region is None else (region,)
    return tuple(inbox for where in regions for inbox in _deployed(config, where, prefixes, gateway))


def _prefixes(config: MailEnvironment, name: str | None) -> dict[str, str]:
    """Prefix by name of what is wanted."""
    receiving = config.receiving
    known = {each.name: each.prefix for each in receiving.inboxes} if receiving else {}
    if receiving:
        known |= {prefix: prefix for prefix in receiving.prefixes if prefix not in known.values()}
    if not known:
        raise InboxMissingError(
            f"{config.name} stores no mail.",
            fix="declare rules and inboxes in `receiving` of the environment",
        )
    if name is not None and name not in known:
        raise InboxMissingError(
            f"{config.name} has no inbox {name}.", fix=f"choose one of {', '.join(known)}, or declare it"
        )
    return {each: prefix for each, prefix in known.items() if name in {None, each}}


def _deployed(
    config: MailEnvironment, region: str, prefixes: Mapping[str, str], gateway: StackGateway
) -> Iterator[Inbox]:
    stack_name = receiving_stack_name(config, region)
    outputs = gateway.outputs(stack_name, region=region) or {}
    declared = config.receiving.inboxes if config.receiving else ()
    summarized = {each.name for each in declared if each.function is None}
    for name, prefix in prefixes.items():
        queue = dead_letters_output(name)
        for wanted in (BUCKET_OUTPUT, *(() if name == prefix else (queue,))):
            if wanted not in outputs:
                raise InboxMissingError(
                    f"{name} is not deployed in {region}: {stack_name} has no output {wanted}.",
                    fix=f"cdk deploy '{config.name}/*'",
                )
        yield Inbox(
            name=name,
            region=region,
            bucket=outputs[BUCKET_OUTPUT],
            prefix=prefix,
            dead_letters=None if name == prefix else outputs[queue],
            summarized=name in summarized,
        )
