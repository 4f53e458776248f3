"""What is written about modules, from a package made here and from the library itself."""

from pathlib import Path

import pytest

from docs_site.api import Library, Renderer, library
from tests.support import ROOT

MODULE = '''"""Where mail goes.

Example::

    Place(name="x")
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

MOST: Final = 3
"""How many."""

_OWN: Final = 1


class Kind(StrEnum):
    """Which one."""

    NEAR = "near"
    """Not far."""


@dataclass(frozen=True, kw_only=True)
class Place:
    """A place.

    Attributes:
        name: Its name, as ``<name>``.
        kind: Which one. Default: near.

    Raises:
        ConfigurationError: ``place-invalid``.
    """

    name: str
    kind: Kind = Kind.NEAR

    @property
    def title(self) -> str:
        """For people."""
        return self.name

    def moved(self, to: "Place", *steps: int) -> "Place | None":
        """Another.

        Args:
            to: Where.
            steps: How.

        Returns:
            What is there.
        """

    def near(self, other: "Place", *, far: bool = False) -> bool:
        """Whether it is."""

    def _own(self) -> None: ...
'''


@pytest.fixture
def made(tmp_path: Path) -> str:
    for package in ("constructs_lib", "stacks"):
        (tmp_path / package).mkdir()
        (tmp_path / package / "__init__.py").touch()
    (tmp_path / "constructs_lib" / "places.py").write_text(MODULE, encoding="utf-8")
    renderer = Renderer(library(tmp_path), lambda _, name: f"places.md#{name}")
    return renderer.modules(["constructs_lib/places.py"])


@pytest.mark.parametrize(
    "expected",
    [
        "### `places` { #places }\n\n`constructs_lib.places`, [constructs_lib/places.py](../../",
        "\nWhere mail goes.\n",
        "#### `MOST` { #places.MOST }\n\n`3`. How many.\n",
        "#### `Kind` { #places.Kind }\n\nWhich one.\n\n\n\n- `NEAR` = `'near'`: Not far.\n",
        "#### `Place` { #places.Place }\n\nA place.\n",
        "`name`: str\n:   Its name, as `<name>`.\n",
        "`kind`: [Kind](places.md#places.Kind), default `Kind.NEAR`\n:   Which one. Default: near.\n",
        "**Raises**\n\n- `ConfigurationError`: `place-invalid`.\n",
        "##### `Place.title` { #places.Place.title }\n\nstr\n\nFor people.\n",
        "##### `Place.moved()` { #places.Place.moved }\n\nAnother.\n",
        "`to`: [Place](places.md#places.Place)\n:   Where.\n",
        "`*steps`: int\n:   How.\n",
        "**Parameters**\n\n- `other`: [Place](places.md#places.Place)\n- `far`: bool, default `False`\n",
        "**Returns** [Place](places.md#places.Place) \\| None: What is there.\n",
    ],
)
def test_everything_public_is_written(made: str, expected: str) -> None:
    assert expected in made


@pytest.mark.parametrize("absent", ["_OWN", "_own", "Example", "self"])
def test_nothing_else_is(made: str, absent: str) -> None:
    assert absent not in made


def test_the_code_of_functions_and_instances_is_not_for_apps() -> None:
    paths: Library = library(ROOT)
    assert "constructs_lib/identity/domain_identity.py" in paths.modules
    assert "stacks/config.py" in paths.modules
    assert not [path for path in paths.modules if "/runtimes/" in path or "/instance/" in path]
