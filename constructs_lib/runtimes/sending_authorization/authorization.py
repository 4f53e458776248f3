"""Which policy to put on which identity, and when to leave it alone: pure, on a port.

The policy's ``Id``, which SES keeps and does not read (SES Developer Guide, policy anatomy), names the resource
that put it. What carries another's name, or none, is never changed or deleted.
"""

import json
from typing import Protocol

from ..custom_resource import RefusedError, Request, RequestType


class Policies(Protocol):
    """The policies of identities.

    Every method may raise `RefusedError` for what a person has to solve.
    """

    def find(self, identity: str, name: str) -> str | None:
        """Return the policy's JSON, or None where the identity has none of that name or does not exist."""

    def create(self, identity: str, name: str, policy: str) -> bool:
        """Put a new policy; False where one of that name exists."""

    def update(self, identity: str, name: str, policy: str) -> None:
        """Replace a policy."""

    def delete(self, identity: str, name: str) -> None:
        """Delete a policy; one that is gone already is fine."""


def authorize(request: Request, policies: Policies) -> str:
    """Do what CloudFormation asks for; repeating it changes nothing.

    Properties: ``Identity``, ``PolicyName``, ``Policy`` (JSON without an ``Id``).

    Returns:
        The physical id. Another identity or name is another resource, so CloudFormation deletes the former.

    Raises:
        RefusedError: a policy of that name is somebody else's, or SES refuses.
    """
    identity, name = request.properties["Identity"], request.properties["PolicyName"]
    existing = policies.find(identity, name)
    if request.type is RequestType.DELETE:
        if existing is not None and _owner(existing) == _own_id(request):
            policies.delete(identity, name)
        return request.physical_id or _physical_id(identity, name)
    document = {**json.loads(request.properties["Policy"]), "Id": _own_id(request)}
    policy = json.dumps(document, separators=(",", ":"))
    if existing is None:
        created = policies.create(identity, name, policy)
        existing = None if created else policies.find(identity, name)
    # Also another resource of this stack: then it was renamed there, and its own deletion leaves this one alone.
    if existing is not None:
        if not _owner(existing).startswith(f"{request.stack_id}/"):
            raise RefusedError(
                f"[identity-policy-taken] Identity {identity} has a policy {name} that this stack did not put "
                "there. Fix: choose another name for the sender, or delete that policy if nobody needs it."
            )
        policies.update(identity, name, policy)
    return _physical_id(identity, name)


def _own_id(request: Request) -> str:
    return f"{request.stack_id}/{request.logical_id}"


def _physical_id(identity: str, name: str) -> str:
    return f"{identity}/{name}"


def _owner(policy: str) -> str:
    """The ``Id`` of a policy; nothing where it has none."""
    try:
        found = json.loads(policy).get("Id")
    except (ValueError, AttributeError):
        return ""
    return found if isinstance(found, str) else ""
