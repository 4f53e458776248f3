"""What a trail records of SES, what it should, and how to add that without taking anything away. Pure.

`PutEventSelectors` replaces all selectors of a trail, and replaces basic ones by advanced ones (CloudTrail
API): whatever is there is read, kept, and written back with ours.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from constructs_lib.audit.data_events import Selector
from ops.errors import TrailSelectorsError
from stacks.config import MailEnvironment
from stacks.own_roles import own_roles
from stacks.stack_names import trail_name

_READ_ONLY: Final = {"ReadOnly": "true", "WriteOnly": "false"}


@dataclass(frozen=True, kw_only=True)
class Selectors:
    """The selectors of a trail, as the CloudTrail API tells them: of one kind or the other.

    Attributes:
        basic: Basic event selectors.
        advanced: Advanced event selectors.
    """

    basic: tuple[Selector, ...] = ()
    advanced: tuple[Selector, ...] = ()


def wanted_selectors(config: MailEnvironment, *, partition: str) -> tuple[Selector, ...]:
    """The selectors of an environment's sends; none where `audit` asks for no data events."""
    audit = config.audit
    if audit is None or audit.data_events is None:
        return ()
    senders = (*audit.senders, *own_roles(config, config.regions)) if audit.senders else ()
    return audit.data_events.selectors(
        name=_ours(config), senders=senders, partition=partition, account=config.account
    )


def missing(current: Selectors, wanted: Sequence[Selector]) -> tuple[Selector, ...]:
    """What of the wanted is not there as it is wanted."""
    there = [_normal(selector) for selector in current.advanced]
    return tuple(selector for selector in wanted if _normal(selector) not in there)


def merged(config: MailEnvironment, current: Selectors, wanted: Sequence[Selector]) -> tuple[Selector, ...]:
    """All selectors of a trail with the wanted ones: others' stay as they are, former ones of ours go.

    Raises:
        TrailSelectorsError: The trail has basic selectors with data events.
    """
    others = [*_converted(current.basic), *current.advanced]
    kept = [selector for selector in others if not _is_ours(config, selector)]
    return (*kept, *wanted)


def _ours(config: MailEnvironment) -> str:
    return f"Amazon SES, {trail_name(config)}"


def _is_ours(config: MailEnvironment, selector: Selector) -> bool:
    return str(selector.get("Name", "")).startswith(f"{_ours(config)}: ")


def _converted(basic: Sequence[Selector]) -> Iterator[Selector]:
    """Basic selectors of management events as advanced ones that mean the same (CloudTrail User Guide)."""
    for selector in basic:
        if selector.get("DataResources"):
            raise TrailSelectorsError(
                "The trail selects data events by basic event selectors, which advanced ones would replace.",
                fix="let its owner switch it to advanced event selectors in the CloudTrail console first",
            )
        if not selector.get("IncludeManagementEvents", True):
            continue
        fields: list[dict[str, Any]] = [{"Field": "eventCategory", "Equals": ["Management"]}]
        if (value := _READ_ONLY.get(selector.get("ReadWriteType", "All"))) is not None:
            fields.append({"Field": "readOnly", "Equals": [value]})
        if sources := selector.get("ExcludeManagementEventSources"):
            fields.append({"Field": "eventSource", "NotEquals": list(sources)})
        yield {"Name": "Management events", "FieldSelectors": fields}


def _normal(selector: Mapping[str, Any]) -> tuple[object, ...]:
    """A selector, whatever the order in which its fields and their values are told."""
    fields = (
        tuple(
            sorted((key, tuple(sorted(value)) if key != "Field" else value) for key, value in field.items())
        )
        for field in selector["FieldSelectors"]
    )
    return (selector.get("Name"), *sorted(fields))
