"""What is wrong with an environment file."""

from collections.abc import Iterable
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import TYPE_CHECKING, get_origin

from constructs_lib.errors import ConfigurationError

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


def environment_invalid(option: str, rule: str, got: object, fix: str) -> ConfigurationError:
    """The error of a value that is not possible in an environment."""
    return ConfigurationError("environment-invalid", option=option, rule=rule, got=got, fix=fix)


def require_tuples(config: "DataclassInstance", *, option: str) -> None:
    """Refuse another value than a tuple where a part of an environment file takes one.

    ``("eu-west-1")`` is a text, and the first letter of it would be taken for the first Region: the comma
    makes the tuple (Python Language Reference, Parenthesized forms).

    Args:
        config: The part; its fields tell which of them are tuples.
        option: What leads to its fields.

    Raises:
        ConfigurationError: ``environment-invalid``.
    """
    for each in fields(config):
        value = getattr(config, each.name)
        if get_origin(each.type) is tuple and not isinstance(value, tuple):
            raise environment_invalid(
                f"{option}: {each.name}",
                "a tuple, also of one value.",
                type(value).__name__ if is_dataclass(value) else value,
                "write a tuple, in parentheses"
                if isinstance(value, list | set | frozenset | None)
                else f"write a tuple, with a comma: ({_as_written(value)},)",
            )


def _as_written(value: object) -> str:
    if isinstance(value, Enum):
        return f"{type(value).__name__}.{value.name}"
    return f'"{value}"' if isinstance(value, str) else f"{type(value).__name__}(...)"


def require_own_regions(used: Iterable[str], regions: tuple[str, ...], *, option: str) -> None:
    """Refuse a Region that the environment does not have.

    Raises:
        ConfigurationError: ``environment-invalid``.
    """
    for region in used:
        if region not in regions:
            raise environment_invalid(
                option,
                "Regions of the environment: " + ", ".join(regions) + ".",
                region,
                "correct it, or add it to the environment's regions",
            )
