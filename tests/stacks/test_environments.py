import importlib
import pkgutil
import runpy
import sys

import pytest

from stacks import environments
from stacks.config import MailEnvironment
from stacks.environments import ENVIRONMENTS, environment
from tests.own_environment import DEV
from tests.support import ROOT, refuses, string_literals


def test_each_environment_is_found_by_its_name() -> None:
    assert "local" in ENVIRONMENTS, "make demo deploys it"
    for name in ENVIRONMENTS:
        assert environment(name) is ENVIRONMENTS[name]
        assert environment(name).name == name


def test_each_file_is_listed_and_no_two_have_a_name() -> None:
    declared = [
        value
        for module in pkgutil.iter_modules(environments.__path__, f"{environments.__name__}.")
        for value in vars(importlib.import_module(module.name)).values()
        if isinstance(value, MailEnvironment)
    ]
    names = [config.name for config in declared]
    assert sorted(names) == sorted(ENVIRONMENTS), (
        "list each environment in stacks/environments/__init__.py, each with a name of its own"
    )
    assert all(config is ENVIRONMENTS[config.name] for config in declared)


@pytest.mark.parametrize("name", ["", "no such environment", "LOCAL", "local/*"])
def test_an_unknown_name_lists_the_known_ones(name: str) -> None:
    known = ", ".join(ENVIRONMENTS)
    with refuses("environment-unknown", f"use one of {known}, or add yours to ENVIRONMENTS in stacks/"):
        environment(name)


def test_the_command_accepts_every_environment_and_refuses_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)  # restored afterwards
    monkeypatch.setattr(sys, "argv", ["stacks", *ENVIRONMENTS])
    runpy.run_module("stacks", run_name="__main__")
    monkeypatch.setattr(sys, "argv", ["stacks", "local", "no-such-environment"])
    with refuses("environment-unknown", ", ".join(ENVIRONMENTS)):
        runpy.run_module("stacks", run_name="__main__")


def test_only_who_asks_destroys_what_holds_reputation() -> None:
    assert not ENVIRONMENTS["local"].retain
    assert DEV.retain


def test_only_the_environments_know_their_names() -> None:
    """Of the names as delivered: another may be a word of SES, such as ``mail``."""
    names = {"local", "dev", "prod"}
    inside = ROOT / "stacks" / "environments"
    files = [
        ROOT / "app.py",
        *(path for package in ("constructs_lib", "stacks") for path in (ROOT / package).rglob("*.py")),
    ]
    assert len(files) > 10
    offenders = {
        str(path.relative_to(ROOT))
        for path in files
        if inside not in path.parents and names & set(string_literals(path.read_text("utf-8")))
    }
    assert offenders == set()
    # The search finds a name where there is one.
    assert "local" in string_literals((inside / "local.py").read_text("utf-8"))
