"""CloudFormation's DescribeStackResources by a physical id: the stack that holds a resource.

CloudFormation API, DescribeStackResources. The emulator looks at the name of a stack only.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from local import emulator
from local.emulator import Response

Call = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class StackHolders:
    """The call.

    Attributes:
        inner: The emulator's own call.
    """

    inner: Callable[[Call], Response]

    def describe(self, params: Call) -> Response:
        """DescribeStackResources: a stack by its name, or by what it holds."""
        physical_id = _one(params, "PhysicalResourceId")
        if not physical_id or _one(params, "StackName"):
            return self.inner(params)
        for stack in emulator.stacks.values():
            if any(
                resource.get("PhysicalResourceId") == physical_id
                for resource in stack.get("_resources", {}).values()
            ):
                return self.inner({**params, "StackName": stack["StackName"]})
        return emulator.stack_error("ValidationError", f"Stack for {physical_id} does not exist", 400)


def _one(params: Call, name: str) -> str:
    value = params.get(name, "")
    return str(value[0] if isinstance(value, list) else value)
