import json
import logging
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_lib.runtimes.drop_spam.handler import handle

DROP, GO_ON = {"disposition": "STOP_RULE_SET"}, {"disposition": "CONTINUE"}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
)


def event(**verdicts: str) -> dict[str, Any]:
    """SES's event with these verdicts; ``spam="PASS"`` changes one."""
    text = (Path(__file__).parent / "events" / "spam.json").read_text(encoding="utf-8")
    loaded: dict[str, Any] = json.loads(text)
    receipt = loaded["Records"][0]["ses"]["receipt"]
    receipt.update({f"{name}Verdict": {"status": status} for name, status in verdicts.items()})
    return loaded


@pytest.mark.parametrize(
    "verdicts, expected",
    [
        ({}, DROP),
        ({"spam": "PASS"}, GO_ON),
        ({"spam": "PASS", "virus": "FAIL"}, DROP),
        ({"spam": "GRAY", "virus": "FAIL"}, DROP),
        ({"spam": "GRAY"}, GO_ON),
        ({"spam": "PROCESSING_FAILED", "virus": "PROCESSING_FAILED"}, GO_ON),
        ({"spam": "PASS", "spf": "FAIL", "dkim": "FAIL", "dmarc": "FAIL"}, GO_ON),
        ({"spam": "fail"}, GO_ON),
    ],
)
def test_spam_and_viruses_end_here_and_nothing_else(
    verdicts: dict[str, str], expected: dict[str, str]
) -> None:
    assert handle(event(**verdicts), None) == expected


def test_the_log_says_which_message_and_nothing_of_it(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        handle(event(), None)
        handle(event(spam="PASS"), None)
    assert [record.getMessage() for record in caplog.records] == [
        "dropped o3vrnil0e2ic28trm7dfhrc2v0clambda4nbp0g1"
    ]


@pytest.mark.parametrize(
    "receipt", [{}, {"spamVerdict": None}, {"spamVerdict": "FAIL"}, {"virusVerdict": {"status": None}}]
)
def test_what_is_no_verdict_decides_nothing(receipt: dict[str, Any]) -> None:
    unscanned = event()
    unscanned["Records"][0]["ses"]["receipt"] = receipt
    assert handle(unscanned, None) == GO_ON


@given(JSON)
def test_mail_goes_on_whatever_the_event_is(something: Any) -> None:  # noqa: ANN401
    assert handle(something, None) == GO_ON
    assert handle({"Records": [{"ses": something}]}, None) == GO_ON
