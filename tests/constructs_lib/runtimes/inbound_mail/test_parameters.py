"""Parameters of fields, and how people misuse them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_lib.runtimes.inbound_mail.parameters import parameterized


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
