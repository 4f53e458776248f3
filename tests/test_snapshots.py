"""The template of every stack as a file: the infrastructure diff of a pull request.

``make snapshots`` rewrites them.
"""

import json
from pathlib import Path
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.data import SnapshotCollections
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode
from syrupy.location import PyTestLocation
from syrupy.types import SerializableData, SnapshotIndex

from stacks.environments import ENVIRONMENTS
from tests.synthesis import environment_templates

FOLDER = Path(__file__).with_name("snapshots")


class TemplateFile(SingleFileSnapshotExtension):
    """``snapshots/<environment>/<stack-id>.json``; the snapshot's name is that path."""

    file_extension = "json"
    _write_mode = WriteMode.TEXT

    def serialize(self, data: SerializableData, **_: Any) -> str:  # noqa: ANN401 - filters that are not used
        return json.dumps(readable(data), indent=2, sort_keys=True) + "\n"

    @classmethod
    def dirname(cls, *, test_location: PyTestLocation) -> str:  # noqa: ARG003 - the signature of syrupy
        return str(FOLDER)

    def discover_snapshots(self, **_: Any) -> SnapshotCollections:  # noqa: ANN401 - arguments not used
        """None: the test below finds obsolete files itself, whatever else runs and in how many processes."""
        return SnapshotCollections()

    @classmethod
    def get_file_basename(
        cls,
        *,
        test_location: PyTestLocation,  # noqa: ARG003
        index: SnapshotIndex,
    ) -> str:
        return str(index)

    @classmethod
    def matches_test_location(
        cls,
        *,
        test_location: PyTestLocation,  # noqa: ARG003
        snapshot_location: str,
    ) -> bool:
        return FOLDER in Path(snapshot_location).parents


def readable(template: Any) -> dict[str, Any]:  # noqa: ANN401 - any template
    """A template without what the CDK adds to each one alike."""
    kept = {key: value for key, value in template.items() if key not in {"Parameters", "Rules"}}
    parameters = {k: v for k, v in template.get("Parameters", {}).items() if k != "BootstrapVersion"}
    rules = {k: v for k, v in template.get("Rules", {}).items() if k != "CheckBootstrapVersion"}
    kept |= {key: value for key, value in (("Parameters", parameters), ("Rules", rules)) if value}
    return kept


@pytest.mark.parametrize("environment", list(ENVIRONMENTS))
def test_templates_are_as_reviewed(
    environment: str, snapshot: SnapshotAssertion, subtests: pytest.Subtests, pytestconfig: pytest.Config
) -> None:
    files = snapshot.use_extension(TemplateFile)
    for stack, template in environment_templates(environment).items():
        with subtests.test(stack=stack):
            assert template == files(name=f"{environment}/{stack}")
    files_here = {path for path in (FOLDER / environment).iterdir() if path.suffix == ".json"}
    obsolete = files_here - {
        FOLDER / environment / f"{stack}.json" for stack in environment_templates(environment)
    }
    if pytestconfig.getoption("update_snapshots"):
        for path in obsolete:
            path.unlink()
    else:
        assert obsolete == set(), "no stack has this template any more: make snapshots"


def test_every_folder_is_an_environment() -> None:
    assert {path.name for path in FOLDER.iterdir()} == set(ENVIRONMENTS)
