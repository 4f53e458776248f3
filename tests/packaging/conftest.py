import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.packaging.clean import CleanEnvironment, build_wheel
from tests.support import ROOT


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """A folder of this run, the same one in each of its processes."""
    base = tmp_path_factory.getbasetemp()
    folder = (base if worker_id == "master" else base.parent) / "packaging"
    folder.mkdir(exist_ok=True)
    return folder


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One process after the other."""
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@pytest.fixture(scope="session")
def wheel(shared: Path) -> Path:
    with _alone(shared):
        return next((shared / "dist").glob("*.whl"), None) or build_wheel(shared / "dist")


@pytest.fixture(scope="session")
def clean(shared: Path, wheel: Path) -> CleanEnvironment:
    with _alone(shared):
        done = shared / "installed"
        if not done.exists():
            # The pinned versions: what others do to the packages in its ranges breaks no test here.
            pins = ROOT / "requirements.txt"
            CleanEnvironment.create(shared / "venv").install("--constraint", pins, wheel)
            done.touch()
    return CleanEnvironment(folder=shared / "venv")
