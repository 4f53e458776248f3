"""Transfer encodings (RFC 2045, 6): a part's bytes decoded piece by piece, so that no second copy exists."""

import binascii
from collections.abc import Iterator
from typing import Final

from .header import Raw

PIECE: Final = 1 << 18
"""Bytes of the message that are decoded at once."""

_NOT_BASE64: Final = bytes(
    byte
    for byte in range(256)
    if byte not in b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="
)
_QUANTUM: Final = 4


def decoded(raw: Raw, start: int, end: int, encoding: str) -> Iterator[bytes]:
    """The content of a region. Never fails: what is no base64 is left out (RFC 2045, 6.8)."""
    if encoding == "base64":
        yield from _base64(raw, start, end)
    elif encoding == "quoted-printable":
        yield from _quoted_printable(raw, start, end)
    else:
        for position in range(start, end, PIECE):
            yield bytes(raw[position : min(position + PIECE, end)])


def _base64(raw: Raw, start: int, end: int) -> Iterator[bytes]:
    rest = b""
    for position in range(start, end, PIECE):
        piece = rest + raw[position : min(position + PIECE, end)].translate(None, _NOT_BASE64)
        begun = 0
        # Padding ends a run; some mailers write several one after another.
        while (padding := piece.find(b"=", begun)) >= 0:
            yield _run(piece[begun:padding])
            begun = padding + 1
        whole = len(piece) - (len(piece) - begun) % _QUANTUM
        if whole > begun:
            yield binascii.a2b_base64(memoryview(piece)[begun:whole])
        rest = bytes(piece[whole:])
    yield _run(rest)


def _run(run: bytes) -> bytes:
    # One character alone holds no byte.
    whole = run[: len(run) - (len(run) % _QUANTUM == 1)]
    return binascii.a2b_base64(whole + b"=" * (-len(whole) % _QUANTUM))


def _quoted_printable(raw: Raw, start: int, end: int) -> Iterator[bytes]:
    position = start
    while position < end:
        stop = min(position + PIECE, end)
        if stop < end:
            # At the end of a line, or else not inside of =XX.
            line = raw.rfind(b"\n", position, stop) + 1
            sign = raw.rfind(b"=", stop - 2, stop)
            stop = line or (sign if sign > position else stop)
        yield binascii.a2b_qp(bytes(raw[position:stop]))
        position = stop
