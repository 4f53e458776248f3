"""One list of configuration sets: SES has one, the emulator keeps one for each version of the API."""

from local import emulator


def configuration_set_exists(name: str) -> bool:
    """Whether the account has a configuration set of that name in this Region."""
    return name in emulator.v2_configuration_sets or name in emulator.v1_configuration_sets


def sending_enabled(name: str) -> bool:
    """Whether sends with a configuration set are taken."""
    record = emulator.v2_configuration_sets.get(name) or {}
    return bool((record.get("SendingOptions") or {}).get("SendingEnabled", True))


def configuration_sets() -> set[str]:
    """The names that both versions of the API see."""
    return {*emulator.v1_configuration_sets} & {*emulator.v2_configuration_sets}


def mirror_configuration_sets(before: set[str]) -> None:
    """Carry over what a request made or deleted on one side only.

    Args:
        before: `configuration_sets` before the request.
    """
    v1, v2 = emulator.v1_configuration_sets, emulator.v2_configuration_sets
    for name in before - configuration_sets():
        v1.pop(name, None)
        v2.pop(name, None)
    for name in {*v2} - {*v1}:
        v1[name] = {"Name": name}
    for name in {*v1} - {*v2}:
        emulator.v2_new_configuration_set(name, {})
