"""The parts of a URL or its fault; what each caller makes of it is tested with the caller."""

import re

from hypothesis import given
from hypothesis import strategies as st

from constructs_lib.https_url import UrlFault, split_https_url, without_password


def test_the_parts_of_a_url() -> None:
    parts = split_https_url("HTTPS://www.example.com:8443/a%20b?c=d#e")
    assert not isinstance(parts, UrlFault)
    assert (parts.hostname, parts.port, parts.path, parts.fragment) == (
        "www.example.com",
        8443,
        "/a%20b",
        "e",
    )


@given(st.text() | st.text().map("https://{}".format))
def test_any_text_is_a_url_with_a_host_or_a_fault(text: str) -> None:
    parts = split_https_url(text)
    if not isinstance(parts, UrlFault):
        assert parts.scheme == "https"
        assert parts.hostname
        assert parts.username is None
        assert re.search(r"\s", text) is None


@given(st.text(alphabet="abc:/@\n", max_size=20))
def test_a_password_is_never_shown(middle: str) -> None:
    assert "secret" not in without_password(f"https://me:secret{middle}@www.example.com/")
