"""A file that is replaced whole or not at all."""

import os
from pathlib import Path

import pytest

from ops.errors import FileError
from ops.page_file import PageFile


def test_a_file_is_made_and_replaced_and_nothing_is_left_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    for content in ("<p>one\n", "<p>zw\u00f6lf\n"):
        PageFile(path).write(content)
        assert path.read_bytes() == content.encode()
    assert list(tmp_path.iterdir()) == [path]


def test_a_link_is_followed(tmp_path: Path) -> None:
    target, link = tmp_path / "target.html", tmp_path / "link.html"
    target.write_text("old")
    link.symlink_to(target)
    PageFile(link).write("new")
    assert link.is_symlink()
    assert target.read_text() == "new"


def test_what_cannot_be_a_file_is_refused_at_once(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for path, reason in (
        (tmp_path / "nowhere" / "page.html", "directory does not exist"),
        (tmp_path, "no file"),
        (pipe, "no file"),
        (Path(os.devnull), "no file"),
    ):
        with pytest.raises(FileError, match=reason) as caught:
            PageFile(path)
        assert caught.value.code == "file-unwritable"


def test_a_failed_write_leaves_the_old_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "page.html"
    path.write_text("old")

    def full(_self: Path, _target: Path) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(FileError, match="No space left on device"):
        PageFile(path).write("new")
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_name_that_is_too_long_is_told(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="too long"):
        PageFile(tmp_path / ("x" * 255)).write("new")
