"""A new file that only its owner reads."""

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from ops.errors import FileError


def write_new_file(file: Path, pieces: Iterator[bytes]) -> int:
    """Write a file that nobody else may read, whole or not at all.

    Args:
        file: The file.
        pieces: Its content; an error of theirs leaves no file.

    Returns:
        Its size in bytes.

    Raises:
        FileError: It is there already, or cannot be written.
    """
    size = 0
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise _unwritable(file, error) from error
    try:
        with os.fdopen(descriptor, "wb") as out:
            for piece in pieces:
                size += out.write(piece)
    except BaseException as error:
        with suppress(OSError):
            file.unlink()
        if isinstance(error, OSError):
            raise _unwritable(file, error) from error
        raise
    return size


def _unwritable(file: Path, error: OSError) -> FileError:
    return FileError(
        f"{file} cannot be written: {os.strerror(error.errno or 0)}.",
        fix="name a file that does not exist, in a directory that you may write to",
    )
