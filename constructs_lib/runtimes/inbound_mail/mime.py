"""The parts of a message, as offsets into its bytes: nothing is decoded, nothing is copied.

RFC 2045 and 2046. Delimiters are searched in the whole region of a multipart; what stands before the first
and after the last one is nobody's. A multipart whose delimiters are missing is one part of text.
"""

from collections.abc import Iterator
from typing import Final, NamedTuple

from .header import Header, Raw, first, read_header
from .parameters import parameterized

MAX_PARTS: Final = 1_000
MAX_DEPTH: Final = 20
_CR: Final = 13
_LF: Final = 10
_MAX_BOUNDARY: Final = 1_000
"""RFC 2046 says 70 characters; longer ones work everywhere."""


class Part(NamedTuple):
    """A part, of whatever type.

    Attributes:
        path: Where it is: ``1`` is the whole message, ``1.2`` its second part.
        start: Where its body begins.
        end: Where its body ends.
        content_type: Such as ``text/plain``, in lower case.
        charset: As it is written, if at all.
        encoding: The transfer encoding in lower case; empty when there is none.
        disposition: ``attachment``, ``inline``, or empty.
        filename: As its author says; never to be trusted.
        content_id: Without the angle brackets.
        container: Whether other parts are in it, which follow.
        in_message: Whether it is inside of an attached message.
        defects: What is wrong with it.
    """

    path: str
    start: int
    end: int
    content_type: str
    charset: str
    encoding: str
    disposition: str
    filename: str
    content_id: str
    container: bool
    in_message: bool
    defects: tuple[str, ...]


def parts(raw: Raw, header: Header) -> tuple[list[Part], bool]:
    """Every part in the order of the message, containers before what is in them.

    Returns:
        The parts, and whether there are no more than `MAX_PARTS`.
    """
    found: list[Part] = []
    for part in _walk(raw, header, len(raw), "1", default="text/plain", depth=0, in_message=False):
        if len(found) == MAX_PARTS:
            return found, False
        found.append(part)
    return found, True


def _walk(
    raw: Raw, header: Header, end: int, path: str, *, default: str, depth: int, in_message: bool
) -> Iterator[Part]:
    written = first(raw, header, b"content-type")
    kind = parameterized(written or b"")
    content_type = kind.value if "/" in kind.value else ("text/plain" if written else default)
    disposition = parameterized(first(raw, header, b"content-disposition") or b"")
    encoding = _word(first(raw, header, b"content-transfer-encoding"))
    defects = list(header.defects)
    deep = depth >= MAX_DEPTH
    boundary = kind.parameters.get("boundary", "").rstrip()
    regions: list[tuple[int, int]] = []
    if content_type.startswith("multipart/") and not deep:
        if boundary and len(boundary) <= _MAX_BOUNDARY:
            delimiter = b"--" + _boundary_bytes(raw, header, boundary)
            regions, closed = _regions(raw, header.body, end, delimiter)
            defects += [] if regions else ["no-parts"]
            defects += ["not-closed"] if regions and not closed else []
        else:
            defects.append("no-boundary")
    is_message = content_type == "message/rfc822" and encoding in {"", "7bit", "8bit", "binary"} and not deep
    if deep:
        defects.append("too-deep")
    yield Part(
        path=path,
        start=header.body,
        end=end,
        content_type=content_type,
        charset=kind.parameters.get("charset", ""),
        encoding=encoding,
        disposition=disposition.value,
        filename=disposition.parameters.get("filename") or kind.parameters.get("name", ""),
        content_id=_word(first(raw, header, b"content-id"), lower=False).strip("<>"),
        container=bool(regions) or is_message,
        in_message=in_message,
        defects=tuple(defects),
    )
    if is_message:
        inner = read_header(raw, header.body, end)
        yield from _walk(raw, inner, end, f"{path}.1", default="text/plain", depth=depth + 1, in_message=True)
    inner_default = "message/rfc822" if content_type == "multipart/digest" else "text/plain"
    for number, (start, stop) in enumerate(regions, 1):
        inner = read_header(raw, start, stop)
        yield from _walk(
            raw,
            inner,
            stop,
            f"{path}.{number}",
            default=inner_default,
            depth=depth + 1,
            in_message=in_message,
        )


def _regions(raw: Raw, start: int, end: int, delimiter: bytes) -> tuple[list[tuple[int, int]], bool]:
    """Where the parts of a multipart are, and whether it has its closing delimiter."""
    found: list[tuple[int, int]] = []
    opened: int | None = None
    position = start
    while len(found) <= MAX_PARTS:
        at = raw.find(delimiter, position, end)
        if at < 0:
            break
        position = at + len(delimiter)
        if at > start and raw[at - 1] not in b"\n\r":
            continue
        closing = raw[position : position + 2] == b"--"
        following = _end_of_delimiter(raw, position + 2 * closing, end)
        if following is None:
            continue
        if opened is not None:
            found.append((opened, _before_line_end(raw, opened, at)))
        if closing:
            return found, True
        opened = position = following
    if opened is not None:
        found.append((opened, end))
    return found, False


def _end_of_delimiter(raw: Raw, position: int, end: int) -> int | None:
    """Where the line after a delimiter begins; None if something else follows: a longer boundary."""
    while position < end:
        byte = raw[position]
        position += 1
        if byte == _LF:
            return position
        if byte == _CR:
            return position + (raw[position : position + 1] == b"\n")
        if byte not in b" \t":
            return None
    return end


def _before_line_end(raw: Raw, start: int, at: int) -> int:
    """The line ending before a delimiter belongs to the delimiter (RFC 2046, 5.1.1)."""
    if at - start >= 2 and raw[at - 2 : at] == b"\r\n":  # noqa: PLR2004 - CR and LF
        return at - 2
    return max(start, at - 1)


def _boundary_bytes(raw: Raw, header: Header, boundary: str) -> bytes:
    """A boundary as it stands in the message: its bytes may be above 127."""
    written = first(raw, header, b"content-type") or b""
    for encoding in ("ascii", "utf-8", "cp1252", "latin-1"):
        try:
            encoded = boundary.encode(encoding)
        except UnicodeEncodeError:
            continue
        if encoded in written:
            return encoded
    return boundary.encode("utf-8", "replace")


def _word(value: bytes | None, *, lower: bool = True) -> str:
    text = (value or b"").decode("latin-1").partition(";")[0].strip()[:200]
    return text.lower() if lower else text
