"""The body of a request that carries a message in base64, made while it is read.

A message of 40 MB in base64 inside of JSON is three copies of more than 50 MB each, if a client library makes
them. Here it is one piece after another. The signature reads it first and the connection again: what was made
for the first waits on disk for the second, which costs less than to make it again.
"""

import binascii
import io
import tempfile
from typing import Final

from .header import Raw

_PIECE: Final = 3 << 14
"""Bytes of the message in a piece; three become four without padding."""

_IN_MEMORY: Final = 1 << 20


class MessageBody(io.RawIOBase):
    """A file to read: ``before``, the base64 of the header and of what follows it in the message, ``after``.

    Args:
        before: Bytes of the request in front of the message.
        header: The header block that is sent.
        raw: The message.
        body: Where its body begins.
        after: Bytes of the request behind the message.
    """

    def __init__(self, before: bytes, header: bytes, raw: Raw, body: int, after: bytes) -> None:
        super().__init__()
        self._before, self._header, self._body, self._after = before, header, body, after
        self._raw = memoryview(raw)
        self._message = len(header) + len(raw) - body
        self._size = len(before) + (self._message + 2) // 3 * 4 + len(after)
        # Open as long as the body is, and nobody else sees its name.
        self._made = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - see `close`
        self._complete = False
        self._start()

    def __len__(self) -> int:
        return self._size

    def readable(self) -> bool:
        """It is there to be read."""
        return True

    def seekable(self) -> bool:
        """To its start and to its end."""
        return True

    def tell(self) -> int:
        """How much of it was read."""
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Start again, or go to the end to learn its size.

        Raises:
            io.UnsupportedOperation: elsewhere.
        """
        if (offset, whence) == (0, io.SEEK_SET):
            self._start()
        elif (offset, whence) == (0, io.SEEK_END):
            self._position = self._size
        elif (offset, whence) not in {(self._position, io.SEEK_SET), (0, io.SEEK_CUR)}:
            raise io.UnsupportedOperation
        return self._position

    def read(self, size: int = -1) -> bytes:
        """The next bytes: as many as a piece has, at most `size`; all that is left if that is negative."""
        if self._position == self._size:
            return b""
        if size < 0:
            return b"".join(iter(lambda: self.read(_PIECE), b""))
        found = self._made.read(size) if self._complete else self._make(size)
        self._position += len(found)
        return found

    def close(self) -> None:
        """Let go of what was made."""
        self._made.close()
        super().close()

    def _start(self) -> None:
        self._made.seek(0)
        self._position = self._next = 0
        self._piece = self._before

    def _make(self, size: int) -> bytes:
        while not self._piece:
            self._piece = self._encoded()
        found, self._piece = self._piece[:size], self._piece[size:]
        self._made.write(found)
        self._complete = self._position + len(found) == self._size
        return found

    def _encoded(self) -> bytes:
        start, stop = self._next, min(self._next + _PIECE, self._message)
        if start == self._message:
            return self._after
        self._next = stop
        split = len(self._header)
        if start >= split:
            data: bytes | memoryview = self._raw[self._body + start - split : self._body + stop - split]
        else:
            rest = self._raw[self._body : self._body + max(0, stop - split)]
            data = self._header[start:stop] + bytes(rest)
        return binascii.b2a_base64(data, newline=False)
