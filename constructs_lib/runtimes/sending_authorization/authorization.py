"""Which policy to put on which identity, and when to leave one alone: pure, on a port.

Two marks keep safe what others own. A policy's name ends in a digest of the stack's ARN and the resource's
logical id, as CloudFormation itself names things: nobody else's policy has that name, and a resource that
moves within a template gets its policy beside the former one, which stays until the update went well. Its
``Id``, which SES keeps and does not read (SES Developer Guide, policy anatomy), says the same in full: a
policy with another one, or with none, is never changed or deleted.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from ..custom_resource import RefusedError, Request, RequestType  # noqa: TID252 - Lambda has no constructs_lib


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

    Properties: ``Identity``, ``Name`` (how the policy's name begins), ``Policy`` (without an ``Id``).

    Returns:
        The physical id. Another identity or name is another resource: CloudFormation deletes the former one
        when the update went well.

    Raises:
        RefusedError: a policy of that name is somebody else's, or SES refuses.
    """
    owner = f"{request.stack_id}/{request.logical_id}"
    place = _Place.of(request.properties, owner)
    if request.type is RequestType.DELETE:
        _remove(place, owner, policies)
        return request.physical_id or place.physical_id
    _put(place, {**request.properties["Policy"], "Id": owner}, policies)
    if request.type is RequestType.UPDATE:
        replaced = _Place.of(request.old_properties, owner)
        # The id never became that of the place where the policy was to go: that update failed on its way and
        # is rolled back. CloudFormation does not know the place, so nobody else would look there.
        if place.physical_id == request.physical_id != replaced.physical_id:
            _remove(replaced, owner, policies)
    return place.physical_id


@dataclass(frozen=True, kw_only=True)
class _Place:
    identity: str
    name: str

    @classmethod
    def of(cls, properties: Mapping[str, Any], owner: str) -> "_Place":
        digest = hashlib.sha256(owner.encode()).hexdigest()[:12]
        return cls(identity=properties["Identity"], name=f"{properties['Name']}-{digest}")

    @property
    def physical_id(self) -> str:
        return f"{self.identity}/{self.name}"


def _put(place: _Place, document: Mapping[str, Any], policies: Policies) -> None:
    policy = json.dumps(document, separators=(",", ":"))
    existing = policies.find(place.identity, place.name)
    if existing is None:
        if policies.create(place.identity, place.name, policy):
            return
        existing = policies.find(place.identity, place.name)
    if existing is None or _owner(existing) != document["Id"]:
        raise RefusedError(
            f"[identity-policy-taken] Identity {place.identity} has a policy {place.name} that this resource "
            "did not put there. Fix: choose another name, or delete that policy if nobody needs it."
        )
    policies.update(place.identity, place.name, policy)


def _remove(place: _Place, owner: str, policies: Policies) -> None:
    existing = policies.find(place.identity, place.name)
    if existing is not None and _owner(existing) == owner:
        policies.delete(place.identity, place.name)


def _owner(policy: str) -> str:
    """The ``Id`` of a policy; nothing where it has none."""
    try:
        found = json.loads(policy).get("Id")
    except (ValueError, AttributeError):
        return ""
    return found if isinstance(found, str) else ""
