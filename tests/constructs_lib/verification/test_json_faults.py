import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_lib.verification.json_faults import Cause, find_fault, position
from constructs_lib.verification.template_json import KEYS
from tests.template_files import fields, texts

START = '{"TemplateName": "Welcome",\n "TemplateContent": "'
END = '",\n "TemplateSubject": "Confirm"}'


@pytest.mark.parametrize(
    "text, cause, line, column",
    [
        ("", Cause.EMPTY, 1, 1),
        (" \n ", Cause.EMPTY, 1, 1),
        ("aws ses", Cause.NOT_AN_OBJECT, 1, 1),
        ("\u201cTemplateName\u201d", Cause.CURLY_QUOTE, 1, 1),
        ("// new\n{}", Cause.COMMENT, 1, 1),
        ("{", Cause.UNCLOSED_OBJECT, 1, 2),
        ('{"TemplateName"', Cause.MISSING_COLON, 1, 16),
        ('{"TemplateName" "Welcome"}', Cause.MISSING_COLON, 1, 17),
        ('{"TemplateName": Welcome}', Cause.NOT_JSON, 1, 18),
        ('{"TemplateName": \u201cWelcome\u201d}', Cause.CURLY_QUOTE, 1, 18),
        ("{\"TemplateName\": 'Welcome'}", Cause.SINGLE_QUOTE, 1, 18),
        ('{"TemplateName": }', Cause.NOT_JSON, 1, 18),
        ('{"TemplateName": /* which */ "Welcome"}', Cause.COMMENT, 1, 18),
        ('{"TemplateName": "Welcome", # one\n"TemplateSubject": ""}', Cause.COMMENT, 1, 29),
        ('{"TemplateName": 1 2}', Cause.NOT_JSON, 1, 20),
        ('{"TemplateName": 1 "TemplateSubject": ""}', Cause.MISSING_COMMA, 1, 19),
        ('{"TemplateName": {"a": [1, ]}}', Cause.NOT_JSON, 1, 28),
        ('{"TemplateName": "Welcome",\nTemplateSubject: "Confirm"}', Cause.UNQUOTED_KEY, 2, 1),
        ('{"TemplateName": "Welcome",\n\'TemplateSubject\': ""}', Cause.SINGLE_QUOTE, 2, 1),
        ('{"TemplateName": "Welcome"},', Cause.TEXT_AFTER_END, 1, 28),
        ('{"TemplateName": "Welcome",\u200b "TemplateSubject": ""}', Cause.UNESCAPED_QUOTE, 1, 26),
        ('{"TemplateName": "Wel\x07come"}', Cause.CONTROL_CHARACTER, 1, 22),
        ('{"TemplateName": "Wel\\u12come"}', Cause.INVALID_ESCAPE, 1, 22),
        ('{"TemplateName": "Welcome\\', Cause.INVALID_ESCAPE, 1, 26),
        ('{"TemplateName": "Welcome', Cause.UNCLOSED_STRING, 1, 18),
        ('{"TemplateName": "Say "hi", or not"}', Cause.UNESCAPED_QUOTE, 1, 23),
        ('{"TemplateName": "a", "b" c"}', Cause.UNESCAPED_QUOTE, 1, 20),
        ("[" * 100_000, Cause.NOT_AN_OBJECT, 1, 1),
    ],
)
def test_the_cause_and_its_place(text: str, cause: Cause, line: int, column: int) -> None:
    fault = find_fault(text, KEYS)
    assert fault is not None
    assert (fault.cause, fault.line, fault.column) == (cause, line, column)


@given(fields())
def test_nothing_is_wrong_with_json(values: dict[str, str]) -> None:
    for indent in (None, 2):
        for ascii_only in (True, False):
            assert find_fault(json.dumps(values, indent=indent, ensure_ascii=ascii_only), KEYS) is None


@given(
    st.lists(st.sampled_from([*'{}[]":,\\\n\t/# x1', '"TemplateName"', "\u201c", "\u00a0", "\ufeff"])).map(
        "".join
    )
)
def test_a_fault_is_found_exactly_where_json_finds_one(text: str) -> None:
    try:
        json.loads(text)
    except json.JSONDecodeError:
        fault = find_fault(text, KEYS)
        assert fault is not None
        assert 1 <= fault.line <= text.count("\n") + 1
        assert 1 <= fault.column <= len(text.split("\n")[fault.line - 1]) + 1
    else:
        assert find_fault(text, KEYS) is None


@pytest.mark.parametrize(
    "char, cause",
    [
        ("\n", Cause.RAW_LINE_BREAK),
        ("\r", Cause.RAW_LINE_BREAK),
        ("\t", Cause.RAW_TAB),
        ("\\x", Cause.INVALID_ESCAPE),
    ],
)
@given(before=texts, after=texts)
def test_what_is_raw_in_a_string_is_found_where_it_stands(
    char: str, cause: Cause, before: str, after: str
) -> None:
    start = START + json.dumps(before, ensure_ascii=False)[1:-1]
    text = start + char + json.dumps(after)[1:-1] + END
    fault = find_fault(text, KEYS)
    assert fault is not None
    assert (fault.cause, fault.key) == (cause, "TemplateContent")
    assert (fault.line, fault.column) == position(text, len(start))


@given(before=texts, after=texts)
def test_a_quote_that_ends_the_string_is_found_where_it_stands(before: str, after: str) -> None:
    start = START + json.dumps(before, ensure_ascii=False)[1:-1]
    text = f'{start}"x{json.dumps(after)[1:-1]}{END}'
    fault = find_fault(text, KEYS)
    assert fault is not None
    assert (fault.cause, fault.key) == (Cause.UNESCAPED_QUOTE, "TemplateContent")
    assert (fault.line, fault.column) == position(text, len(start))
    assert text[len(start)] == '"'
    assert fault.snippet in text


def test_positions_count_as_editors_do() -> None:
    assert position("", 0) == (1, 1)
    assert position("ab\r\ncd", 4) == (2, 1)
    assert position("ab\ncd", 2) == (1, 3)
    assert position("äö\nü", 3) == (2, 1)
