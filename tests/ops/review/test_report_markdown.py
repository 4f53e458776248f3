"""Reports as Markdown: what a reviewer reads, within the limit, and nothing of a template becomes markup."""

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from markdown_it import MarkdownIt
from markdown_it.token import Token

from ops.review.markdown import cell, code, html_code, table
from ops.review.rating import Rating
from ops.review.report import Report, StackDiff
from ops.review.report_markdown import COMMENT_LIMIT, MARKER, report_markdown
from ops.review.sentence import Sentence
from tests.ops.review.reports import HOSTILE, REPORTS, TEXTS, report

OUR_HTML = re.compile(
    r"</?(?:details|summary|sub|code)>|<br>|<!-- ses-as-code review: prod -->|&#\d+;|[^<]|<(?=DKIM)",
    re.DOTALL,
)
FEW = settings(max_examples=30)
PARSER = MarkdownIt("commonmark").enable(["table", "strikethrough"])


def tokens(markdown: str) -> list[Token]:
    found = []
    for token in PARSER.parse(markdown):
        found.append(token)
        found.extend(token.children or [])
    return found


def test_the_verdict_comes_first_and_the_diff_last() -> None:
    lines = report_markdown(report("p=none to p=reject")).splitlines()
    assert MARKER.fullmatch(lines[0])
    assert lines[1] == "## 🟠 `shop`: danger - mail, data or control can be lost: be sure"
    assert lines[3].startswith("Findings: 1 danger. 1 resource in 1 stack.")
    assert "| `_dmarc.example.com` | `TXT` | `v=DMARC1; p=none` | `v=DMARC1; p=reject` |" in lines
    titles = [line for line in lines if line.startswith(("### ", "<details>"))]
    assert titles == [
        "### DNS",
        "### What changes where",
        "<details><summary>1 resource</summary>",
        "<details><summary>Template diff</summary>",
        "<details><summary><code>example&#45;com&#45;eu&#45;west&#45;1</code></summary>",
    ]


@pytest.mark.parametrize(
    "what, line",
    [
        ("nothing", "⚪ `shop`: no change."),
        ("code rebuilt", "⚪ `shop`: no change but rebuilt assets, on 1 resource."),
    ],
)
def test_no_change_is_one_line(what: str, line: str) -> None:
    assert report_markdown(report(what)).splitlines()[1:] == [line]


def test_permissions_are_a_sentence_and_statements() -> None:
    text = report_markdown(report("grant_send widened"))
    assert "- 🟡 **caution** Whoever has policy `shop-send-billing` may now send as `*@example.com`." in text
    assert "\n+ Allow: ses:SendEmail, ses:SendRawEmail on arn:aws:ses:eu-west-1:111111111111:" in text


def test_the_price_is_told_with_its_assumption() -> None:
    text = report_markdown(report("SMTP user added"))
    assert "### Price" in text
    assert "| `KMS keys` | 1 | 2 | +1.00 |" in text
    assert "what is used comes on top" in text


@FEW
@given(REPORTS)
def test_no_text_of_a_template_becomes_markup(made: Report) -> None:
    """Whatever stands in it: no link, picture, heading, mention or element that is not ours."""
    text = report_markdown(made)
    assert not re.search(r"[\x00-\x09\x0b-\x1f\u202e]", text)
    for token in tokens(text):
        assert token.type not in {"link_open", "image", "em_open", "s_open", "code_block"}
        if token.type in {"html_inline", "html_block"}:
            assert re.fullmatch(f"(?:{OUR_HTML.pattern})*", token.content), token.content
        if token.type == "text":
            assert "@" not in token.content
            assert "www." not in token.content


@FEW
@given(REPORTS)
def test_the_limit_is_kept_and_the_verdict_too(made: Report) -> None:
    whole = report_markdown(made, limit=None)
    for limit in (4_000, COMMENT_LIMIT):
        text = report_markdown(made, limit=limit)
        assert len(text) <= limit
        assert text.splitlines()[:2] == whole.splitlines()[:2]
        assert (text == whole) or "left out" in text


@given(TEXTS, TEXTS)
def test_a_row_has_its_cells(one: str, other: str) -> None:
    parsed = tokens(table(("a", "b"), [(cell(one), cell(other))]))
    assert sum(token.type == "td_open" for token in parsed) == 2


@pytest.mark.parametrize("value", HOSTILE)
def test_a_value_is_shown_as_it_is(value: str) -> None:
    (inline,) = [token for token in PARSER.parse(f"x {code(value)} y") if token.type == "inline"]
    assert [child.type for child in inline.children or []] == ["text", "code_inline", "text"]
    assert "<" not in html_code(value).replace("<code>", "").replace("</code>", "")


def test_a_long_diff_is_cut_and_says_so() -> None:
    long = replace(
        report("nothing"), rating=Rating.ROUTINE, diffs=(StackDiff(stack="s", lines=("+ a" * 10,) * 9_000),)
    )
    text = report_markdown(long)
    assert COMMENT_LIMIT - 600 < len(text) <= COMMENT_LIMIT
    assert re.search(r"\*Longer than a comment may be: \d{4} lines of template diffs left out\.", text)


def test_words_that_could_be_markup_are_refused() -> None:
    for words in (
        "<b>",
        "see www.example.net",
        "https://example.net",
        "@octocat",
        "[x](y)",
        "a `b`",
        "a | b",
        "*a*",
    ):
        with pytest.raises(ValueError, match=re.escape(words)):
            Sentence((words,))
