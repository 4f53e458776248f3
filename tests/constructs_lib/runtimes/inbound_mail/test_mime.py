"""Parts, their parameters, what is decoded, and the names of what is stored."""

import pytest

from constructs_lib.runtimes.inbound_mail.header import read_header
from constructs_lib.runtimes.inbound_mail.mime import MAX_PARTS, Part, parts
from tests.mail_corpora import structures

MIXED = b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n'


def parts_of(raw: bytes) -> list[Part]:
    found, _ = parts(raw, read_header(raw))
    return found


def described(name: str) -> list[tuple[str, str, bytes, tuple[str, ...]]]:
    raw = structures()[name]
    return [
        (part.path, part.content_type, raw[part.start : part.end], part.defects)
        for part in parts_of(raw)
        if not part.container
    ]


@pytest.mark.parametrize(
    "name, expected",
    [
        ("nested message", [("1.1.1", "text/plain", b"in", ())]),
        ("boundary missing", [("1", "multipart/mixed", b"--b\r\n\r\nx\r\n--b--\r\n", ("no-boundary",))]),
        ("boundary never comes", [("1", "multipart/mixed", b"nothing\r\n", ("no-parts",))]),
        ("boundary of others inside", [("1.1", "text/plain", b"hello\r\n\r\n--b-\r\n--b--x"[:7], ())]),
        (
            "boundary not closed",
            [("1.1", "text/plain", b"hello", ()), ("1.2", "text/plain", b"hello\r\n", ())],
        ),
        (
            "part without a header",
            [("1.1", "text/plain", b"hello", ()), ("1.2", "text/plain", b"no field", ("no-separator",))],
        ),
        ("no header", [("1", "text/plain", b"this is no field\r\nhello\r\n", ("no-separator",))]),
    ],
)
def test_structures(name: str, expected: list[tuple[str, str, bytes, tuple[str, ...]]]) -> None:
    if name == "boundary of others inside":
        # Lines that only begin like the delimiter are text.
        assert described(name)[0][2].startswith(b"hello\r\n--b-\r\n--b--x")
    else:
        assert described(name) == expected


def test_how_deep_and_how_many() -> None:
    deep = parts_of(structures()["very deep"])
    assert len(deep) == 21
    assert deep[-1].defects[-1] == "too-deep"
    found, complete = parts(many := structures()["delimiters only"], read_header(many))
    assert (len(found), complete) == (MAX_PARTS, False)


def test_what_a_part_says_of_itself() -> None:
    raw = MIXED + (
        b'--b\r\nContent-Type: Image/PNG; charset="x"; name=n.png\r\nContent-Transfer-Encoding: Base64\r\n'
        b"Content-Disposition: inline; filename=f.png\r\nContent-ID: <Id@x>\r\n\r\naGk=\r\n--b--"
    )
    _, part = parts_of(raw)
    assert part == Part(
        path="1.1",
        start=raw.index(b"aGk="),
        end=raw.index(b"\r\n--b--"),
        content_type="image/png",
        charset="x",
        encoding="base64",
        disposition="inline",
        filename="f.png",
        content_id="Id@x",
        container=False,
        in_message=False,
        defects=(),
    )
