"""Reports as JSON: nothing is lost on the way to who writes the comment, and nothing foreign is taken."""

import json
from typing import Any

import pytest
from hypothesis import given, settings

from ops.review.report import Report
from ops.review.report_json import read_reports, reports_json
from tests.ops.review.pairs import PAIRS
from tests.ops.review.reports import REPORTS, report

REAL = reports_json([report("SMTP user added")])


@settings(max_examples=30)
@given(REPORTS)
def test_there_and_back(made: Report) -> None:
    assert read_reports(reports_json([made])) == [made]


@pytest.mark.parametrize("what", [pair.what for pair in PAIRS[::7]])
def test_real_reports_there_and_back(what: str) -> None:
    assert read_reports(reports_json([report(what)])) == [report(what)]


def test_keys_are_stable() -> None:
    document = json.loads(REAL)
    assert document["version"] == 1
    (found,) = document["reports"]
    assert list(found) == [
        "environment", "base", "head", "notes", "rating", "findings", "records", "price", "resources",
        "diffs", "rebuilt",
    ]  # fmt: skip
    assert list(found["findings"][0]) == ["rating", "subject", "text", "parts", "stacks", "lines"]


def changed(path: tuple[str | int, ...], value: object) -> str:
    document: Any = json.loads(REAL)
    target = document
    for step in path[:-1]:
        target = target[step]
    target[path[-1]] = value
    return json.dumps(document)


@pytest.mark.parametrize(
    "text",
    [
        "", "[]", "null", "{}", "[" * 100_000,
        changed(("version",), 2),
        changed(("reports",), "none"),
        changed(("reports", 0, "rating"), "fine"),
        changed(("reports", 0, "environment"), 7),
        changed(("reports", 0, "rebuilt"), "1"),
        changed(("reports", 0, "rebuilt"), 10**9),
        changed(("reports", 0, "findings", 0, "subject"), "Spam"),
        changed(("reports", 0, "findings", 0, "parts"), ["see [this](https://example.net)"]),
        changed(("reports", 0, "findings", 0, "parts"), ["<img src=x>"]),
        changed(("reports", 0, "findings", 0, "parts"), [["x"]]),
        changed(("reports", 0, "resources", 0, "fate"), "<b>"),
        changed(("reports", 0, "price", "before"), "1E+100000"),
        changed(("reports", 0, "price", "before"), "NaN"),
        changed(("reports", 0, "diffs"), {"stack": "x"}),
    ],
)  # fmt: skip
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - any of them: nothing is shown
        read_reports(text)
