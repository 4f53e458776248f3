"""Template files as people write them: what is wrong with each, and what it was meant to say."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from constructs_lib.verification.json_faults import Cause

FOLDER = Path(__file__).parent / "data" / "templates"

FIELDS = {
    "TemplateName": "Welcome",
    "FromEmailAddress": "hello@example.com",
    "TemplateSubject": "Confirm your address",
    "TemplateContent": "<p>Welcome</p>",
    "SuccessRedirectionURL": "https://www.example.com/verified",
    "FailureRedirectionURL": "https://www.example.com/try-again",
}
"""What a template file says, by key."""

WELCOME = "<p>Welcome</p>"


def template_json(**overrides: object) -> str:
    """The JSON of a template; a value of None leaves its key out."""
    fields: dict[str, Any] = FIELDS | overrides
    return json.dumps({key: value for key, value in fields.items() if value is not None}, indent=2)


@dataclass(frozen=True, kw_only=True)
class Broken:
    """A file of `FOLDER`.

    `html` is the HTML that a person meant, None where only that person can say; then `refusal` is a part of
    what the repair says. `notes` are parts of what it says otherwise.
    """

    name: str
    cause: Cause
    line: int
    column: int
    key: str | None = "TemplateContent"
    html: str | None = None
    refusal: str = ""
    notes: tuple[str, ...] = ()


QUOTES = "unescaped quotes in TemplateContent: "

BROKEN = (
    Broken(
        name="pasted_html",
        cause=Cause.RAW_LINE_BREAK,
        line=5,
        column=29,
        html='<html>\n<head></head>\n<body style="font-family: sans-serif">\n'
        '  <h1 style="color: #333">One more step</h1>\n'
        "  <p>Click the link below, and you're in.</p>\n</body>\n</html>",
        notes=("raw line breaks in TemplateContent: 6", QUOTES + "4"),
    ),
    Broken(
        name="quotes_in_one_line",
        cause=Cause.UNESCAPED_QUOTE,
        line=5,
        column=44,
        html='<html><body><p style="margin: 0" class="lead">Welcome to "Acme".</p></body></html>',
        notes=(QUOTES + "6",),
    ),
    Broken(
        name="font_list",
        cause=Cause.UNESCAPED_QUOTE,
        line=5,
        column=46,
        html='<p style=\'font-family: "Helvetica Neue", "Segoe UI", sans-serif\'>Welcome</p>',
        notes=(QUOTES + "4",),
    ),
    Broken(
        name="quotes_before_comma",
        cause=Cause.UNESCAPED_QUOTE,
        line=5,
        column=40,
        html='<p>You asked for "Acme", the "best", to write to you.</p>',
        notes=(QUOTES + "4",),
    ),
    Broken(
        name="braces_in_style",
        cause=Cause.UNESCAPED_QUOTE,
        line=5,
        column=32,
        html='<p title="{}">Say "yes"} now</p>',
        notes=(QUOTES + "4",),
    ),
    Broken(
        name="quoted_subject",
        cause=Cause.UNESCAPED_QUOTE,
        line=4,
        column=36,
        key="TemplateSubject",
        html=WELCOME,
        notes=("unescaped quotes in TemplateSubject: 2",),
    ),
    Broken(
        name="trailing_comma",
        cause=Cause.TRAILING_COMMA,
        line=7,
        column=63,
        key="FailureRedirectionURL",
        html=WELCOME,
        notes=("comma after the last entry",),
    ),
    Broken(
        name="missing_comma",
        cause=Cause.MISSING_COMMA,
        line=4,
        column=44,
        key="TemplateSubject",
        html=WELCOME,
        notes=("missing commas",),
    ),
    Broken(
        name="missing_brace",
        cause=Cause.UNCLOSED_OBJECT,
        line=8,
        column=1,
        key="FailureRedirectionURL",
        html=WELCOME,
        notes=("missing closing brace",),
    ),
    Broken(
        name="byte_order_mark",
        cause=Cause.BYTE_ORDER_MARK,
        line=1,
        column=1,
        key=None,
        html="<p>Welcome, José</p>",
        notes=("byte order mark",),
    ),
    Broken(
        name="powershell",
        cause=Cause.UTF_16,
        line=1,
        column=1,
        key=None,
        html="<p>Welcome, José</p>",
        notes=("UTF-16 instead of UTF-8",),
    ),
    Broken(
        name="comments",
        cause=Cause.COMMENT,
        line=1,
        column=1,
        key=None,
        html=WELCOME,
        notes=(
            "comment left out, // Sent to every new seller",
            "comment left out, // see https://www.example.com/brand",
            "comment left out, /* both pages are in the shop */",
            "comment left out, # the shop",
        ),
    ),
    Broken(
        name="word_processor",
        cause=Cause.CURLY_QUOTE,
        line=2,
        column=3,
        key=None,
        html="<p style=\u201dmargin: 0\u201d>Welcome to Acme\u2019s shop</p>",
        notes=("keys without plain double quotes: 6", "values without plain double quotes: 6", QUOTES + "3"),
    ),
    Broken(
        name="javascript",
        cause=Cause.UNQUOTED_KEY,
        line=2,
        column=3,
        key=None,
        html='<p style="margin: 0">You\'re nearly there</p>',
        notes=(
            "keys without plain double quotes: 6",
            "values without plain double quotes: 6",
            "escaped single quotes",
            "comma after the last entry",
        ),
    ),
    Broken(
        name="single_quotes",
        cause=Cause.SINGLE_QUOTE,
        line=2,
        column=3,
        key=None,
        html=WELCOME,
        notes=("keys without plain double quotes: 6", "values without plain double quotes: 6"),
    ),
    Broken(
        name="crlf_and_tabs",
        cause=Cause.RAW_LINE_BREAK,
        line=5,
        column=30,
        html="<table>\r\n\t<tr><td>Welcome</td></tr>\r\n</table>",
        notes=(
            "raw line breaks in TemplateContent: 2",
            "raw tabs or control characters in TemplateContent",
        ),
    ),
    Broken(
        name="tab",
        cause=Cause.RAW_TAB,
        line=5,
        column=26,
        html="<p>\tWelcome</p>",
        notes=("raw tabs or control characters in TemplateContent",),
    ),
    Broken(
        name="shell_escape",
        cause=Cause.INVALID_ESCAPE,
        line=5,
        column=29,
        html="<p>You're nearly there</p>",
        notes=("escaped single quotes",),
    ),
    Broken(
        name="no_break_spaces",
        cause=Cause.STRANGE_SPACE,
        line=2,
        column=1,
        key=None,
        html=WELCOME,
        notes=("white space that JSON does not know: 12",),
    ),
    Broken(
        name="latin_1",
        cause=Cause.NOT_UTF_8,
        line=5,
        column=38,
        key=None,
        refusal="Line 5, column 38: The bytes here are not utf-8. Fix: save the file as UTF-8",
    ),
    Broken(
        name="cut_off",
        cause=Cause.UNCLOSED_STRING,
        line=5,
        column=22,
        refusal="Line 5, column 22: TemplateContent does not end with a quote",
    ),
    Broken(
        name="unclosed_html",
        cause=Cause.UNESCAPED_QUOTE,
        line=5,
        column=32,
        refusal="Line 5, column 22: TemplateContent does not end with a quote",
    ),
    Broken(
        name="windows_path",
        cause=Cause.INVALID_ESCAPE,
        line=5,
        column=33,
        refusal="Line 5, column 33: This backslash escapes nothing",
    ),
    Broken(
        name="further_key",
        cause=Cause.UNESCAPED_QUOTE,
        line=5,
        column=32,
        refusal="Line 5, column 55: TemplateContent seems to end here",
    ),
    Broken(
        name="key_twice",
        cause=Cause.TRAILING_COMMA,
        line=8,
        column=63,
        key="FailureRedirectionURL",
        refusal="Line 6, column 3: TemplateSubject stands here a second time",
    ),
    Broken(
        name="two_templates",
        cause=Cause.TEXT_AFTER_END,
        line=9,
        column=1,
        key="FailureRedirectionURL",
        refusal="Line 10, column 3: TemplateName stands here a second time",
    ),
    Broken(
        name="subject_in_two_lines",
        cause=Cause.RAW_LINE_BREAK,
        line=4,
        column=31,
        key="TemplateSubject",
        refusal="Line 4, column 23: TemplateSubject has a line break",
    ),
    Broken(
        name="yaml",
        cause=Cause.NOT_AN_OBJECT,
        line=1,
        column=1,
        key=None,
        refusal="Line 1, column 1: Before TemplateName there is more than an opening brace",
    ),
)

texts = st.text(st.characters(exclude_categories=["Cs"]))
"""Any text that a file can hold."""


@st.composite
def fields(draw: st.DrawFn) -> dict[str, str]:
    """The fields of a valid file, in any order, with anything in them."""
    keys = draw(st.permutations(list(FIELDS)))
    return {key: draw(texts) for key in keys}
