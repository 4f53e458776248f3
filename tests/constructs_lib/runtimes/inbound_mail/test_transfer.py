"""Transfer encodings, piece by piece."""

import base64
import quopri

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_lib.runtimes.inbound_mail import transfer
from constructs_lib.runtimes.inbound_mail.transfer import decoded


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
