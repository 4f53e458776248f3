"""The page: what stands in it, that it needs nothing else, and that no text becomes markup."""

import re
from datetime import UTC, datetime
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_lib.identity.dns_records import DnsRecord, Purpose, RecordType
from ops import status_page, status_text
from ops.advice import NOBODY, NextStep
from ops.dns_check import RecordCheck, Verdict
from ops.environment_status import EnvironmentStatus, Item, Section, StateRow, Tone
from ops.terminal import print_lines
from ops.timing import SEARCH, Known, Timing

NOW = datetime(2026, 11, 26, 20, 0, tzinfo=UTC)
VOID = {"meta"}


class Outline(HTMLParser):
    """Elements, attributes and text; every end tag must close what is open."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.texts: dict[str, list[str]] = {}
        self._open: list[str] = []
        self.feed(page)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.setdefault(self._open[-1] if self._open else "", []).append(data)

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)


def status_with(word: str = "word") -> EnvironmentStatus:
    """Everything that a page can hold, each piece of text from outside being the word."""
    step = NextStep(action=f"do {word}", who=f"who {word}")
    record = DnsRecord(
        name="_dmarc.example.com", type=RecordType.TXT, values=("v=DMARC1",), purpose=Purpose.DMARC
    )
    check = RecordCheck(record=record, verdict=Verdict.WRONG, found=(word,), detail=word)
    row = StateRow(
        name="DKIM",
        state="pending",
        tone=Tone.OPEN,
        note=word,
        timing=Timing(since=Known(at=NOW, source=word), limit=SEARCH),
    )
    identity = Item(
        title=f"title {word}",
        word="not verified",
        tone=Tone.BAD,
        note=word,
        states=(row,),
        facts=(("fact", word),),
        records=(check,),
        next_step=step,
    )
    subscription = Item(title=f"inbox {word}", word="confirmed", tone=Tone.GOOD, next_step=step)
    return EnvironmentStatus(
        environment="prod",
        account="222222222222",
        read_at=NOW,
        sections=(
            Section(key="identities", things="identities", done="verified", items=(identity,)),
            Section(
                key="subscriptions",
                things="subscriptions",
                done="confirmed",
                items=(subscription,),
                listed=True,
            ),
            Section(key="addresses", things="addresses", done="verified", items=()),
        ),
    )


def test_the_page_has_the_whole_status_in_semantic_elements() -> None:
    page = Outline(status_page.page(status_with()))
    assert page.texts["title"] == ["prod: 0 of 1 identities verified, 1 of 1 subscriptions confirmed"]
    assert page.texts["h1"] == ["prod"]
    assert page.texts["h2"] == ["What to do next", "Identities", "Subscriptions"]
    assert page.texts["h3"] == ["title word"]
    assert page.texts["time"] == ["2026-11-26 20:00 UTC"]
    assert page.texts["dt"] == ["fact", "expected", "found"]
    assert "SES looks until 2026-11-29 20:00 UTC, 72 h left" in page.texts["td"]
    assert "2026-11-26 20:00 UTC (word)" in page.texts["td"]
    assert "For title word; inbox word" in page.texts["p"]
    assert page.texts["b"] == ["Next (who word): "]
    assert page.attributes.count(("scope", "row")) == 2
    assert page.attributes.count(("scope", "col")) == 6
    assert ("lang", "en") in page.attributes


def test_every_coloured_word_has_a_sign_and_a_word() -> None:
    page = status_page.page(status_with())
    badges = re.findall(
        r'<span class="badge (\w+)"><span aria-hidden="true">(.)</span> ([a-z ]+)</span>', page
    )
    assert page.count('class="badge') == len(badges)
    assert set(badges) == {
        ("bad", "\u2715", "not verified"),
        ("bad", "\u2715", "wrong"),
        ("open", "\u25cb", "pending"),
        ("good", "\u2713", "confirmed"),
    }


def test_the_page_needs_nothing_and_runs_nothing() -> None:
    page = status_page.page(status_with())
    outline = Outline(page)
    assert not {"script", "link", "img", "iframe", "a", "form"} & set(outline.tags)
    assert not {"src", "href", "style", "action"} & {name for name, _ in outline.attributes}
    assert not re.search(r"url\(|@import|@font-face|expression", page)
    assert ("content", "default-src 'none'; style-src 'unsafe-inline'") in outline.attributes
    assert "prefers-color-scheme: dark" in page
    assert ("content", "width=device-width, initial-scale=1") in outline.attributes


def test_without_work_the_page_says_so() -> None:
    item = Item(title="x", word="verified", tone=Tone.GOOD, next_step=NextStep(action="Nothing.", who=NOBODY))
    section = Section(key="identities", things="identities", done="verified", items=(item,))
    status = EnvironmentStatus(environment="dev", account="1" * 12, read_at=NOW, sections=(section,))
    page = Outline(status_page.page(status))
    assert "Nothing is to be done." in page.texts["p"]
    assert "ol" not in page.tags
    assert "b" not in page.tags


NASTY = st.sampled_from("<>&\"'/=!-a \n\x00\x1b\u202e\ud800]")
MARKUP = st.text(NASTY, min_size=1) | st.text(min_size=1)


@given(MARKUP)
def test_no_text_becomes_markup(word: str) -> None:
    plain, page = Outline(status_page.page(status_with())), Outline(status_page.page(status_with(word)))
    assert page.tags == plain.tags
    assert page.attributes == plain.attributes


@pytest.mark.parametrize(
    "word",
    [
        "<script>alert(1)</script>",
        "</style><img src=x onerror=y>",
        '" onload="x',
        "&lt;",
        "-->",
        "<!--",
        "]]>",
    ],
)
def test_markup_is_shown_as_it_was_written(word: str) -> None:
    page = Outline(status_page.page(status_with(word)))
    assert page.texts["h3"] == [f"title {word}"]


@given(MARKUP)
def test_what_hides_or_reorders_is_made_visible_and_can_be_written(word: str) -> None:
    status = status_with(word)
    for text in (
        status_page.page(status).replace("\n", ""),
        "".join(line.plain for line in status_text.lines(status)),
    ):
        text.encode()
        assert not re.search("[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]", text)


def test_values_are_not_wrapped_and_have_no_colour_where_nobody_sees_it(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    long = "x" * 300
    print_lines(status_text.lines(status_with(long)))
    out = capsys.readouterr().out
    assert f"      found     {long}\n" in out
    assert "\x1b" not in out
