import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.addresses import is_address, is_domain, unlabelled


@pytest.mark.parametrize(
    "text",
    [
        "me@example.com",
        "Me.Too@EXAMPLE.com",
        "me+label@example.com",
        '"a@b"@example.com',
        r'"a\"b"@example.com',
        "me@xn--bcher-kva.example",
        "a@b",
        "o'neil@example.com",
        f"{'a' * 308}@example.com",
    ],
)
def test_what_ses_takes_as_an_address(text: str) -> None:
    assert is_address(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "example.com",
        "@example.com",
        "me@",
        "a@@example.com",
        "a@b@example.com",
        '"a"@@example.com',
        '"a@example.com',
        '"a b"@example.com',
        "me @example.com",
        "me@example.com\n",
        "Me <me@example.com>",
        "jürgen@example.com",
        "me@bücher.example",
        f"{'a' * 309}@example.com",
    ],
)
def test_what_ses_does_not_take_as_an_address(text: str) -> None:
    assert not is_address(text)


@pytest.mark.parametrize(
    "text,takes",
    [
        ("example.com", True),
        ("xn--bcher-kva.example", True),
        (f"{'a' * 63}.example", True),
        ("bücher.example", False),
        (f"{'a' * 64}.example", False),
        (".".join(["a" * 63] * 4) + ".example", False),
        ("a..example", False),
        ("a b.example", False),
        ("", False),
    ],
)
def test_what_ses_takes_as_a_domain(text: str, takes: bool) -> None:  # noqa: FBT001 - a table
    assert is_domain(text) is takes


@pytest.mark.parametrize(
    "address,bases",
    [
        ("me@d.example", []),
        ("me+a@d.example", ["me@d.example"]),
        ("me+a+b@D.example", ["me+a@D.example", "me@D.example"]),
        ("+a@d.example", []),
        ('"me+a"@d.example', []),
        ("me@d+a.example", []),
    ],
)
def test_what_an_address_is_a_label_of(address: str, bases: list[str]) -> None:
    assert list(unlabelled(address)) == bases


@given(st.text())
def test_what_is_taken_can_stand_in_a_header(text: str) -> None:
    if is_address(text):
        assert text.isascii()
        assert not set(text) & set("\r\n\t ")
