"""What changes in one environment: each resource before and after, wherever it is declared."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from functools import cached_property
from typing import Any, Final

from ops.review.assembly import Stack, Stacks
from ops.review.resource_names import physical_name, property_of
from ops.review.values import Reader

_ASSET: Final = re.compile(r"\b[0-9a-f]{64}\b")
_TAGS: Final = frozenset({"Tags", "HostedZoneTags", "UserPoolTags"})
_RETAINED: Final = frozenset({"Retain", "RetainExceptOnCreate", "Snapshot"})


class Fate(Enum):
    """What becomes of a resource at the next deploy."""

    SAME = auto()
    CREATED = auto()
    UPDATED = auto()
    REPLACED = auto()
    MAYBE_REPLACED = auto()
    DESTROYED = auto()
    ORPHANED = auto()
    """It stays, and no stack manages it."""
    LEFT = auto()
    """Its stack is declared no more, and nobody deletes that: it stays as it is."""

    @property
    def word(self) -> str:
        """As the report writes it."""
        return _WORDS[self]


_WORDS: Final = {
    Fate.SAME: "the same",
    Fate.CREATED: "created",
    Fate.UPDATED: "updated",
    Fate.REPLACED: "replaced",
    Fate.MAYBE_REPLACED: "may be replaced",
    Fate.DESTROYED: "deleted",
    Fate.ORPHANED: "kept, unmanaged",
    Fate.LEFT: "left with its stack",
}


@dataclass(frozen=True, kw_only=True)
class Place:
    """A resource where it is declared."""

    stack: Stack
    logical_id: str

    @property
    def key(self) -> tuple[str, str]:
        """How CloudFormation knows it: by stack and logical id."""
        return self.stack.id, self.logical_id

    @property
    def resource(self) -> Mapping[str, Any]:
        """Its definition."""
        return self.stack.resources[self.logical_id]

    @property
    def type(self) -> str:
        """Its CloudFormation type."""
        return str(self.resource["Type"])

    @property
    def name(self) -> str:
        """Its own name, or its logical id."""
        return Reader(self.stack).name(self.logical_id)

    @property
    def physical_name(self) -> tuple[str, ...] | None:
        """See `ops.review.resource_names.physical_name`."""
        return physical_name(self.resource, region=self.stack.region)

    @property
    def own_properties(self) -> Mapping[str, Any]:
        """Its properties; none where something else stands for them."""
        found = self.resource.get("Properties")
        return found if isinstance(found, Mapping) else {}

    def mapping(self, path: str) -> Mapping[str, Any]:
        """A property that is a mapping; empty where it is something else."""
        value = self.get(path)
        return value if isinstance(value, Mapping) else {}

    def several(self, path: str) -> list[Any]:
        """A property that is a list; empty where it is something else."""
        value = self.get(path)
        return list(value) if isinstance(value, list) else []

    def get(self, path: str) -> Any:  # noqa: ANN401 - any property
        """A property by its path; None where it is not set."""
        return property_of(self.resource, path)

    def text(self, path: str, *, default: str = "") -> str:
        """A property for people; `default` where it is not set."""
        value = self.get(path)
        return default if value is None else Reader(self.stack).text(value)

    def retained(self, attribute: str = "DeletionPolicy") -> bool:
        """Whether the resource outlives its deletion, or with ``UpdateReplacePolicy`` its replacement."""
        policy = self.resource.get(attribute)
        return isinstance(policy, str) and policy in _RETAINED


@dataclass(frozen=True, kw_only=True)
class Change:
    """One resource on both sides.

    Attributes:
        before: Where it was declared; None for a new one.
        after: Where it is declared; None for one that is gone.
        fate: What becomes of it.
        impacts: What each changed property brings about, in the words of the library.
    """

    before: Place | None
    after: Place | None
    fate: Fate
    impacts: Mapping[str, str]

    @property
    def place(self) -> Place:
        """Where it is declared, or was."""
        place = self.after or self.before
        assert place is not None  # noqa: S101 - a change has one side at least
        return place

    @property
    def type(self) -> str:
        """Its CloudFormation type."""
        return self.place.type

    @property
    def stack(self) -> str:
        """Id of its stack."""
        return self.place.stack.id

    @property
    def region(self) -> str:
        """Its Region."""
        return self.place.stack.region

    @property
    def moved(self) -> bool:
        """Whether the same thing is declared by another logical id or stack than before."""
        return self.before is not None and self.after is not None and self.before.key != self.after.key

    @cached_property
    def properties(self) -> tuple[str, ...]:
        """The properties that differ, those that hold only rebuilt assets left out."""
        if self.before is None or self.after is None:
            return ()
        before, after = self.before.own_properties, self.after.own_properties
        names = {**before, **after}
        return tuple(
            name for name in names if without_assets(before.get(name)) != without_assets(after.get(name))
        )

    @cached_property
    def attributes(self) -> tuple[str, ...]:
        """What differs beside properties, such as ``DeletionPolicy``; not what no deploy acts on."""
        if self.before is None or self.after is None:
            return ()
        before, after = self.before.resource, self.after.resource
        ignored = {"Properties", "Metadata", "DependsOn"}
        return tuple(
            key for key in {**before, **after} if key not in ignored and before.get(key) != after.get(key)
        )

    @property
    def rebuilt(self) -> bool:
        """Whether only assets are built anew."""
        if self.before is None or self.after is None or self.properties or self.attributes or self.moved:
            return False
        return self.before.resource.get("Properties") != self.after.resource.get("Properties")

    @property
    def order_only(self) -> bool:
        """Whether only the order of deployment or notes differ, which change nothing that is deployed."""
        differs = bool(self.properties or self.attributes or self.impacts)
        return self.fate is Fate.UPDATED and not differs and not self.rebuilt

    @property
    def tags_only(self) -> bool:
        """Whether only tags differ."""
        return (
            bool(self.properties) and not self.attributes and set(self.properties) <= _TAGS and not self.moved
        )

    @property
    def counts(self) -> bool:
        """Whether a reviewer should see it."""
        in_one_line = self.rebuilt or self.order_only or self.tags_only
        return self.fate is not Fate.SAME and not in_one_line


@dataclass(frozen=True, kw_only=True)
class EnvironmentChange:
    """One environment on both sides.

    Attributes:
        name: Of the environment.
        before: Its stacks.
        after: Its stacks.
        changes: Every resource of both sides once, those that stay the same included.
    """

    name: str
    before: Stacks
    after: Stacks
    changes: tuple[Change, ...]

    def of_type(self, *types: str) -> Iterator[Change]:
        """The resources of these types, or of all whose type begins so with a trailing ``::``."""
        for change in self.changes:
            if change.type in types or change.type.startswith(tuple(t for t in types if t.endswith("::"))):
                yield change

    @property
    def stacks_gone(self) -> tuple[Stack, ...]:
        """Stacks that are declared no more."""
        return tuple(stack for key, stack in self.before.items() if key not in self.after)

    @property
    def stacks_new(self) -> tuple[Stack, ...]:
        """Stacks that were not declared."""
        return tuple(stack for key, stack in self.after.items() if key not in self.before)


def end_of(place: Place, after: Stacks) -> Fate:
    """What becomes of a resource that is declared no more."""
    if place.stack.id not in after:
        return Fate.LEFT
    return Fate.ORPHANED if place.retained() else Fate.DESTROYED


def without_assets(value: Any) -> Any:  # noqa: ANN401 - any value of a template
    """A value whose asset hashes are all the same."""
    if isinstance(value, str):
        return _ASSET.sub("<asset>", value)
    if isinstance(value, Mapping):
        return {key: without_assets(item) for key, item in value.items()}
    if isinstance(value, list):
        return [without_assets(item) for item in value]
    return value
