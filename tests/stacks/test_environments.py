import runpy
import sys
from pathlib import Path

import pytest

from stacks.environments import ENVIRONMENTS, environment
from tests.support import ROOT, refuses, string_literals


def test_each_environment_is_found_by_its_name() -> None:
    assert list(ENVIRONMENTS) == ["local", "dev", "prod"]
    for name in ENVIRONMENTS:
        assert environment(name) is ENVIRONMENTS[name]
        assert environment(name).name == name


@pytest.mark.parametrize("name", ["", "production", "PROD", "prod/*"])
def test_an_unknown_name_lists_the_known_ones(name: str) -> None:
    with refuses(
        "environment-unknown", "use one of local, dev, prod, or add yours to ENVIRONMENTS in stacks/"
    ):
        environment(name)


def test_the_command_accepts_every_environment_and_refuses_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)  # restored afterwards
    monkeypatch.setattr(sys, "argv", ["stacks", *ENVIRONMENTS])
    runpy.run_module("stacks", run_name="__main__")
    monkeypatch.setattr(sys, "argv", ["stacks", "prod", "staging"])
    with refuses("environment-unknown", "local, dev, prod"):
        runpy.run_module("stacks", run_name="__main__")


def test_only_a_rehearsal_destroys_what_holds_reputation() -> None:
    assert [name for name, config in ENVIRONMENTS.items() if not config.retain] == ["local"]


def test_only_the_environments_know_their_names() -> None:
    inside = ROOT / "stacks" / "environments"
    files = [
        ROOT / "app.py",
        *(path for package in ("constructs_lib", "stacks") for path in (ROOT / package).rglob("*.py")),
    ]
    assert len(files) > 10
    offenders = {
        str(path.relative_to(ROOT))
        for path in files
        if inside not in path.parents and set(ENVIRONMENTS) & set(string_literals(path.read_text("utf-8")))
    }
    assert offenders == set()
    # The search finds a name where there is one.
    assert "prod" in string_literals(Path(inside / "prod.py").read_text("utf-8"))
