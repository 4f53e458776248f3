"""The template of every stack as a file: the infrastructure diff of a pull request.

``make snapshots`` rewrites them.
"""

from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from stacks.environments import ENVIRONMENTS
from tests.snapshot_files import TemplateFile, compare
from tests.synthesis import environment_templates


class EnvironmentFile(TemplateFile):
    folder = Path(__file__).with_name("snapshots")


@pytest.mark.parametrize("environment", list(ENVIRONMENTS))
def test_templates_are_as_reviewed(
    environment: str, snapshot: SnapshotAssertion, subtests: pytest.Subtests, pytestconfig: pytest.Config
) -> None:
    compare(
        environment_templates(environment),
        environment,
        files=EnvironmentFile,
        snapshot=snapshot,
        subtests=subtests,
        update=pytestconfig.getoption("update_snapshots"),
    )


def test_every_folder_is_an_environment() -> None:
    assert {path.name for path in EnvironmentFile.folder.iterdir()} == set(ENVIRONMENTS), (
        "make snapshots adds the folder of a new environment; remove that of one that is declared no more"
    )
