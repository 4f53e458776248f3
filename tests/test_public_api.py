"""The public API as reviewed, in ``public_api.txt``. ``make snapshots`` rewrites it."""

import difflib
from pathlib import Path

import pytest

from tests.public_api import breaks, public_api
from tests.support import ROOT

REVIEWED = Path(__file__).with_name("public_api.txt")

_OLD = """\
# module constructs_lib.part.module
LIMIT: Final

class Kind(StrEnum):
    ONE = "one"

@dataclass(frozen=True, kw_only=True)
class Value:
    name: str
    raw: bool = False

class Thing(Construct):
    made: object

    def __init__(self, scope: Construct, construct_id: str, *, value: Value, limit: int = 3) -> None: ...
    def grant(self, grantee: str) -> None: ...

def helper(text: str) -> str: ...
"""


def test_it_is_as_reviewed(pytestconfig: pytest.Config) -> None:
    new = public_api(ROOT / "constructs_lib")
    if pytestconfig.getoption("update_snapshots"):
        REVIEWED.write_text(new, encoding="utf-8")
    old = REVIEWED.read_text("utf-8")
    if new == old:
        return
    told = breaks(old, new) or ["no call: a name or a type, as the lines below show"]
    diff = difflib.unified_diff(old.splitlines(), new.splitlines(), "reviewed", "now", lineterm="", n=1)
    pytest.fail(
        "\n".join(
            [
                "The public API changed. What that breaks in apps that use the wheel:",
                *(f"  {line}" for line in told),
                "If it is meant: make snapshots, and tell it in CHANGELOG.md.",
                *diff,
            ]
        ),
        pytrace=False,
    )


@pytest.mark.parametrize(
    "before, after, told",
    [
        ("class Thing(", "class Other(", ["Thing: Public object was removed"]),
        ("def helper(", "def _helper(", ["helper: Public object was removed"]),
        ("LIMIT: Final\n", "", ["LIMIT: Public object was removed"]),
        ('ONE = "one"', "...", ["Kind.ONE: Public object was removed"]),
        ("    made: object\n", "", ["Thing.made: Public object was removed"]),
        ("    def grant(", "    def allow(", ["Thing.grant: Public object was removed"]),
        (", limit: int = 3", "", ["Thing.__init__(limit): Parameter was removed"]),
        (
            "limit: int = 3",
            "limit: int = 4",
            ["Thing.__init__(limit): Parameter default was changed: 3 -> 4"],
        ),
        ("limit: int = 3", "limit: int", ["Thing.__init__(limit): Parameter is now required"]),
        (
            "value: Value",
            "value: Value, more: int",
            ["Thing.__init__(more): Parameter was added as required"],
        ),
        (
            "name: str\n",
            "name: str\n    more: int\n",
            ["Value.__init__(more): Parameter was added as required"],
        ),
        (
            "raw: bool = False",
            "raw: bool = True",
            ["Value.__init__(raw): Parameter default was changed: False -> True"],
        ),
        ("limit: int = 3", "limit: int = 3, more: int = 4", []),
        ("raw: bool = False", "raw: bool = False\n    more: int = 4", []),
    ],
)
def test_what_a_change_breaks_is_told(before: str, after: str, told: list[str]) -> None:
    assert _OLD.count(before) == 1
    assert breaks(_OLD, _OLD.replace(before, after)) == told


def test_the_api_is_what_an_app_can_name(tmp_path: Path) -> None:
    (tmp_path / "runtimes").mkdir()
    (tmp_path / "runtimes" / "handler.py").write_text("def handle() -> None: pass\n")
    (tmp_path / "_private.py").write_text("def helper() -> None: pass\n")
    (tmp_path / "__init__.py").write_text('"""Only a docstring."""\n')
    (tmp_path / "thing.py").write_text(
        '''"""A thing."""
from constructs import Construct
LIMIT: Final = 3
_SECRET: Final = 4
class Thing(Construct):
    """Documented."""
    _cache: int = 0
    def __init__(self, scope: Construct, *, name: str = "a") -> None:
        """Documented."""
        self.name: str = name
        self.other, self._hidden = 1, 2
        self.size = 5
    @property
    def arn(self) -> str:
        return "arn"
    def _helper(self) -> None: ...
'''
    )
    assert public_api(tmp_path) == (
        """\
# module constructs_lib.thing
LIMIT: Final

class Thing(Construct):
    name: str
    other: object
    size: object

    def __init__(self, scope: Construct, *, name: str = "a") -> None: ...
    @property
    def arn(self) -> str: ...
"""
    )
