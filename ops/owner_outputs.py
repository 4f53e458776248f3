"""What the stacks of an environment ask owners to merge, of their templates and of what is deployed.

Needs the CDK: `constructs_lib.owner_statements` writes these outputs and reads them.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from constructs_lib.owner_statements import OUTPUT, owner_statement
from ops.import_map import Stack
from ops.owner_policies import Asked

Deployed = Callable[[Stack], Mapping[str, str] | None]
"""The outputs of a deployed stack by their description, or None."""

_SEPARATOR: Final = ","


def asked_of_owners(stack: Stack, deployed: Deployed) -> Iterator[Asked]:
    """What one stack asks; the deployed stack is only looked at for what its template leaves open."""
    outputs = [
        (str(output["Description"]), output["Value"])
        for output in stack.template.get("Outputs", {}).values()
        if str(output.get("Description", "")).startswith(OUTPUT)
    ]
    there: Mapping[str, str] | None = None
    if any(not isinstance(value, str) for _, value in outputs):
        there = deployed(stack)
    for description, value in outputs:
        yield _asked(stack, description, value if isinstance(value, str) else (there or {}).get(description))


def _asked(stack: Stack, description: str, value: Any) -> Asked:  # noqa: ANN401 - of a template
    sid = description.removeprefix(OUTPUT).partition(_SEPARATOR)[0]
    told = owner_statement(description, value) if isinstance(value, str) else None
    policy_of, statement = told or ("", None)
    return Asked(stack=stack.path, region=stack.region, policy_of=policy_of, sid=sid, statement=statement)
