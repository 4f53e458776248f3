"""The query protocol of the API v1: structures in as dotted parameters, structures out as XML."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final
from xml.sax.saxutils import escape

from local import emulator
from local.emulator import Response

_LIST: Final = "member"


def structure(parameters: Mapping[str, str], name: str) -> dict[str, Any] | None:
    """The structure of that name, None when the request has none; its leaves are text.

    ``Rule.Actions.member.1.StopAction.Scope`` is ``{"Actions": [{"StopAction": {"Scope": ...}}]}``.
    """
    tree: dict[str, Any] = {}
    for key in sorted(key for key in parameters if key.startswith(f"{name}.")):
        branch = tree
        *path, leaf = key.split(".")[1:]
        for part in path:
            branch = branch.setdefault(part, {})
            if not isinstance(branch, dict):
                return None
        branch[leaf] = parameters[key]
    return _with_lists(tree) if tree else None


def members(parameters: Mapping[str, str], name: str) -> list[str]:
    """A list of texts."""
    prefix = f"{name}.{_LIST}."
    found = {
        int(key.removeprefix(prefix)): value for key, value in parameters.items() if key.startswith(prefix)
    }
    return [found[number] for number in sorted(found)]


def result(action: str, content: Mapping[str, Any]) -> Response:
    """The response of a call."""
    return emulator.v1_response(HTTPStatus.OK, f"{action}Response", _element(f"{action}Result", content))


def _with_lists(value: Any) -> Any:  # noqa: ANN401 - any level of a structure
    if not isinstance(value, dict):
        return value
    if set(value) == {_LIST} and isinstance(value[_LIST], dict):
        entries = value[_LIST]
        return [_with_lists(entries[number]) for number in sorted(entries, key=int)]
    return {key: _with_lists(part) for key, part in value.items()}


def _element(name: str, value: Any) -> str:  # noqa: ANN401 - any level of a structure
    if isinstance(value, Mapping):
        inner = "".join(_element(key, part) for key, part in value.items())
    elif isinstance(value, Sequence) and not isinstance(value, str):
        inner = "".join(_element(_LIST, part) for part in value)
    else:
        inner = str(value).lower() if isinstance(value, bool) else escape(str(value))
    return f"<{name}>{inner}</{name}>"
