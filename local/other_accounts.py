"""What reaches into another account of the embedded AWS: the targets of EventBridge's rules.

EventBridge User Guide, "Sending and receiving events between AWS accounts", "Sending events to an AWS service
in another account": a rule reaches a bus, and in its own Region a topic or a queue, of another account by a
role of its own account. The emulator looks for every target in the account of the rule.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from local import emulator

Invoke = Callable[[Mapping[str, Any], dict[str, Any], Mapping[str, Any], Any], None]


@contextmanager
def acting_for(account: str) -> Iterator[None]:
    """Ask the emulator as another account; afterwards again as before."""
    before = emulator.account_id()
    emulator.set_account_id(account)
    try:
        yield
    finally:
        emulator.set_account_id(before)


def owner_of(arn: str) -> str:
    """The account of an ARN."""
    return arn.split(":")[4]


@dataclass(frozen=True, kw_only=True)
class ForeignTargets:
    """Lets a rule reach a target of another account, by a role as EventBridge wants it.

    Attributes:
        invoke_inner: The emulator's call of a target.
    """

    invoke_inner: Invoke

    def invoke(
        self, target: Mapping[str, Any], event: dict[str, Any], rule: Mapping[str, Any], view: object = None
    ) -> None:
        """Call a target; parameter names and order are the emulator's."""
        owner = owner_of(target["Arn"])
        if owner and target.get("RoleArn"):
            with acting_for(owner):
                self.invoke_inner(target, event, rule, view)
        else:
            self.invoke_inner(target, event, rule, view)
