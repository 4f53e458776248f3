from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_lib.email_address import normalize_address
from constructs_lib.errors import ConfigurationError
from tests.support import TOKEN, refuses

LONGEST = ".".join(("a" * 61, "b" * 61, "c" * 61)) + ".io"
ATEXT = st.characters(codec="ascii", exclude_characters='"(),:;<>@[\\]. \x7f', min_codepoint=33)


@pytest.mark.parametrize(
    "value, expected",
    [
        ("ops@example.com", "ops@example.com"),
        ("Ops.Team+ses@Example.COM.", "Ops.Team+ses@example.com"),
        ("o'brien_{x}@mail.example.com", "o'brien_{x}@mail.example.com"),
        ("ops@bücher.example", "ops@xn--bcher-kva.example"),
        ("a" * 64 + "@example.com", "a" * 64 + "@example.com"),
        ("a" * 64 + "@" + LONGEST, "a" * 64 + "@" + LONGEST),
        (f"ops@{TOKEN}", f"ops@{TOKEN}"),
        (TOKEN, TOKEN),
    ],
)
def test_accepts_an_address_and_normalizes_its_domain(value: str, expected: str) -> None:
    assert normalize_address(value, option="address") == expected


@pytest.mark.parametrize(
    "value",
    [
        "",
        "ops",
        "@example.com",
        "Ops <ops@example.com>",
        '"ops team"@example.com',
        "ops team@example.com",
        "ops\n@example.com",
        ".ops@example.com",
        "ops.@example.com",
        "o..ps@example.com",
        "a@b@example.com",
        "mailto:ops@example.com",
        "öps@example.com",
        "a" * 65 + "@example.com",
        "a" * 64 + "@x." + LONGEST,
    ],
)
def test_refuses_what_is_none(value: str) -> None:
    with refuses("email-address-invalid", "address: "):
        normalize_address(value, option="address")


@pytest.mark.parametrize(
    "value, code",
    [
        ("ops@localhost", "domain-single-label"),
        ("ops@exa_mple.com", "domain-malformed"),
        ("ops@[192.0.2.1]", "domain-malformed"),
        ("ops@example.com\n", "domain-malformed"),
        ("ops@" + "a" * 64 + ".com", "domain-too-long"),
        ("ops@", "domain-malformed"),
    ],
)
def test_refuses_an_address_for_its_domain(value: str, code: str) -> None:
    with refuses(code, "address: "):
        normalize_address(value, option="address")


@given(st.lists(st.text(ATEXT, min_size=1, max_size=10), min_size=1, max_size=5))
def test_every_dot_atom_is_kept_as_it_is(parts: list[str]) -> None:
    local = ".".join(parts)
    assert normalize_address(f"{local}@EXAMPLE.com", option="address") == f"{local}@example.com"


@given(st.text(max_size=80))
def test_any_text_is_refused_or_normalized_once(value: str) -> None:
    with suppress(ConfigurationError):
        found = normalize_address(value, option="address")
        assert normalize_address(found, option="address") == found
