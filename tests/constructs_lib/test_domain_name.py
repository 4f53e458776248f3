import string

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from constructs_lib.domain_name import is_token, is_within, normalize_domain, organizational_domain
from constructs_lib.errors import ConfigurationError
from tests.support import TOKEN, refuses

LABEL_63 = "a" * 63
NAME_253 = ".".join([LABEL_63] * 3 + ["b" * 61])


@pytest.mark.parametrize(
    "value, expected",
    [
        ("example.com", "example.com"),
        ("example.com.", "example.com"),
        ("EXAMPLE.Com", "example.com"),
        ("mail.example.co.uk", "mail.example.co.uk"),
        ("123.example", "123.example"),
        ("ab--cd.example", "ab--cd.example"),
        ("bücher.example", "xn--bcher-kva.example"),
        ("BÜCHER.example.", "xn--bcher-kva.example"),
        ("faß.example", "xn--fa-hia.example"),
        ("bücher。example", "xn--bcher-kva.example"),
        ("пример.рф", "xn--e1afmkfd.xn--p1ai"),
        ("XN--BCHER-KVA.example", "xn--bcher-kva.example"),
        (f"{LABEL_63}.example", f"{LABEL_63}.example"),
        (NAME_253, NAME_253),
        (NAME_253 + ".", NAME_253),
        (TOKEN, TOKEN),
        (f"mail.{TOKEN}", f"mail.{TOKEN}"),
    ],
)
def test_accepts(value: str, expected: str) -> None:
    assert normalize_domain(value, option="domain") == expected


@pytest.mark.parametrize(
    "value, code, fragment",
    [
        ("", "domain-malformed", "empty label"),
        (".", "domain-malformed", "empty label"),
        ("example..com", "domain-malformed", "empty label"),
        (".example.com", "domain-malformed", "empty label"),
        ("example.com..", "domain-malformed", "empty label"),
        (" example.com", "domain-malformed", "white space"),
        ("example.com\n", "domain-malformed", "white space"),
        ("exa mple.com", "domain-malformed", "white space"),
        ("-a.example", "domain-malformed", "'-a'"),
        ("a-.example", "domain-malformed", "'a-'"),
        ("_dmarc.example.com", "domain-malformed", "'_dmarc'"),
        ("example.com:25", "domain-malformed", "'com:25'"),
        ("a,b.example", "domain-malformed", "'a,b'"),
        ("192.0.2.1", "domain-malformed", "IP address"),
        ("2001:db8::1", "domain-malformed", "2001:db8::1"),
        ("https://example.com", "domain-malformed", "URL"),
        ("example.com/path", "domain-malformed", "path"),
        ("me@example.com", "domain-malformed", "e-mail address"),
        ("*.example.com", "domain-malformed", "wildcard"),
        ("☃.example", "domain-malformed", "internationalized"),
        ("xn--zzzzzz999.example", "domain-malformed", "internationalized"),
        ("xn--a.example", "domain-malformed", "internationalized"),
        ("xn--.example", "domain-malformed", "internationalized"),
        ("\ud800.example", "domain-malformed", "internationalized"),
        ("localhost", "domain-single-label", "localhost.example.com"),
        ("com.", "domain-single-label", "com.example.com"),
        (f"{LABEL_63}a.example", "domain-too-long", "shorten the label"),
        (NAME_253 + "b", "domain-too-long", "shorter name"),
        ("ü" * 60 + ".example", "domain-too-long", "A-label"),
        ("${token[x]}.example", "domain-malformed", "'${token[x]}'"),
    ],
)
def test_refuses(value: str, code: str, fragment: str) -> None:
    with refuses(code, fragment):
        normalize_domain(value, option="domain")


def test_an_error_names_the_option_and_what_it_got() -> None:
    with refuses("domain-malformed", "zone_name: a domain name is labels"):
        normalize_domain("a_b.example", option="zone_name")
    with refuses("domain-malformed", "Got 'a_b.example'"):
        normalize_domain("a_b.example", option="zone_name")


@given(st.text(st.characters()) | st.text(string.ascii_letters + string.digits + ".-xnßüé。"))
@example("0.xn--")
@example("ß" * 64 + ".example")
@example("\u200d.example")
@example("a.\N{FULLWIDTH DIGIT ONE}")
def test_any_text_is_normalized_once_and_for_all_or_refused(text: str) -> None:
    try:
        name = normalize_domain(text, option="domain")
    except ConfigurationError:
        return
    assert normalize_domain(name, option="domain") == name
    assert len(name) <= 253
    labels = name.split(".")
    assert len(labels) >= 2
    for label in labels:
        assert 1 <= len(label) <= 63
        assert set(label) <= set(string.ascii_lowercase + string.digits + "-")
        assert not label.startswith("-")
        assert not label.endswith("-")


@given(st.from_regex(r"\A[a-z0-9]{1,20}(\.[a-z][a-z0-9]{0,20}){1,3}\Z"))
def test_a_plain_name_passes_in_any_spelling(name: str) -> None:
    for spelling in (name, name.upper(), f"{name}.", name.title()):
        assert normalize_domain(spelling, option="domain") == name


@pytest.mark.parametrize(
    "name, parent, expected",
    [
        ("example.com", "example.com", True),
        ("mail.example.com", "example.com", True),
        ("a.b.example.com", "example.com", True),
        ("evilexample.com", "example.com", False),
        ("example.com", "mail.example.com", False),
        ("example.com.evil.test", "example.com", False),
        ("example.org", "example.com", False),
        (TOKEN, "example.com", True),
        ("example.com", TOKEN, True),
    ],
)
def test_is_within_compares_label_by_label(name: str, parent: str, *, expected: bool) -> None:
    assert is_within(name, parent) is expected


@pytest.mark.parametrize(
    "name, expected",
    [
        ("example.com", "example.com"),
        ("a.b.example.com", "example.com"),
        ("mail.example.co.uk", "example.co.uk"),
        ("co.uk", "co.uk"),
        ("rehearsal.example", "rehearsal.example"),
    ],
)
def test_organizational_domain_follows_the_public_suffix_list(name: str, expected: str) -> None:
    assert organizational_domain(name) == expected


@pytest.mark.parametrize(
    "value, expected",
    [(TOKEN, True), (f"a.{TOKEN}", True), ("example.com", False), ("${AWS::Region}", False)],
)
def test_is_token(value: str, *, expected: bool) -> None:
    assert is_token(value) is expected
