"""Parts, their parameters, what is decoded, and the names of what is stored."""

import base64
import quopri

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_lib.runtimes.inbound_mail import transfer
from constructs_lib.runtimes.inbound_mail.attachments import is_attachment, safe_name
from constructs_lib.runtimes.inbound_mail.header import read_header
from constructs_lib.runtimes.inbound_mail.mime import MAX_PARTS, Part, parts
from constructs_lib.runtimes.inbound_mail.parameters import parameterized
from constructs_lib.runtimes.inbound_mail.transfer import decoded
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


@pytest.mark.parametrize(
    "value, main, parameters",
    [
        (b"text/plain", "text/plain", {}),
        (b"Text/Plain (comment); CHARSET=utf-8", "text/plain", {"charset": "utf-8"}),
        (b'a/b; x="1; y=2"; z=3', "a/b", {"x": "1; y=2", "z": "3"}),
        (rb'a/b; x="a\"b\\c"', "a/b", {"x": r"a\"b\c".replace(r"\"", '"')}),
        (b"a/b; x=1; x=2", "a/b", {"x": "1"}),
        (b'a/b; name="=?utf-8?q?=C3=A4?="', "a/b", {"name": "ä"}),
        (b'a/b; name="\xe4"', "a/b", {"name": "ä"}),
        (b"a/b; name*=utf-8'de'%C3%A4", "a/b", {"name": "ä"}),
        (b"a/b; name*0*=utf-8''%C3; name*1*=%A4; name*2=b", "a/b", {"name": "äb"}),
        (b"a/b; name*1=b; name*0=a", "a/b", {"name": "ab"}),
        (b"a/b; name=plain; name*=utf-8''real", "a/b", {"name": "real"}),
        (b'a/b; x="never', "a/b", {"x": "never"}),
        (b";;=;x", "", {}),
        (b"", "", {}),
    ],
)
def test_parameters(value: bytes, main: str, parameters: dict[str, str]) -> None:
    found = parameterized(value)
    assert (found.value, dict(found.parameters)) == (main, parameters)


@given(st.binary(max_size=200))
def test_whatever_a_field_says(value: bytes) -> None:
    parameterized(value)
    parameterized(b"a/b; x*0*=" + value)


@given(st.binary(max_size=600), st.integers(4, 40), st.integers(4, 90))
def test_what_was_encoded_comes_back_whatever_the_pieces(content: bytes, piece: int, line: int) -> None:
    encoded = base64.b64encode(content)
    lines = b"\r\n".join(encoded[at : at + line] for at in range(0, len(encoded), line))
    quoted = quopri.encodestring(content, quotetabs=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(transfer, "PIECE", piece)
        assert b"".join(decoded(lines, 0, len(lines), "base64")) == content
        assert b"".join(decoded(quoted, 0, len(quoted), "quoted-printable")) == content
        assert b"".join(decoded(content, 0, len(content), "8bit")) == content


@pytest.mark.parametrize(
    "encoded, content",
    [
        (b"aGk=aGk=", b"hihi"),
        (b"aGk", b"hi"),
        (b"aGkx\r\n\r\na", b"hi1"),
        (b"a!G?k=\0", b"hi"),
        (b"====", b""),
        (b"", b""),
    ],
)
def test_base64_as_it_is_found(encoded: bytes, content: bytes) -> None:
    assert b"".join(decoded(encoded, 0, len(encoded), "base64")) == content


@pytest.mark.parametrize(
    "fields, name",
    [
        (b"Content-Type: image/png; name=a.png", "1-1-a.png"),
        (b"Content-Type: image/png", "1-1-part.png"),
        (b"Content-Type: application/x-thing", "1-1-part.bin"),
        (b"Content-Disposition: attachment", "1-1-part.txt"),
        (b'Content-Disposition: attachment; filename="../../etc/passwd"', "1-1-passwd.txt"),
        (rb'Content-Disposition: attachment; filename="C:\\Windows\\x.exe"', "1-1-x.exe"),
        (b'Content-Disposition: attachment; filename=".."', "1-1-part.txt"),
        (b'Content-Disposition: attachment; filename="a b/"', "1-1-part.txt"),
        ('Content-Disposition: attachment; filename="Grüße.pdf"'.encode(), "1-1-Gr-e.pdf"),
        (b'Content-Disposition: attachment; filename="' + b"n" * 300 + b'.pdf"', "1-1-" + "n" * 77 + ".pdf"),
        (b'Content-Disposition: attachment; filename="a\0\r.p d f"', "1-1-a.pdf"),
        (b"Content-Type: message/rfc822", "1-1-part.eml"),
        (b"Content-Type: text/html; name=page.html", "1-1-page.html"),
    ],
)
def test_names_of_attachments(fields: bytes, name: str) -> None:
    part = parts_of(MIXED + b"--b\r\n" + fields + b"\r\n\r\nx\r\n--b--")[1]
    assert is_attachment(part)
    assert safe_name(part) == name


@pytest.mark.parametrize(
    "raw",
    [
        b"Content-Type: text/plain; name=a.txt\r\n\r\nx",
        b"Content-Type: text/html\r\nContent-Disposition: inline\r\n\r\nx",
        b"",
        structures()["boundary missing"],
    ],
)
def test_what_is_no_attachment(raw: bytes) -> None:
    assert not [part for part in parts_of(raw) if is_attachment(part)]


def test_an_attached_message_is_stored_as_a_whole() -> None:
    inner = MIXED + b"--b\r\nContent-Type: image/png\r\n\r\nx\r\n--b--"
    raw = (
        MIXED.replace(b'"b"', b'"o"') + b"--o\r\nContent-Type: message/rfc822\r\n\r\n" + inner + b"\r\n--o--"
    )
    stored = [part for part in parts_of(raw) if is_attachment(part)]
    assert [raw[part.start : part.end] for part in stored] == [inner]
