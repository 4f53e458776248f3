"""A request that is made while it is read."""

import base64
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_lib.runtimes.inbound_mail import request_body
from constructs_lib.runtimes.inbound_mail.request_body import MessageBody


@given(st.binary(max_size=100), st.binary(max_size=300), st.integers(0, 300), st.integers(1, 80))
def test_it_is_the_base64_of_header_and_body_between_what_is_around(
    header: bytes, raw: bytes, at: int, size: int
) -> None:
    body = min(at, len(raw))
    expected = b'{"a":"' + base64.b64encode(header + raw[body:]) + b'"}'
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(request_body, "_PIECE", 30)
        file = MessageBody(b'{"a":"', header, raw, body, b'"}')
        assert len(file) == len(expected)
        # As often as the SDK reads it: for the signature, and for the connection.
        for _ in range(2):
            assert b"".join(iter(lambda: file.read(size), b"")) == expected
            assert file.tell() == len(expected)
            assert file.seek(0) == 0
        file.seek(0)
        file.read(size)
        file.seek(0)
        assert file.read(-1) == expected
        assert file.seek(0, io.SEEK_END) == len(expected)
        assert file.read(1) == b""
        file.seek(0)
        assert file.read() == expected


def test_elsewhere_it_does_not_go() -> None:
    file = MessageBody(b"a", b"b", b"c", 0, b"d")
    assert file.seek(0, io.SEEK_CUR) == 0
    with pytest.raises(io.UnsupportedOperation):
        file.seek(3)
    assert file.readable()
    assert file.seekable()
