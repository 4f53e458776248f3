"""Compares the two sides: each resource with what it was, wherever it is declared now."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from ops.review.assembly import Stack, Stacks
from ops.review.changes import Change, EnvironmentChange, Fate, Place, end_of, without_assets
from ops.review.resource_names import physical_name
from ops.review.template_diff import Impact, TemplatePair, diff_templates

_EMPTY: Final[Mapping[str, Any]] = {"Resources": {}}
_FATES: Final = {
    "WILL_REPLACE": Fate.REPLACED,
    "MAY_REPLACE": Fate.MAYBE_REPLACED,
}

ChangeSets = Mapping[str, Mapping[str, Any]]
"""What CloudFormation answered, by the id of the stack."""


def compare(
    before: Mapping[str, Stacks],
    after: Mapping[str, Stacks],
    *,
    change_sets: Mapping[str, ChangeSets] | None = None,
) -> list[EnvironmentChange]:
    """Each environment of either side, asked of the library in one go.

    Raises:
        ReviewToolError: ``review-tool-missing``.
    """
    names = list({**before, **after})
    sets = change_sets or {}
    both = [
        (name, key)
        for name in names
        for key in after.get(name, {})
        if _differs(before.get(name, {}).get(key), after[name][key])
    ]
    impacts = diff_templates(
        [
            TemplatePair(
                before=before[name][key].template if key in before.get(name, {}) else _EMPTY,
                after=after[name][key].template,
                change_set=sets.get(name, {}).get(key),
            )
            for name, key in both
        ]
    )
    found = dict(zip(both, impacts, strict=True))
    return [
        EnvironmentChange(
            name=name,
            before=before.get(name, {}),
            after=after.get(name, {}),
            changes=tuple(
                _changes(
                    before.get(name, {}),
                    after.get(name, {}),
                    {key: value for (owner, key), value in found.items() if owner == name},
                )
            ),
        )
        for name in names
    ]


def _differs(before: Stack | None, after: Stack) -> bool:
    return before is None or before.template != after.template


def _changes(before: Stacks, after: Stacks, impacts: Mapping[str, Mapping[str, Impact]]) -> Iterator[Change]:
    old = {place.key: place for place in _places(before)}
    new = {place.key: place for place in _places(after)}
    same_place = [key for key in new if key in old and old[key].type == new[key].type]
    gone = [place for key, place in old.items() if key not in same_place]
    come = [place for key, place in new.items() if key not in same_place]
    partner = dict(_partners(gone, come))
    for key, place in new.items():
        impact = impacts.get(place.stack.id, {}).get(place.logical_id)
        former = old[key] if key in same_place else partner.get(key)
        fate = Fate.CREATED if key not in same_place else _fate(impact)
        yield Change(before=former, after=place, fate=fate, impacts=impact.properties if impact else {})
    taken = {place.key for place in partner.values()}
    for place in gone:
        if place.key not in taken:
            yield Change(before=place, after=None, fate=end_of(place, after), impacts={})


def _fate(impact: Impact | None) -> Fate:
    return Fate.SAME if impact is None else _FATES.get(impact.resource, Fate.UPDATED)


def _places(stacks: Stacks) -> Iterator[Place]:
    for stack in stacks.values():
        for logical_id in stack.resources:
            yield Place(stack=stack, logical_id=logical_id)


def _partners(gone: Sequence[Place], come: Sequence[Place]) -> Iterator[tuple[tuple[str, str], Place]]:
    """What is declared elsewhere now: by its own name, else by equal properties, each once."""
    left = list(gone)
    for signature in (lambda place: place.physical_name, _fingerprint):
        waiting: dict[Any, list[Place]] = {}
        for place in left:
            if (found := signature(place)) is not None:
                waiting.setdefault(found, []).append(place)
        for place in come:
            candidates = waiting.get(signature(place))
            if candidates:
                partner = candidates.pop(0)
                left.remove(partner)
                yield place.key, partner
        come = [place for place in come if place.physical_name is None]
        left = [place for place in left if place.physical_name is None]


def _fingerprint(place: Place) -> tuple[str, str, str]:
    blank = _blank(place.resource.get("Properties"), place.stack)
    return place.type, place.stack.region, json.dumps(blank, sort_keys=True)


def _blank(value: Any, stack: Stack) -> Any:  # noqa: ANN401 - any value of a template
    """A value without asset hashes and the logical ids of what has no name, which a move changes."""
    if isinstance(value, Mapping):
        if set(value) == {"Ref"}:
            return {"Ref": _target(value["Ref"], stack)}
        if set(value) == {"Fn::GetAtt"} and isinstance(value["Fn::GetAtt"], list):
            target, attribute = value["Fn::GetAtt"]
            return {"Fn::GetAtt": [_target(target, stack), _blank(attribute, stack)]}
        return {key: _blank(item, stack) for key, item in value.items()}
    if isinstance(value, list):
        return [_blank(item, stack) for item in value]
    return without_assets(value)


def _target(logical_id: Any, stack: Stack) -> Any:  # noqa: ANN401 - whatever stands in a reference
    resource = stack.resources.get(logical_id) if isinstance(logical_id, str) else None
    if resource is None:
        return logical_id
    return physical_name(resource, region=stack.region) or resource["Type"]
