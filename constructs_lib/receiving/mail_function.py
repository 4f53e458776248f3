"""Your own function on incoming mail, as plain values for environment files. `FolderFunction` deploys it.

Example::

    MailFunction(folder="functions/orders", handler="orders.handle", policies=("orders-table",))
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from types import MappingProxyType
from typing import Final

from constructs_lib.errors import ConfigurationError

MOST_TIMEOUT_SECONDS: Final = 900
LEAST_MEMORY_MB, MOST_MEMORY_MB = 128, 10_240
MOST_BATCH: Final = 10
"""Messages of a call. More need a wait in the queue (Lambda Developer Guide, SQS event source)."""

MOST_POLICIES: Final = 10
"""Managed policies of a role (IAM quotas)."""

_HANDLER: Final = re.compile(r"[A-Za-z0-9_/-]+(\.[A-Za-z0-9_-]+)+")
_RUNTIME: Final = re.compile(r"[a-z]+[a-z0-9.]*")
_POLICY: Final = re.compile(r"[A-Za-z0-9+=,.@_/-]{1,512}")
_VARIABLE: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]+")
_MAX_VARIABLES_BYTES: Final = 4_096
"""Of all names and values (Lambda quotas)."""


@dataclass(frozen=True, kw_only=True)
class MailFunction:
    """A function whose code is a folder, called with what SES announces, and let to read the raw mail.

    Attributes:
        folder: The code and what it imports, as Lambda unpacks it. Relative to the repository's root.
        handler: What Lambda calls: ``module.function``. It gets SES's notification as the body of each
            record of an SQS event, and answers with ``batchItemFailures``.
        runtime: Lambda's name of the language. Default: ``python3.14``.
        timeout_seconds: 1 to 900. Default: 60.
        memory_mb: 128 to 10,240. Default: 256; a message may have 40 MB.
        batch_size: Messages of one call, 1 to 10. Default: 1.
        reserved_concurrency: Calls at the same moment that Lambda keeps for it, and at most, from 2. Default:
            it shares the account's.
        variables: Environment variables. Never a secret. Default: none.
        policies: Names of managed policies of the account, up to 10, for what it does besides reading mail.
            Default: none.

    Raises:
        ConfigurationError: ``mail-function-invalid``.
    """

    folder: str
    handler: str
    runtime: str = "python3.14"
    timeout_seconds: int = 60
    memory_mb: int = 256
    batch_size: int = 1
    reserved_concurrency: int | None = None
    variables: Mapping[str, str] = field(default_factory=dict)
    policies: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        path = PurePosixPath(self.folder)
        if not self.folder or path.is_absolute() or ".." in path.parts or path == PurePosixPath():
            raise mail_function_invalid(
                "folder",
                "a folder below the repository's root: its content is uploaded.",
                self.folder,
                'write such as "functions/orders"',
            )
        self._require("handler", _HANDLER, self.handler, '"module.function" (Lambda API, Handler).')
        self._require("runtime", _RUNTIME, self.runtime, "a name as Lambda's API has it (Runtime).")
        self._require_between("timeout_seconds", 1, self.timeout_seconds, MOST_TIMEOUT_SECONDS)
        self._require_between("memory_mb", LEAST_MEMORY_MB, self.memory_mb, MOST_MEMORY_MB)
        self._require_between("batch_size", 1, self.batch_size, MOST_BATCH)
        if self.reserved_concurrency is not None and self.reserved_concurrency < 2:  # noqa: PLR2004 - see below
            raise mail_function_invalid(
                "reserved_concurrency",
                "2 or more: the event source calls at least two at once (Lambda API, MaximumConcurrency).",
                self.reserved_concurrency,
                "choose 2 or more, or leave it out",
            )
        for policy in self.policies:
            self._require("policies", _POLICY, policy, "the name of a managed policy of the account.")
        if len(self.policies) > MOST_POLICIES or len(set(self.policies)) != len(self.policies):
            raise mail_function_invalid(
                "policies",
                f"each once, {MOST_POLICIES} at most (IAM quotas).",
                self.policies,
                "put what they allow into fewer",
            )
        for name in self.variables:
            self._require("variables", _VARIABLE, name, "letters, digits and _, a letter first (Lambda API).")
        size = sum(len(name.encode()) + len(value.encode()) for name, value in self.variables.items())
        if size > _MAX_VARIABLES_BYTES:
            raise mail_function_invalid(
                "variables",
                f"{_MAX_VARIABLES_BYTES} bytes at most, names and values together (Lambda quotas).",
                size,
                "read what is large from where it is kept",
            )
        object.__setattr__(self, "variables", MappingProxyType(dict(self.variables)))

    def require_code(self, root: Path) -> Path:
        """Where the code is.

        Args:
            root: What `folder` is relative to.

        Raises:
            ConfigurationError: ``mail-function-invalid``: no such folder, or no such module of Python.
        """
        folder = root / self.folder
        if not folder.is_dir():
            raise mail_function_invalid(
                "folder", "a folder of the repository.", self.folder, "correct it, or commit the folder"
            )
        module = self.handler.rpartition(".")[0].replace(".", "/")
        places = (folder / f"{module}.py", folder / module / "__init__.py")
        if self.runtime.startswith("python") and not any(place.is_file() for place in places):
            raise mail_function_invalid(
                "handler",
                f"a function of a module in {self.folder}.",
                self.handler,
                f"write the module's name, or add {self.folder}/{module}.py",
            )
        return folder

    def _require(self, option: str, pattern: re.Pattern[str], value: str, rule: str) -> None:
        if not pattern.fullmatch(value):
            raise mail_function_invalid(option, rule, value, "choose such a value")

    def _require_between(self, option: str, least: int, value: int, most: int) -> None:
        if not least <= value <= most:
            raise mail_function_invalid(
                option, f"{least} to {most:,} (Lambda quotas).", value, "choose a value within"
            )


def mail_function_invalid(option: str, rule: str, got: object, fix: str) -> ConfigurationError:
    """The error of a function of yours that Lambda or its queue would not take."""
    return ConfigurationError(
        "mail-function-invalid", option=f"function: {option}", rule=rule, got=got, fix=fix
    )
