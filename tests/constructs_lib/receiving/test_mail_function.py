from pathlib import Path
from typing import Any

import pytest

from constructs_lib.receiving.mail_function import MailFunction
from tests.support import refuses


def function(**overrides: Any) -> MailFunction:  # noqa: ANN401 - any option
    return MailFunction(**({"folder": "functions/orders", "handler": "orders.handle"} | overrides))


def test_defaults() -> None:
    made = function()
    assert (made.runtime, made.timeout_seconds, made.memory_mb, made.batch_size) == ("python3.14", 60, 256, 1)
    assert made.reserved_concurrency is None
    assert (dict(made.variables), made.policies) == ({}, ())


def test_variables_stay_what_they_were() -> None:
    given = {"TABLE": "orders"}
    made = function(variables=given)
    given["TABLE"] = "others"
    assert made.variables["TABLE"] == "orders"


@pytest.mark.parametrize(
    "option, value, fragment",
    [
        ("folder", "", "below the repository's root"),
        ("folder", ".", "below the repository's root"),
        ("folder", "/srv/orders", "below the repository's root"),
        ("folder", "functions/../../orders", "below the repository's root"),
        ("handler", "handle", "module.function"),
        ("handler", "orders.handle; x", "module.function"),
        ("runtime", "Python 3", "as Lambda's API has it"),
        ("timeout_seconds", 0, "1 to 900"),
        ("timeout_seconds", 901, "1 to 900"),
        ("memory_mb", 127, "128 to 10,240"),
        ("memory_mb", 10_241, "128 to 10,240"),
        ("batch_size", 0, "1 to 10"),
        ("batch_size", 11, "1 to 10"),
        ("reserved_concurrency", 1, "at least two"),
        ("policies", ("orders table",), "name of a managed policy"),
        ("policies", ("orders", "orders"), "each once"),
        ("policies", tuple(f"p{number}" for number in range(11)), "10 at most"),
        ("variables", {"1TABLE": "orders"}, "a letter first"),
        ("variables", {"TABLE": "o" * 4_092}, "4096 bytes"),
    ],
)
def test_what_lambda_or_its_queue_would_not_take(option: str, value: Any, fragment: str) -> None:  # noqa: ANN401
    with refuses("mail-function-invalid", fragment):
        function(**{option: value})


@pytest.mark.parametrize(
    "option, value",
    [
        ("folder", "orders"),
        ("handler", "package/orders.handle"),
        ("handler", "package.orders.handle"),
        ("runtime", "nodejs24.x"),
        ("runtime", "provided.al2023"),
        ("timeout_seconds", 900),
        ("memory_mb", 10_240),
        ("reserved_concurrency", 2),
        ("policies", tuple(f"team/p{number}" for number in range(10))),
        ("variables", {"TABLE": "o" * 4_091}),
    ],
)
def test_near_misses(option: str, value: Any) -> None:  # noqa: ANN401
    function(**{option: value})


@pytest.mark.parametrize("file, handler", [("orders.py", "orders.handle"), ("a/b/__init__.py", "a.b.handle")])
def test_the_code_is_looked_for_before_anything_is_built(tmp_path: Path, file: str, handler: str) -> None:
    made = function(handler=handler)
    with refuses("mail-function-invalid", "commit the folder"):
        made.require_code(tmp_path)
    folder = tmp_path / "functions" / "orders"
    folder.mkdir(parents=True)
    with refuses("mail-function-invalid", "add functions/orders/"):
        made.require_code(tmp_path)
    path = folder / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    assert made.require_code(tmp_path) == folder


def test_only_files_of_python_are_known(tmp_path: Path) -> None:
    (tmp_path / "functions" / "orders").mkdir(parents=True)
    function(runtime="nodejs24.x", handler="index.handler").require_code(tmp_path)
