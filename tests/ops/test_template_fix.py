import json
import re
from collections.abc import Callable
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_lib.verification.json_faults import find_fault
from constructs_lib.verification.template_json import CONTENT_KEY, KEYS
from ops.errors import TemplateAmbiguousError
from ops.template_fix import repair
from tests.template_files import BROKEN, FIELDS, FOLDER, Broken, fields, template_json

markup = st.lists(
    st.sampled_from(
        [
            "<p>",
            "</p>",
            '<p style="margin: 0" class="x">',
            "<img src='https://www.example.com/a.png'>",
            'Say "yes", or "no"; it\'s yours',
            "\n",
            "\r\n  ",
            "\t",
            "100 % {} [] // /* #",
            "José \U0001f600 \u2028",
            "C:\\new",
        ]
    )
).map("".join)
lines = st.text(st.characters(exclude_categories=["Cs", "Cc"]))


def raw(values: dict[str, str]) -> str:
    """A file whose HTML is pasted into the JSON: backslashes are escaped, line breaks and quotes are not."""
    entries = [
        f'  "{key}": "{value.replace(chr(92), chr(92) * 2)}"'
        if key == CONTENT_KEY
        else f'  "{key}": {json.dumps(value, ensure_ascii=False)}'
        for key, value in values.items()
    ]
    return "{\n" + ",\n".join(entries) + "\n}\n"


@pytest.mark.parametrize(
    "broken", [item for item in BROKEN if item.html is not None], ids=lambda item: item.name
)
def test_recovers_what_was_meant_and_says_what_was_wrong(broken: Broken) -> None:
    repaired = repair((FOLDER / f"{broken.name}.json").read_bytes())
    subject = 'Confirm your "Acme" address' if broken.name == "quoted_subject" else FIELDS["TemplateSubject"]
    assert repaired.fields == FIELDS | {CONTENT_KEY: broken.html, "TemplateSubject": subject}
    assert repaired.html == broken.html
    assert repaired.notes == broken.notes
    assert json.loads(repaired.json_text) == {
        key: value for key, value in repaired.fields.items() if key != CONTENT_KEY
    }
    assert find_fault(repaired.json_text, KEYS) is None


@pytest.mark.parametrize("broken", [item for item in BROKEN if item.html is None], ids=lambda item: item.name)
def test_refuses_what_only_a_person_can_repair(broken: Broken) -> None:
    with pytest.raises(TemplateAmbiguousError) as caught:
        repair((FOLDER / f"{broken.name}.json").read_bytes())
    assert broken.refusal in caught.value.sentence


@pytest.mark.parametrize(
    "text, fragment",
    [
        ("", "None of the keys"),
        ("<p>Welcome</p>", "None of the keys"),
        (template_json(TemplateSubject=3), "TemplateSubject does not end with a quote"),
        (template_json(TemplateSubject={"a": "b"}), "TemplateSubject does not end with a quote"),
        ('{"TemplateName": "a", "TemplateSubject": "b" c,}', "TemplateSubject does not end with a quote"),
        ('{"TemplateContent": "<p class="x"> // </p>,}', "TemplateContent does not end with a quote"),
        ('{"TemplateContent": "<p class="x" // <b>y</b>\n}', "TemplateContent does not end with a quote"),
        ('{"TemplateContent": "<p>x</p>", Charset: "UTF-8",}', "TemplateContent seems to end here"),
        ("{'TemplateContent': '<p>x</p>', 'Charset': 'UTF-8'}", "TemplateContent seems to end here"),
        ('{"TemplateContent": "<p>\\ud83d</p>",}', "half of a surrogate pair"),
        ('{"TemplateContent": "<p>\\\n</p>"}', "This backslash escapes nothing"),
        ('{"Charset": "UTF-8", "TemplateContent": "x"}', "Before TemplateContent there is more"),
        ('"TemplateContent": "x"', "Before TemplateContent there is more"),
        ('{"TemplateContent": "x\n"TemplateContent": "y",}', "TemplateContent stands here a second time"),
    ],
)
def test_refuses_what_would_be_lost_or_guessed(text: str, fragment: str) -> None:
    with pytest.raises(TemplateAmbiguousError) as caught:
        repair(text.encode())
    assert fragment in caught.value.sentence


def test_escapes_of_json_keep_their_meaning_in_a_broken_file() -> None:
    text = '{"TemplateContent": "<p class=\\"a\\" id="b">\\n\\u20ac \\ud83d\\ude00 \\\\ \\/</p>",}'
    assert repair(text.encode()).html == '<p class="a" id="b">\n\u20ac \U0001f600 \\ /</p>'


@pytest.mark.parametrize("filler", [" ", "\n", "// x\n", "/*", "# ", '"', ",", "\\\\"])
def test_a_large_file_takes_no_longer_than_its_size(filler: str) -> None:
    with suppress(TemplateAmbiguousError):
        repair(('{"TemplateName": "a"' + filler * 20_000 + " q").encode())
    with suppress(TemplateAmbiguousError):
        repair(('{"TemplateContent": "a' + filler * 20_000 + '",}').encode())


def test_a_file_without_html_keeps_none() -> None:
    repaired = repair((template_json(TemplateContent=None)[:-2] + ",}").encode())
    assert repaired.html is None
    assert json.loads(repaired.json_text) == {key: FIELDS[key] for key in KEYS if key != CONTENT_KEY}


@given(values=fields())
def test_what_is_json_already_says_the_same(values: dict[str, str]) -> None:
    assert repair(json.dumps(values).encode()).fields == values


@given(values=fields())
def test_pasted_text_says_the_same_or_is_refused(values: dict[str, str]) -> None:
    try:
        assert repair(raw(values).encode()).fields == values
    except TemplateAmbiguousError:
        assert '"' in values[CONTENT_KEY] or any(key in values[CONTENT_KEY] for key in KEYS)


BREAKS: list[Callable[[str], str]] = [
    lambda text: text,
    lambda text: "\ufeff" + text,
    lambda text: text.replace("\n}\n", ",\n}\n"),
    lambda text: text.replace("\n}\n", "\n"),
    lambda text: "// new\n" + text,
    lambda text: text.replace('",\n  "', '", // kept by hand\n  "'),
    lambda text: text.replace('",\n  "', '"\n  "'),
    lambda text: re.sub(r'\n  (?="\w+": )', "\n\u00a0\u00a0", text),
]


@pytest.mark.parametrize("damage", BREAKS)
@given(content=markup, subject=lines, order=st.permutations(KEYS))
def test_damaged_markup_is_always_recovered(
    damage: Callable[[str], str], content: str, subject: str, order: list[str]
) -> None:
    values = FIELDS | {CONTENT_KEY: content, "TemplateSubject": subject}
    text = damage(raw({key: values[key] for key in order}))
    assert repair(text.encode()).fields == values


@given(
    text=st.lists(st.sampled_from([*'{}":,\\\n\t/# x', '"TemplateName"', '"TemplateContent"', "\u201c"])).map(
        "".join
    )
)
def test_anything_else_is_refused_or_recovered(text: str) -> None:
    with suppress(TemplateAmbiguousError):
        for value in repair(text.encode()).fields.values():
            assert value in text or "\\" in text
