"""Which parts are stored, and their names."""

import pytest

from constructs_lib.runtimes.inbound_mail.attachments import is_attachment, safe_name
from constructs_lib.runtimes.inbound_mail.header import read_header
from constructs_lib.runtimes.inbound_mail.mime import Part, parts
from tests.mail_corpora import structures

MIXED = b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n'


def parts_of(raw: bytes) -> list[Part]:
    found, _ = parts(raw, read_header(raw))
    return found


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
