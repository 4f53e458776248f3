"""What is wrong with an environment file."""

from collections.abc import Iterable

from constructs_lib.errors import ConfigurationError


def environment_invalid(option: str, rule: str, got: object, fix: str) -> ConfigurationError:
    """The error of a value that is not possible in an environment."""
    return ConfigurationError("environment-invalid", option=option, rule=rule, got=got, fix=fix)


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
