"""The code of every page runs, or is a command that exists.

Python blocks of a page run in order in one namespace with ``cdk``, ``app`` and ``stack``, and import the
rest; one that is a file runs in a namespace of its own. Those of ``docs/errors.md`` run in
``tests/constructs_lib/test_errors.py``.
"""

import json
import subprocess
import tomllib
import traceback
from collections.abc import Callable
from pathlib import Path

import aws_cdk as cdk
import pytest
import yaml

from tests.docs.commands import check
from tests.docs.pages import LANGUAGES, Block, Page, pages
from tests.support import ROOT, feature_flags

ERRORS = "docs/errors.md"


def _with(*languages: str, but: str = "") -> list[Page]:
    return [page for page in pages() if page.name != but and page.blocks_in(*languages)]


def _by_name(page: Page) -> str:
    return page.name


def test_every_block_names_its_language_and_is_closed() -> None:
    blocks = [block for page in pages() for block in page.blocks]
    assert not [block.where for block in blocks if block.language not in LANGUAGES], (
        "a block needs a language, one of " + ", ".join(LANGUAGES)
    )
    assert not [page.name for page in pages() if page.text.count("\n```") % 2]


def test_what_is_said_before_a_block_is_possible() -> None:
    for page in pages():
        for block in page.blocks:
            assert not block.rehearsed or block.language == "bash", (
                f"{block.where}: only commands are rehearsed"
            )
            assert not block.file or block.language != "bash", f"{block.where}: commands are no file"


@pytest.mark.parametrize("page", _with("python", but=ERRORS), ids=_by_name)
def test_python_runs(page: Page, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = _folder_of(page, tmp_path)
    monkeypatch.chdir(folder)
    app = cdk.App(outdir=str(tmp_path / "cdk.out"), context=feature_flags())
    stack = cdk.Stack(app, "Mail", env=cdk.Environment(account="111111111111", region="eu-west-1"))
    names: dict[str, object] = {"__name__": "page", "__file__": str(folder / "page.py")}
    names |= {"cdk": cdk, "app": app, "stack": stack}
    for block in page.blocks_in("python"):
        own: dict[str, object] = {"__name__": "__main__", "__file__": str(folder / (block.file or ""))}
        _run(block, page, own if block.file else names)
    if any(each.node.children for each in app.node.children):
        app.synth()


def _folder_of(page: Page, tmp_path: Path) -> Path:
    """The repository as a page sees it: links to what is there, and the files that the page writes."""
    folder = tmp_path / "repository"
    folder.mkdir()
    written = {block.file: block.source for block in page.blocks if block.file}
    _link(folder, ROOT, {Path(name).parts for name in written})
    for name, source in written.items():
        (folder / name).write_text(source, encoding="utf-8")
    return folder


def _link(folder: Path, original: Path, written: set[tuple[str, ...]]) -> None:
    for path in original.iterdir() if original.is_dir() else ():
        if not any(parts[0] == path.name for parts in written):
            (folder / path.name).symlink_to(path)
    for name in {parts[0] for parts in written if len(parts) > 1}:
        (folder / name).mkdir()
        _link(
            folder / name, original / name, {parts[1:] for parts in written if parts[0] == name and parts[1:]}
        )


def _run(block: Block, page: Page, names: dict[str, object]) -> None:
    path = str(ROOT / page.name)
    code = compile("\n" * block.line + block.source, path, "exec")
    try:
        exec(code, names)  # noqa: S102 - the documentation's own code
    except Exception as error:  # noqa: BLE001 - the page is at fault, whatever it is
        lines = [
            frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == path
        ]
        pytest.fail(f"{page.name}:{lines[-1]}: {type(error).__name__}: {error}")


@pytest.mark.parametrize("page", _with("bash", "console"), ids=_by_name)
def test_commands_exist(page: Page) -> None:
    files = {block.file for block in page.blocks if block.file}
    for block in page.blocks_in("bash", "console"):
        assert block.commands, f"{block.where}: no command"
        assert list(check(block.commands, files=files)) == [], block.where
        read = subprocess.run(
            ["bash", "-n"], input=block.commands, capture_output=True, text=True, check=False
        )
        assert not read.stderr, f"{block.where}: {read.stderr}"


_READ: dict[str, Callable[[str], object]] = {
    "json": json.loads,
    "toml": tomllib.loads,
    "yaml": lambda text: list(yaml.safe_load_all(text)),
}


@pytest.mark.parametrize("language", _READ)
def test_data_is_well_formed(language: str) -> None:
    for page in _with(language):
        for block in page.blocks_in(language):
            try:
                _READ[language](block.source)
            except (ValueError, yaml.YAMLError) as error:
                pytest.fail(f"{block.where}: {error}")
