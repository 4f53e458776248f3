"""The status as one HTML page that needs nothing else: no script, no font, no picture, no other file.

It shows what the text shows, from the same value, in the same order. Colour is never the only sign. The page
says when it was read, and is as old as that.
"""

from datetime import datetime
from pathlib import Path
from typing import Final

from ops.advice import NextStep
from ops.dns_check import RecordCheck, Verdict
from ops.environment_status import EnvironmentStatus, Item, Section, StateRow, Tone
from ops.markup import Html, element, joined, text
from ops.timing import iso, utc

_STYLE: Final = Html(Path(__file__).with_name("status_page.css").read_text(encoding="utf-8"))
_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'"
"""Whatever a value holds, a browser loads and runs nothing (Content Security Policy Level 3)."""

_SIGNS: Final = {Tone.GOOD: "\u2713", Tone.OPEN: "\u25cb", Tone.BAD: "\u2715"}
_SOFT_VERDICTS: Final = frozenset({Verdict.NOT_EVERYWHERE, Verdict.UNREACHABLE})


def page(status: EnvironmentStatus) -> str:
    """The whole page."""
    headlines = ", ".join(section.headline for section in status.sections if section.items)
    body = element(
        "main",
        _header(status),
        _next_steps(status),
        *(_section(status, section) for section in status.sections if section.items),
    )
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="color-scheme", content="light dark"),
        element("meta", name="referrer", content="no-referrer"),
        element("meta", name="robots", content="noindex"),
        element("meta", http_equiv="Content-Security-Policy", content=_POLICY),
        element("title", text(f"{status.environment}: {headlines}")),
        element("style", _STYLE),
    )
    return "<!DOCTYPE html>\n" + element("html", head, element("body", body), lang="en") + "\n"


def _header(status: EnvironmentStatus) -> Html:
    counts = [_count(section) for section in status.sections if section.items]
    return element(
        "header",
        element("p", text("Amazon SES status"), css="kicker"),
        element("h1", text(status.environment)),
        element("p", text(f"Account {status.account} \u00b7 read "), _time(status.read_at), css="reading"),
        element("ul", *counts, css="counts"),
    )


def _count(section: Section) -> Html:
    well = sum(item.well for item in section.items)
    tones = {item.tone for item in section.items}
    tone = next((tone for tone in (Tone.BAD, Tone.OPEN) if tone in tones), Tone.GOOD)
    return element(
        "li",
        element("strong", text(f"{well} of {len(section.items)}")),
        text(f" {section.things} {section.done}"),
        css=tone,
    )


def _next_steps(status: EnvironmentStatus) -> Html:
    steps = status.next_steps()
    if not steps:
        return element("section", _heading("What to do next"), element("p", text("Nothing is to be done.")))
    return element(
        "section",
        _heading("What to do next"),
        element(
            "ol",
            *(
                element(
                    "li",
                    element("p", text(step.who), css="who"),
                    element("p", text(step.action), css="action"),
                    element("p", text(f"For {'; '.join(titles)}"), css="quiet"),
                )
                for step, titles in steps.items()
            ),
            css="steps",
        ),
    )


def _section(status: EnvironmentStatus, section: Section) -> Html:
    if section.listed:
        return element("section", _heading(section.things.capitalize()), _list(section))
    blocks = [_block(status, item) for item in section.items]
    return element("section", _heading(section.things.capitalize()), element("div", *blocks, css="blocks"))


def _list(section: Section) -> Html:
    rows = [
        element(
            "tr",
            element("th", text(item.title), scope="row", css="value"),
            element("td", _badge(item.word, item.tone)),
        )
        for item in section.items
    ]
    return _table((section.things.capitalize(), "State"), rows)


def _block(status: EnvironmentStatus, item: Item) -> Html:
    facts = [joined(element("dt", text(name)), element("dd", text(value))) for name, value in item.facts]
    return element(
        "article",
        element("div", element("h3", text(item.title)), _badge(item.word, item.tone), css="title"),
        *_note(item.note),
        *((_states(status, item.states),) if item.states else ()),
        *((element("dl", *facts),) if facts else ()),
        *((_records(item),) if item.records else ()),
        *((_next(item.next_step),) if item.has_next_step else ()),
    )


def _next(step: NextStep) -> Html:
    return element("p", element("b", text(f"Next ({step.who}): ")), text(step.action), css="next")


def _states(status: EnvironmentStatus, rows: tuple[StateRow, ...]) -> Html:
    texts = [(row.timing.since_text(), row.timing.limit_text(status.read_at)) for row in rows]
    timed = any(since or limit for since, limit in texts)
    return _table(
        ("State of", "State", "Since", "Time limit") if timed else ("State of", "State"),
        [
            element(
                "tr",
                element("th", text(row.name), *_note(row.note), scope="row"),
                element("td", _badge(row.state, row.tone)),
                *(
                    (element("td", text(since), data_label="Since"), element("td", text(limit)))
                    if timed
                    else ()
                ),
            )
            for row, (since, limit) in zip(rows, texts, strict=True)
        ],
    )


def _note(note: str) -> tuple[Html, ...]:
    return (element("span", text(note), css="note"),) if note else ()


def _records(item: Item) -> Html:
    return joined(
        element("h4", text("Records that are missing or wrong")),
        element("ul", *(_record(check) for check in item.records), css="records"),
    )


def _record(check: RecordCheck) -> Html:
    tone = Tone.OPEN if check.verdict in _SOFT_VERDICTS else Tone.BAD
    found = check.found or (() if check.verdict is Verdict.UNREACHABLE else ("nothing",))
    lines = [("expected", value) for value in check.record.values] + [("found", value) for value in found]
    detail = (element("p", text(check.detail), css="quiet"),) if check.detail else ()
    return element(
        "li",
        element(
            "p",
            _badge(check.verdict, tone),
            text(f" {check.record.type} "),
            element("code", text(check.record.name)),
        ),
        element(
            "dl",
            *(
                joined(element("dt", text(name)), element("dd", element("code", text(value))))
                for name, value in lines
            ),
        ),
        *detail,
    )


def _table(columns: tuple[str, ...], rows: list[Html]) -> Html:
    head = element("tr", *(element("th", text(column), scope="col") for column in columns))
    return element("table", element("thead", head), element("tbody", *rows))


def _badge(word: str, tone: Tone) -> Html:
    sign = element("span", text(_SIGNS[tone]), aria_hidden="true")
    return element("span", sign, text(f" {word}"), css=f"badge {tone}")


def _heading(words: str) -> Html:
    return element("h2", text(words))


def _time(moment: datetime) -> Html:
    return element("time", text(utc(moment)), datetime=iso(moment))
