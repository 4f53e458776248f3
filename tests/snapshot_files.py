"""Templates as files: what a reviewer reads, in the words of a snapshot."""

import json
from pathlib import Path
from typing import Any, ClassVar

import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.data import SnapshotCollections
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode
from syrupy.location import PyTestLocation
from syrupy.types import SerializableData, SnapshotIndex


class TemplateFile(SingleFileSnapshotExtension):
    """``<folder>/<name>/<stack-id>.json``; the snapshot's name is the path in the folder."""

    file_extension = "json"
    folder: ClassVar[Path]
    _write_mode = WriteMode.TEXT

    def serialize(self, data: SerializableData, **_: Any) -> str:  # noqa: ANN401 - filters that are not used
        return json.dumps(readable(data), indent=2, sort_keys=True) + "\n"

    @classmethod
    def dirname(cls, *, test_location: PyTestLocation) -> str:  # noqa: ARG003 - the signature of syrupy
        return str(cls.folder)

    def discover_snapshots(self, **_: Any) -> SnapshotCollections:  # noqa: ANN401 - arguments not used
        """None: `compare` finds obsolete files itself, whatever else runs and in how many processes."""
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
        return cls.folder in Path(snapshot_location).parents


def readable(template: Any) -> dict[str, Any]:  # noqa: ANN401 - any template
    """A template without what the CDK adds to each one alike."""
    kept = {key: value for key, value in template.items() if key not in {"Parameters", "Rules"}}
    parameters = {k: v for k, v in template.get("Parameters", {}).items() if k != "BootstrapVersion"}
    rules = {k: v for k, v in template.get("Rules", {}).items() if k != "CheckBootstrapVersion"}
    kept |= {key: value for key, value in (("Parameters", parameters), ("Rules", rules)) if value}
    return kept


def compare(
    templates: dict[str, dict[str, Any]],
    name: str,
    *,
    files: type[TemplateFile],
    snapshot: SnapshotAssertion,
    subtests: pytest.Subtests,
    update: bool,
) -> None:
    """Compare the templates of one environment with its files, or write these and drop the rest.

    Args:
        templates: By stack id.
        name: The folder.
        files: Where the folder is.
        snapshot: Syrupy's fixture.
        subtests: pytest's fixture: each template is told by itself.
        update: Whether the files are being written.
    """
    expected = snapshot.use_extension(files)
    for stack, template in templates.items():
        with subtests.test(stack=stack):
            assert template == expected(name=f"{name}/{stack}")
    folder = files.folder / name
    here = {path for path in folder.iterdir() if path.suffix == ".json"}
    obsolete = here - {folder / f"{stack}.json" for stack in templates}
    if update:
        for path in obsolete:
            path.unlink()
    else:
        assert obsolete == set(), "no stack has this template any more: make snapshots"
