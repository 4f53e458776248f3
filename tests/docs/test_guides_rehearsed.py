"""The commands of the guides, run against the embedded AWS: they end and print as the pages say.

In a copy of the repository, as its reader has one. All pages share one embedded AWS with the environment
`local` deployed, which takes longest.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import pytest

from local.deploy import bootstrap, deploy
from local.embedded import EmbeddedAws
from tests.docs.outputs import masked, missing_line
from tests.docs.pages import Block, Page, pages, read
from tests.support import BIN, ROOT

REHEARSED = [page for page in pages() if any(block.rehearsed for block in page.blocks)]
_SECONDS = 120
_EXPORT = re.compile(r"export (\w+)=(\S*)")


@dataclass(frozen=True, kw_only=True)
class Reader:
    """Somebody who follows a page.

    Attributes:
        folder: A copy of the repository.
        environment: Variables of the shell.
    """

    folder: Path
    environment: dict[str, str]

    def follow(self, page: Page) -> list[str]:
        """Do what a page says; return where it was wrong."""
        for command in (["checkout", "--quiet", "."], ["clean", "--quiet", "-fd"]):
            subprocess.run(["git", *command], cwd=self.folder, check=True)
        environment, wrong = dict(self.environment), list[str]()
        for block, following in pairwise((*page.blocks, None)):
            assert block is not None
            if block.file:
                written = self.folder / block.file
                written.parent.mkdir(parents=True, exist_ok=True)
                written.write_text(block.source, encoding="utf-8")
            elif block.rehearsed:
                output = following.source if following and following.language == "text" else ""
                wrong += self._run(block, environment, output.splitlines())
        return wrong

    def _run(self, block: Block, environment: dict[str, str], expected: list[str]) -> list[str]:
        printed, code = "", 0
        for line in block.source.splitlines():
            if export := _EXPORT.fullmatch(line):
                environment[export[1]] = export[2]
                continue
            if code:
                return [f"{block.where}: the command before {line!r} ended with {code}:\n{printed}"]
            done = subprocess.run(
                ["bash", "-c", line],
                cwd=self.folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                check=False,
                timeout=_SECONDS,
            )
            printed, code = printed + done.stdout, done.returncode
        if code != block.exit_code:
            return [f"{block.where}: ended with {code} instead of {block.exit_code}:\n{printed}"]
        missing = missing_line(expected, printed)
        if missing is None:
            return []
        return [f"{block.where}: not printed, or not in this place: {missing!r}, but:\n{printed}"]


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    folder = tmp_path_factory.mktemp("reader") / "repository"
    copy_repository(folder)
    with EmbeddedAws() as aws:
        bootstrap(aws)
        deploy(aws)
        path = os.pathsep.join(
            [str(BIN), str(ROOT / "node_modules" / ".bin"), aws.environment().get("PATH", os.defpath)]
        )
        quiet = {"FORCE_COLOR": "0", "JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION": "1", "CI": "true"}
        environment = aws.environment() | aws.mail_variables() | quiet | {"PATH": path, "COLUMNS": "200"}
        environment.pop("CDK_VALIDATION", None)
        yield Reader(folder=folder, environment=environment)


def copy_repository(folder: Path) -> None:
    """What git knows, changes included, with the installed tools beside it."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).is_file():  # not one that was deleted and not committed yet
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    for name in (".venv", "node_modules"):
        (folder / name).symlink_to(ROOT / name)
    for command in (
        ["init", "--quiet"],
        ["config", "user.name", "A Reader"],
        ["config", "user.email", "reader@example.com"],
    ):
        subprocess.run(["git", *command], cwd=folder, check=True)
    exclude = folder / ".git" / "info" / "exclude"
    exclude.write_text(".venv\nnode_modules\n", encoding="utf-8")
    for command in (["add", "--all"], ["commit", "--quiet", "--message", "As published"]):
        subprocess.run(["git", *command], cwd=folder, check=True)


@pytest.mark.rehearsal
def test_the_commands_of_the_guides_print_what_the_guides_show(reader: Reader) -> None:
    wrong = [problem for page in REHEARSED for problem in reader.follow(page)]
    assert wrong == [], "\n\n".join(wrong)


def test_lines_may_be_left_out_and_nothing_else() -> None:
    printed = "a\nb 2026-11-26 02:41 UTC\nc\n"
    assert missing_line(["a", "b 2020-01-01 00:00 UTC"], printed) is None
    assert missing_line(["b 2020-01-01 00:00 UTC", "a"], printed) == "a"
    assert missing_line(["a", "b"], printed) == "b"


@pytest.mark.parametrize(
    "line, same",
    [
        ("done: 26.6 s", "done: 3.1 s"),
        ("at 127.0.0.1:42755", "at 127.0.0.1:1"),
        ("51084f07-ddc3-4c8b-bee7-20213009f3ae@email", "c28c0c1e-bc40-4faa-8c72-836d7199194e@email"),
        ("13qjdits5nq4t9ssqiedv641rn62vrk5c29cmhdc  1228 bytes", f"{'a' * 40}     9 bytes"),
    ],
)
def test_what_differs_from_run_to_run_is_masked(line: str, same: str) -> None:
    assert masked(line) == masked(same) != line


def test_a_block_says_how_it_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.docs.pages.ROOT", tmp_path)
    (tmp_path / "page.md").write_text(
        "<!-- written: a.py -->\n```python\nx = 1\n```\n\n<!-- rehearsed, exit 1 -->\n```bash\nfalse\n```\n"
        "```text\nno\n```\n<!-- rehearsed -->\nprose\n```bash\ntrue\n```\n",
        encoding="utf-8",
    )
    found = read(tmp_path / "page.md").blocks
    assert [(block.file, block.rehearsed, block.exit_code) for block in found] == [
        ("a.py", False, 0),
        (None, True, 1),
        (None, False, 0),
        (None, False, 0),
    ]
