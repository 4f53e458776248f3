"""Where the mail of an environment is: told by the outputs of its receiving stacks."""

from dataclasses import dataclass
from typing import Protocol

from ops.errors import InboxMissingError
from ops.ports import AccountGateway
from stacks.config import MailEnvironment
from stacks.receiving_config import BUCKET_OUTPUT, dead_letters_output
from stacks.stack_names import receiving_stack_name


@dataclass(frozen=True, kw_only=True)
class Inbox:
    """The mail of one rule in one Region.

    Attributes:
        name: The rule's name.
        region: Where it is received.
        bucket: The bucket that holds it.
        prefix: What the keys of its raw messages begin with.
        dead_letters: ARN of the queue of messages that were not dealt with; None where nothing is done but
            to store.
    """

    name: str
    region: str
    bucket: str
    prefix: str
    dead_letters: str | None


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
    """The deployed inboxes of an environment, in its order.

    Args:
        config: The environment.
        gateway: Access to CloudFormation.
        name: Only this one. Default: all.
        region: Only of this Region. Default: all.

    Raises:
        InboxMissingError: There is none, or it is not deployed.
        AccessError: CloudFormation could not be asked.
    """
    receiving = config.receiving
    wanted = [] if receiving is None else [each for each in receiving.inboxes if name in {None, each.name}]
    if receiving is None or not wanted:
        names = ", ".join(each.name for each in receiving.inboxes) if receiving else "none"
        raise InboxMissingError(
            f"{config.name} has no inbox {name or ''}".rstrip() + f"; it has {names or 'none'}.",
            fix="declare it in `receiving` of the environment",
        )
    found = []
    for where in config.receiving_regions:
        if region in {None, where}:
            outputs = gateway.outputs(receiving_stack_name(config, where), region=where)
            if outputs is None or BUCKET_OUTPUT not in outputs:
                raise InboxMissingError(
                    f"{receiving_stack_name(config, where)} is not deployed in {where}.",
                    fix=f"cdk deploy '{config.name}/*'",
                )
            found += [
                Inbox(
                    name=each.name,
                    region=where,
                    bucket=outputs[BUCKET_OUTPUT],
                    prefix=each.prefix,
                    dead_letters=outputs.get(dead_letters_output(each.name)),
                )
                for each in wanted
            ]
    return tuple(found)
