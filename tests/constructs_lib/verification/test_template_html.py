from html import escape, unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_lib.verification.template_html import (
    ALLOWED,
    MAX_CONTENT,
    as_ascii,
    html_faults,
    require_content,
)
from tests.support import refuses


@pytest.mark.parametrize(
    "content",
    [
        "Confirm your address",
        "5 < 6 & 7 > 3",
        "<p style=\"color: red\" class='x' id=y title>Welcome</p>",
        "<P STYLE=''>Welcome<BR/></P>",
        '<img src="data:image/png;base64,aGVsbG8=" alt="Acme" width="10" height="10" align="left"/>',
        '<table width="600" summary=""><tr><td colspan="2" width="10">&copy; &#8364;</td></tr></table>',
        "<p>José, 山田, \U0001f600</p>\r\n\t",
        '<ol start="3" type="a"><li>One</ol>',
    ],
)
def test_takes_what_ses_lists(content: str) -> None:
    require_content(content, option="TemplateContent")
    assert html_faults(content) == ()


@pytest.mark.parametrize(
    "content, line, column, what",
    [
        ('<p>Go to\n <a href="https://www.example.com">Acme</a></p>', 2, 2, "<a>"),
        ("<p>x</p></a>", 1, 9, "</a>"),
        ("<style>p { color: red }</style>", 1, 1, "<style>"),
        ("<html><head><title>Hi</title></head></html>", 1, 13, "<title>"),
        ('<meta charset="utf-8">', 1, 1, "<meta>"),
        ("<section>x</section>", 1, 1, "<section>"),
        ('<p align="center">x</p>', 1, 1, "align in <p>"),
        ('<body bgcolor="#fff">x</body>', 1, 1, "bgcolor in <body>"),
        ('<table border="0">x</table>', 1, 1, "border in <table>"),
        ("<p onclick=x()>x</p>", 1, 1, "onclick in <p>"),
        ("<img src=x srcset=y>", 1, 1, "srcset in <img>"),
        ("<p style=\u201dmargin: 0\u201d>x</p>", 1, 1, "style=\u201d in <p>"),
        ("<!DOCTYPE html><p>x</p>", 1, 1, "<!DOCTYPE html>"),
        ("<p>x</p><!-- later -->", 1, 9, "<!-- later "),
        ("<!--[if mso]><p>x</p><![endif]-->", 1, 1, "<!--[if mso]><p>x</p><!["),
        ("<![CDATA[x]]>", 1, 1, "<![CDATA[x"),
        ("<?xml version='1.0'?>", 1, 1, "<?xml version='1.0'?"),
        ("<p>x</p>\n<p style='", 2, 1, "<p style='"),
    ],
)
def test_finds_what_ses_does_not_list(content: str, line: int, column: int, what: str) -> None:
    fault = html_faults(content)[0]
    assert (fault.line, fault.column, fault.what) == (line, column, what)
    with refuses("template-content-invalid", f"line {line}, column {column} of the HTML: SES takes the tags"):
        require_content(content, option="TemplateContent")


def test_the_error_counts_the_others_and_a_pair_of_tags_as_one() -> None:
    with refuses("template-content-invalid", "Got '<a>, and 2 more'. Fix: write addresses as text"):
        require_content("<a>x</a><p align=left>x</p><style></style>", option="TemplateContent")
    with refuses("template-content-invalid", "Got '<a>'. "):
        require_content("<a>x</a>", option="TemplateContent")


@pytest.mark.parametrize(
    "content, fragment",
    [
        ("", "a template has a body"),
        (" \n\t", "a template has a body"),
        ("<p>\n\x00</p>", "TemplateContent, line 2: HTML holds no control characters"),
        ("<p>\x85</p>", "HTML holds no control characters"),
        ("<p>\ud83d</p>", "half of a surrogate pair"),
        ("José, confirm your address", "put the text into <p>...</p>"),
        ("José <3", "put the text into <p>...</p>"),
    ],
)
def test_refuses_what_would_not_arrive(content: str, fragment: str) -> None:
    with refuses("template-content-invalid", fragment):
        require_content(content, option="TemplateContent")


def test_ses_takes_less_than_10_megabytes() -> None:
    require_content("x" * (MAX_CONTENT - 1), option="TemplateContent")
    with refuses("template-too-large", "Got '10000000 bytes'"):
        require_content("é" * (MAX_CONTENT // 2), option="TemplateContent")


@given(st.text(st.characters(exclude_categories=["Cc", "Cn", "Cs"])))
def test_ascii_says_the_same(text: str) -> None:
    encoded = as_ascii(escape(text))
    assert encoded.isascii()
    assert unescape(encoded) == text


def test_the_list_has_the_attributes_that_every_tag_takes() -> None:
    assert len(ALLOWED) == 74
    assert all(attributes >= {"class", "id", "style", "title"} for attributes in ALLOWED.values())
    assert "a" not in ALLOWED
