"""Whose permissions a template holds: policies taken apart, by who acts or what is acted on."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from ops.review.changes import Change, EnvironmentChange, Place
from ops.review.statements import Permission, permissions
from ops.review.values import Reader

MANAGED_POLICIES: Final = "ManagedPolicyArns"
ACTORS: Final = {
    "AWS::IAM::Role": "role",
    "AWS::IAM::User": "user",
    "AWS::IAM::Group": "group",
    "AWS::IAM::ManagedPolicy": "policy",
}
"""What acts, by CloudFormation type: a managed policy stands for whoever it is attached to."""

_ATTACHED_TO: Final = {"Roles": "role", "Users": "user", "Groups": "group"}
_ACTED_ON: Final = (
    ("Bucket", "bucket"),
    ("Queues", "queue"),
    ("Topics", "topic"),
    ("SecretId", "secret"),
    ("Identity", "identity"),
)
_ITSELF: Final = "*"
_PERMISSION: Final = "AWS::Lambda::Permission"


@dataclass(frozen=True, kw_only=True)
class Holder:
    """Who acts, or what is acted on.

    Attributes:
        key: The same on both sides, wherever it is declared.
        kind: What it is, such as ``role``.
        name: What it is called.
        acted_on: Whether it is a resource with a policy about others.
        trust: Whether it is about who may act as it.
        change: The resource that decides whether it is new or gone.
    """

    key: tuple[str, ...]
    kind: str = field(compare=False)
    name: str = field(compare=False)
    acted_on: bool = field(compare=False, default=False)
    trust: bool = field(compare=False, default=False)
    change: Change = field(compare=False, repr=False)

    @property
    def account(self) -> str:
        """Whose it is; empty where nobody tells."""
        return self.change.place.stack.account


def held(environment: EnvironmentChange, *, after: bool) -> dict[Holder, list[Permission]]:
    """Every permission of one side by its holder."""
    owners = {
        (place.stack.id, place.logical_id): change
        for change in environment.of_type(*ACTORS)
        if (place := change.after if after else change.before)
    }
    found: dict[Holder, list[Permission]] = {}
    for change in environment.changes:
        place = change.after if after else change.before
        if place:
            for holder, document in _documents(change, place, owners):
                said = permissions(document, Reader(place.stack))
                found.setdefault(holder, []).extend(_about(holder, each) for each in said)
    return found


def _about(holder: Holder, said: Permission) -> Permission:
    """What a resource's policy says of the resource itself, whatever that is called."""
    itself = holder.acted_on and said.resource.strip("<>") == holder.name
    return said.on(_ITSELF) if itself else said


def _documents(
    change: Change, place: Place, owners: Mapping[tuple[str, str], Change]
) -> Iterator[tuple[Holder, Mapping[str, Any]]]:
    properties = place.own_properties
    if change.type == "AWS::IAM::Policy":
        yield from _attached(change, place, owners)
    elif change.type in ACTORS:
        holder = _holder(change, ACTORS[change.type], place.name)
        if isinstance(document := properties.get("PolicyDocument"), Mapping):
            yield holder, document
        for policy in _found_in(properties.get("Policies")):
            yield holder, policy
        if isinstance(document := properties.get("AssumeRolePolicyDocument"), Mapping):
            yield _holder(change, "role", place.name, trust=True), document
    elif change.type == _PERMISSION:
        name = place.text("FunctionName").strip("<>")
        yield _holder(change, "function", name, acted_on=True), _as_document(place)
    else:
        for document in _found_in(properties):
            yield _holder(change, *_policy_of(place), acted_on=True), document


def _attached(
    change: Change, place: Place, owners: Mapping[tuple[str, str], Change]
) -> Iterator[tuple[Holder, Mapping[str, Any]]]:
    document = place.mapping("PolicyDocument")
    for key, kind in _ATTACHED_TO.items():
        for value in place.several(key):
            target = value.get("Ref") if isinstance(value, Mapping) else None
            owner = owners.get((place.stack.id, str(target)))
            if owner:
                yield _holder(owner, kind, owner.place.name), document
            else:
                yield _holder(change, kind, Reader(place.stack).text(value)), document


def _as_document(place: Place) -> Mapping[str, Any]:
    """An ``AWS::Lambda::Permission`` as the statement that it adds to the function's policy."""
    keys = {"SourceArn": "aws:SourceArn", "SourceAccount": "aws:SourceAccount"}
    conditions = {name: place.get(key) for key, name in keys.items() if place.get(key) is not None}
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": place.get("Principal")},
        "Action": place.get("Action"),
        "Resource": place.get("FunctionName"),
        "Condition": {"StringEquals": conditions} if conditions else {},
    }
    return {"Statement": [statement]}


def _policy_of(place: Place) -> tuple[str, str]:
    """Kind and name of the resource that a resource policy is on."""
    for key, kind in _ACTED_ON:
        if place.get(key) is not None:
            return kind, place.text(key).strip("<>")
    return place.type.rpartition("::")[2].lower(), place.name


def _found_in(value: Any) -> Iterator[Mapping[str, Any]]:  # noqa: ANN401 - any value of a template
    """Every policy document within a value."""
    if isinstance(value, Mapping):
        if isinstance(value.get("Statement"), list | Mapping):
            yield value
            return
        for item in value.values():
            yield from _found_in(item)
    elif isinstance(value, list):
        for item in value:
            yield from _found_in(item)


def _holder(change: Change, kind: str, name: str, *, acted_on: bool = False, trust: bool = False) -> Holder:
    place = change.place
    key = (place.stack.id, place.logical_id, "trust" if trust else "")
    return Holder(key=key, kind=kind, name=name, acted_on=acted_on, trust=trust, change=change)
