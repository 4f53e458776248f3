"""What the stacks of an environment ask owners to merge, of their templates and of what is deployed.

Needs the CDK: `constructs_lib.owner_statements` writes these outputs and reads them.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from constructs_lib.owner_statements import OUTPUT, owner_statement
from ops.errors import AccessError
from ops.import_map import Stack
from ops.owner_policies import Asked

Deployed = Callable[[Stack], Mapping[str, str] | None]
"""The outputs of a deployed stack by their logical id, or None."""

_SEPARATOR: Final = ","


def asked_of_owners(stack: Stack, deployed: Deployed) -> Iterator[Asked]:
    """What one stack asks; the deployed stack is only looked at for what its template leaves open.

    What only a deployed stack tells that cannot be read is not known; the rest is told all the same.
    """
    outputs = {
        logical_id: output
        for logical_id, output in stack.template.get("Outputs", {}).items()
        if str(output.get("Description", "")).startswith(OUTPUT)
    }
    there: Mapping[str, str] = {}
    unread = ""
    if not all(isinstance(output["Value"], str) for output in outputs.values()):
        try:
            there = deployed(stack) or {}
        except AccessError as error:
            unread = error.sentence
    for logical_id, output in outputs.items():
        literal = isinstance(output["Value"], str)
        value = output["Value"] if literal else there.get(logical_id)
        yield _asked(stack, output["Description"], value, unread="" if literal else unread)


def _asked(stack: Stack, description: str, value: Any, *, unread: str) -> Asked:  # noqa: ANN401 - of a template
    sid = description.removeprefix(OUTPUT).partition(_SEPARATOR)[0]
    told = owner_statement(description, value) if isinstance(value, str) else None
    policy_of, statement = told or ("", None)
    return Asked(
        stack=stack.path,
        region=stack.region,
        policy_of=policy_of,
        sid=sid,
        statement=statement,
        unread=unread,
    )
