from email.header import decode_header, make_header

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from constructs_lib.verification.template_fields import (
    MAX_SUBJECT,
    as_encoded_words,
    require_literal,
    require_name,
    require_subject,
    require_url,
)
from tests.support import TOKEN, refuses


@pytest.mark.parametrize("name", ["a", "Welcome", "welcome_2-b", "x" * 64])
def test_takes_a_name(name: str) -> None:
    require_name(name)


@pytest.mark.parametrize("name", ["", "x" * 65, "a b", "a.b", "a/b", "ä", "name\n", TOKEN])
def test_refuses_a_name(name: str) -> None:
    with refuses("template-name-invalid", f"Got {name!r}"):
        require_name(name)


@pytest.mark.parametrize("subject", ["x", "Confirm your address", "Grüße, 山田", "x" * MAX_SUBJECT, TOKEN])
def test_takes_a_subject(subject: str) -> None:
    require_subject(subject, option="TemplateSubject")


@pytest.mark.parametrize(
    "subject, fix",
    [
        ("", "write what the mail is about"),
        (" ", "write what the mail is about"),
        ("Confirm\nBcc: x@example.com", "in one line"),
        ("Confirm\r", "in one line"),
        ("Confirm\t", "in one line"),
        ("Confirm\x85", "in one line"),
        ("Confirm\u2028", "in one line"),
        ("Confirm \ud83d", "surrogate pair"),
        ("x" * (MAX_SUBJECT + 1), "shorten it"),
        ("é" * 400, "shorten it"),
    ],
)
def test_refuses_a_subject(subject: str, fix: str) -> None:
    with refuses("template-subject-invalid", fix):
        require_subject(subject, option="TemplateSubject")


@pytest.mark.parametrize(
    "text",
    [
        "x",
        "{{link}}",
        "{{resolve}}",
        "{{ resolve:ssm:/name}}",
        "{resolve:ssm:/name}",
        "&#123;{resolve:ssm:/name}}",
        TOKEN,
    ],
)
def test_takes_text_that_cloudformation_leaves_as_it_is(text: str) -> None:
    require_literal(text, option="TemplateContent")


@pytest.mark.parametrize(
    "text, line, got",
    [
        ("{{resolve:ssm:/name}}", 1, "{{resolve:ssm:/name'"),
        ("<p>Hello</p>\n<p>a{{resolve:secretsmanager:x:SecretString:y}}b", 2, "{{resolve:secretsmanager:x:S"),
        ("\n\n{{{resolve:anything", 3, "{{resolve:anything'"),
        ("{{resolve:", 1, "{{resolve:'"),
    ],
)
def test_refuses_what_cloudformation_would_replace(text: str, line: int, got: str) -> None:
    with refuses("template-dynamic-reference", f"TemplateContent, line {line}: no {{{{resolve:...}}}}"):
        require_literal(text, option="TemplateContent")
    with refuses("template-dynamic-reference", f"Got '{got}"):
        require_literal(text, option="TemplateContent")


def test_an_ascii_subject_stays_as_it_is() -> None:
    assert as_encoded_words("Confirm =?your?= address") == "Confirm =?your?= address"


@given(st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), min_size=1))
@example("é" * 200)
def test_encoded_words_are_one_line_and_say_the_same(subject: str) -> None:
    words = as_encoded_words(subject)
    assert words.isascii()
    assert "\n" not in words
    if not subject.isascii():
        assert max(map(len, words.split(" "))) <= 75
        assert str(make_header(decode_header(words))) == subject


@pytest.mark.parametrize(
    "url",
    [
        "https://www.example.com/verified",
        "HTTPS://Example.COM",
        "https://a-b.example.com:8443/x%20y?next=/a&b=(c)#/done",
        "https://xn--bcher-kva.example/",
        TOKEN,
        f"https://{TOKEN}/verified",
    ],
)
def test_takes_a_url(url: str) -> None:
    require_url(url, option="SuccessRedirectionURL")


@pytest.mark.parametrize(
    "url, fix",
    [
        ("", "over TLS"),
        ("https://www.example.com/a b", "percent-encoded"),
        ("https://www.example.com/\n", "percent-encoded"),
        ("https://bücher.example/", "percent-encoded"),
        ("https://www.example.com/{id}", "percent-encoded"),
        ("https://www.example.com/100%", "percent-encoded"),
        ("http://www.example.com/verified", "over TLS"),
        ("www.example.com/verified", "over TLS"),
        ("/verified", "over TLS"),
        ("//www.example.com", "over TLS"),
        ("javascript:alert(1)", "over TLS"),
        ("https://", "a host name that people can reach"),
        ("https:///verified", "a host name that people can reach"),
        ("https:www.example.com", "a host name that people can reach"),
        ("https://localhost/verified", "a host name that people can reach"),
        ("https://192.0.2.1/verified", "a host name that people can reach"),
        ("https://my_shop.example.com/", "a host name that people can reach"),
        ("https://www..example.com/", "a host name that people can reach"),
        ("https://www.example.com:99999/", "a port number"),
        ("https://[::1/", "a host name that people can reach"),
        ("https://me:secret@www.example.com/", "user name and password out"),
    ],
)
def test_refuses_a_url(url: str, fix: str) -> None:
    with refuses("template-url-invalid", fix):
        require_url(url, option="SuccessRedirectionURL")


def test_a_password_is_in_no_error() -> None:
    with refuses("template-url-invalid", "Got 'https://***@www.example.com/'"):
        require_url("https://me:secret@www.example.com/", option="SuccessRedirectionURL")
