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
_LF: Final = 10


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
    rest, position = b"", start
    while position < end:
        stop = _stop(raw, position, end)
        piece: bytes | memoryview = memoryview(raw)[position:stop]
        padded = raw.find(b"=", position, stop) >= 0
        position = stop
        if not rest and not padded:
            # Whole quanta of one run, as nearly everywhere; line ends are skipped in there.
            try:
                yield binascii.a2b_base64(piece)
            except binascii.Error:
                pass
            else:
                continue
        piece = rest + bytes(piece).translate(None, _NOT_BASE64)
        begun = 0
        # Padding ends a run; some mailers write several one after another.
        while (padding := piece.find(b"=", begun)) >= 0:
            yield _run(piece[begun:padding])
            begun = padding + 1
        whole = len(piece) - (len(piece) - begun) % _QUANTUM
        yield binascii.a2b_base64(piece[begun:whole])
        rest = piece[whole:]
    yield _run(rest)


def _stop(raw: Raw, position: int, end: int) -> int:
    """Where a piece ends: behind a line if it has one."""
    stop = min(position + PIECE, end)
    return stop if stop == end else (raw.rfind(b"\n", position, stop) + 1 or stop)


def _run(run: bytes) -> bytes:
    # One character alone holds no byte.
    whole = run[: len(run) - (len(run) % _QUANTUM == 1)]
    return binascii.a2b_base64(whole + b"=" * (-len(whole) % _QUANTUM))


def _quoted_printable(raw: Raw, start: int, end: int) -> Iterator[bytes]:
    position = start
    while position < end:
        stop = _stop(raw, position, end)
        if stop < end and raw[stop - 1] != _LF:
            # Not inside of =XX.
            sign = raw.rfind(b"=", stop - 2, stop)
            stop = sign if sign > position else stop
        yield binascii.a2b_qp(bytes(raw[position:stop]))
        position = stop
