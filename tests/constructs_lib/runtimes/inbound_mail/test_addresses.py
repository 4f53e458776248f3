"""Lists of addresses as people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_lib.runtimes.inbound_mail.addresses import Address, addresses


@pytest.mark.parametrize(
    "text, found",
    [
        ("", []),
        ("a@example.net", [("", "a@example.net")]),
        ("Ann <a@example.net>", [("Ann", "a@example.net")]),
        ("a@example.net, B <b@example.net>", [("", "a@example.net"), ("B", "b@example.net")]),
        ('"Doe, Jane" <j@example.net>', [("Doe, Jane", "j@example.net")]),
        (r'"a \"b\" c" <j@example.net>', [('a "b" c', "j@example.net")]),
        ("=?utf-8?q?Doe=2C_J?= <j@example.net>", [("Doe, J", "j@example.net")]),
        ("=?utf-8?q?Doe,_J:_x?= <j@example.net>, b@x.net", [("Doe, J: x", "j@example.net"), ("", "b@x.net")]),
        ("=?utf-8?q?Doe, <j@example.net>, b@x.net", [("=?utf-8?q?Doe,", "j@example.net"), ("", "b@x.net")]),
        ("=?utf-8?q?a?= =?utf-8?q?b?= <j@example.net>", [("ab", "j@example.net")]),
        ("j@example.net (Jane)", [("Jane", "j@example.net")]),
        ("(c) Ann (d) <a@example.net>", [("Ann", "a@example.net")]),
        ("<a@example.net>", [("", "a@example.net")]),
        ("Friends: a@example.net, B <b@example.net>;", [("", "a@example.net"), ("B", "b@example.net")]),
        ("Friends: a@example.net;, c@example.net", [("", "a@example.net"), ("", "c@example.net")]),
        ("undisclosed-recipients:;", []),
        ("<@relay.example:a@example.net>", [("", "a@example.net")]),
        ('"a b"@example.net', [("", '"ab"@example.net')]),
        ("Ann a@example.net", [("", "Anna@example.net")]),
        ('"Ann <a@example.net>', [("", '"Ann<a@example.net>')]),
        ("Ann", [("", "Ann")]),
        (", ,", []),
        ("<>", []),
    ],
)
def test_a_list(text: str, found: list[tuple[str, str]]) -> None:
    assert addresses(text) == [Address(*each) for each in found]


@given(st.text(alphabet='aB@.,;:<>()"\\ \t=?_', max_size=60))
def test_whatever_is_written(text: str) -> None:
    for each in addresses(text):
        assert each.name or each.address


@pytest.mark.parametrize("piece", ['"\\', "(", "<", '"', "a,", "a:", "\\"])
def test_long_ones_take_no_longer(piece: str) -> None:
    addresses(piece * 100_000)
