"""Header blocks as they are found in mail."""

import pytest

from constructs_lib.runtimes.inbound_mail.header import first, read_header, value


@pytest.mark.parametrize(
    "raw, names, body, defects",
    [
        (b"A: 1\r\nB: 2\r\n\r\nbody", [b"a", b"b"], b"body", ()),
        (b"A: 1\nB: 2\n\nbody", [b"a", b"b"], b"body", ()),
        (b"A: 1\rB: 2\r\rbody", [b"a", b"b"], b"body", ()),
        (b"A: 1\n\r\nbody\n", [b"a"], b"body\n", ()),
        (b"A: 1\r\n 2\r\n\t3\r\n\r\n", [b"a"], b"", ()),
        (b"A : 1\r\n\r\nbody", [b"a"], b"body", ()),
        (b"A:\r\n\r\n\r\n", [b"a"], b"\r\n", ()),
        (b"\r\nA: 1\r\n", [], b"A: 1\r\n", ()),
        (b"A: 1\r\nbody\r\n\r\nmore", [b"a"], b"body\r\n\r\nmore", ("no-separator",)),
        (b" A: 1\r\n\r\n", [], b" A: 1\r\n\r\n", ("no-separator",)),
        (b"From x y\nA: 1\n\nbody", [b"a"], b"body", ("mbox-line",)),
        (b"A: 1\r\nFrom x y\r\n\r\n", [b"a"], b"From x y\r\n\r\n", ("no-separator",)),
        (b"A: 1", [b"a"], b"", ("no-body",)),
        (b"A: 1\r\n", [b"a"], b"", ("no-body",)),
        (b"", [], b"", ()),
        (b"\xc4: 1\r\n\r\n", [], b"\xc4: 1\r\n\r\n", ("no-separator",)),
    ],
)
def test_where_the_body_begins(raw: bytes, names: list[bytes], body: bytes, defects: tuple[str, ...]) -> None:
    for each in (raw, bytearray(raw)):
        header = read_header(each)
        assert [field.name for field in header.fields] == names
        assert raw[header.body :] == body
        assert header.defects == defects
        assert header.complete


def test_fields_and_separator_are_all_of_the_block() -> None:
    raw = b"A: 1\r\n 2\r\nB: 3\r\n\r\nbody"
    header = read_header(raw)
    block = b"".join(raw[field.start : field.end] for field in header.fields) + header.separator
    assert block + raw[header.body :] == raw


def test_a_value_is_unfolded() -> None:
    raw = b"A:  1\r\n 2\r\n\t3 \r\nA: other\r\n\r\n"
    header = read_header(raw)
    assert first(raw, header, b"a") == b"1 2\t3"
    assert first(raw, header, b"b") is None
    assert value(raw, header.fields[1]) == b"other"


def test_a_region_ends_where_it_is_said() -> None:
    raw = b"--b\r\nA: 1\r\n\r\nbody\r\n--b"
    header = read_header(raw, 5, len(raw) - 5)
    assert [field.name for field in header.fields] == [b"a"]
    assert raw[header.body :] == b"body\r\n--b"
