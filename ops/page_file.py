"""A file that is replaced whole or not at all."""

import os
import stat
from contextlib import suppress
from pathlib import Path

from ops.errors import FileError


class PageFile:
    """A text file to be written at the end of a command, checked at its beginning.

    Args:
        path: Where; a file that is there is replaced, a link is followed.

    Raises:
        FileError: No file can be written there.
    """

    def __init__(self, path: Path) -> None:
        self._path = path.resolve()
        if not self._path.parent.is_dir():
            raise self._unwritable("its directory does not exist")
        if self._path.exists() and not stat.S_ISREG(self._path.stat().st_mode):
            raise self._unwritable("something that is no file stands there")
        if not os.access(self._path.parent, os.W_OK):
            raise self._unwritable("its directory is read-only")

    def write(self, text: str) -> None:
        """Replace the file: a reader sees the old page or the new one, never a half.

        Raises:
            FileError: It could not be written; what was there is there still.
        """
        draft = self._path.with_name(f".{self._path.name}.{os.getpid()}")
        try:
            with draft.open("x", encoding="utf-8", newline="\n") as file:
                file.write(text)
            draft.replace(self._path)
        except OSError as error:
            with suppress(OSError):
                draft.unlink()
            raise self._unwritable(os.strerror(error.errno or 0)) from error

    def _unwritable(self, reason: str) -> FileError:
        return FileError(
            f"{self._path} cannot be written: {reason}.",
            fix="name a file in a directory that you may write to",
        )
