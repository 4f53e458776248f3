"""Encoded words, charsets, and display names that are written."""

import email.header

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_lib.runtimes.inbound_mail.addresses import Address, addresses
from constructs_lib.runtimes.inbound_mail.words import decode_charset, decode_words, phrase, text_of


@pytest.mark.parametrize(
    "text, decoded",
    [
        ("plain", "plain"),
        ("=?utf-8?q?Gr=C3=BC=C3=9Fe?=", "Grüße"),
        ("=?ISO-8859-1?Q?a_b?= c", "a b c"),
        ("=?utf-8?b?R3LDvMOfZQ==?=", "Grüße"),
        ("=?utf-8?b?R3LDvMOfZQ?=", "Grüße"),
        ("=?utf-8*de?q?=C3=A4?=", "ä"),
        ("=?utf-8?q?a?= =?utf-8?q?b?=", "ab"),
        ("=?utf-8?q?a?=\r\n =?utf-8?q?b?= c", "ab c"),
        ("=?utf-8?q?a?= x =?utf-8?q?b?=", "a x b"),
        # A character cut in two, which RFC 2047 forbids and many mailers do.
        ("=?utf-8?q?Gr=C3?= =?utf-8?q?=BC=C3=9Fe?=", "Grüße"),
        ("=?utf-8?b?w6Q?= =?iso-8859-1?q?=E4?=", "ää"),
        ("=?windows-1252?q?=93x=94?=", "“x”"),
        ("=?x-unknown?q?a=E4?=", "aä"),
        ("=?rot13?q?a?=", "a"),
        ("=?utf-8?q?=FF?=", "\ufffd"),
        ("=?utf-8?b?a?=", ""),
        ("=?utf-8?x?a?=", "=?utf-8?x?a?="),
        ("=?utf-8?q?never ends", "=?utf-8?q?never ends"),
    ],
)
def test_encoded_words(text: str, decoded: str) -> None:
    assert decode_words(text) == decoded


@given(st.text(st.characters(codec="utf-8"), max_size=120))
def test_what_python_encodes_is_read(text: str) -> None:
    written = email.header.Header(text, "utf-8").encode()
    assert decode_words(written.replace("\n", "\r\n")).split() == text.split() or not text.strip()


@given(st.text(st.characters(codec="utf-8"), max_size=80))
def test_a_display_name_is_ascii_and_comes_back(name: str) -> None:
    written = phrase(name)
    assert written.isascii()
    assert not set(written) & set("\r\n\0")
    assert max((len(word) for word in written.split(" ")), default=0) <= 75 or name.isascii()
    (back,) = addresses(f"{written} <a@example.net>")
    kept = "".join(" " if ord(c) < 32 or 127 <= ord(c) < 160 else c for c in name)
    assert back == Address(" ".join(kept.split()), "a@example.net")


@given(st.binary(max_size=50), st.text(max_size=20))
def test_any_bytes_in_any_charset_are_text(value: bytes, charset: str) -> None:
    for text in (text_of(value), decode_charset(value, charset), decode_charset(value, "utf-7")):
        text.encode("utf-8")
