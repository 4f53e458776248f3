"""Secrets that should not stand in a template, and that a report must not repeat if they do."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from ops.review.assembly import Stacks

_NAMES: Final = re.compile(
    r"(secretstring|password|passphrase|privatekey|secretkey|secretaccesskey|authtoken)$", re.IGNORECASE
)
_TEXTS: Final = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)"
    r"|\b(?:AKIA|ASIA)[0-9A-Z]{16}\b",
    re.DOTALL,
)
_RESOLVED: Final = "{{resolve:"


class Mask:
    """Puts ``<secret 1>`` in place of the first secret, and so on: equal ones stay equal, others differ."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def stacks(self, environments: Mapping[str, Stacks]) -> dict[str, Stacks]:
        """Environments whose templates hold no secret."""
        return {
            name: {key: replace(stack, template=self._value(stack.template)) for key, stack in stacks.items()}
            for name, stacks in environments.items()
        }

    def _value(self, value: Any, name: str = "") -> Any:  # noqa: ANN401 - any value of a template
        if isinstance(value, Mapping):
            return {key: self._value(item, key) for key, item in value.items()}
        if isinstance(value, list):
            return [self._value(item, name) for item in value]
        if not isinstance(value, str):
            return value
        if _NAMES.search(name) and not value.startswith(_RESOLVED):
            return self._hidden(value)
        return _TEXTS.sub(lambda match: self._hidden(match[0]), value)

    def _hidden(self, secret: str) -> str:
        return f"<secret {self._numbers.setdefault(secret, len(self._numbers) + 1)}>"
