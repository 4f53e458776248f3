"""Summaries of this release and of others."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops.errors import RecordUnreadableError
from ops.mail_summary import author_of, outcome_of, read_summary, subject_of
from tests.constructs_lib.runtimes.inbound_mail.deliveries import RAW_KEY, deliver, function, notification
from tests.constructs_lib.runtimes.inbound_mail.double import Aws
from tests.ops.mailboxes import summary

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
)


def read(value: object) -> dict[str, Any]:
    return read_summary(json.dumps(value).encode(), name="a/summary.json")


def test_what_the_function_writes_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    aws = Aws()
    aws.put(RAW_KEY, b"From: Ann <ann@example.net>\r\nSubject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\n\r\nbody\r\n")
    with function(monkeypatch, aws):
        deliver(json.dumps(notification()))
    found = read_summary(aws.objects[f"{RAW_KEY}/summary.json"], name="a")
    assert (outcome_of(found), author_of(found), subject_of(found)) == (
        "forwarded",
        "ann@example.net",
        "Grüße",
    )


def test_what_a_message_does_not_say_is_empty() -> None:
    found = read(summary(headers={}))
    assert (author_of(found), subject_of(found)) == ("", "")
    assert author_of(read(summary(headers={"from": []}))) == ""


@pytest.mark.parametrize("body", [b"", b"\xff", b"{", b"[]", b"null", b"1", b"[" * 100_000, b"1" * 5_000])
def test_what_is_no_summary_has_a_code(body: bytes) -> None:
    with pytest.raises(RecordUnreadableError, match=r"\[record-unreadable\] a is no summary"):
        read_summary(body, name="a")


@pytest.mark.parametrize("version", [0, 2, "1", None])
def test_another_version(version: object) -> None:
    with pytest.raises(RecordUnreadableError, match="version that this release does not know; it knows 1"):
        read(summary(version=version))


@pytest.mark.parametrize(
    "changes",
    [
        {"forwarding": {}},
        {"forwarding": {"outcome": None}},
        {"forwarding": "forwarded"},
        {"headers": None},
        {"headers": {"from": ["ann@example.net"]}},
        {"headers": {"from": [{}]}},
        {"headers": {"from": 7}},
        {"headers": {"subject": 7}},
    ],
)
def test_what_lacks_what_every_summary_has(changes: dict[str, Any]) -> None:
    with pytest.raises(RecordUnreadableError, match=r"a/summary\.json lacks"):
        read(summary(**changes))


@given(st.fixed_dictionaries({"version": st.just(1)}, optional={"headers": VALUES, "forwarding": VALUES}))
def test_anything_is_read_or_refused(value: dict[str, Any]) -> None:
    try:
        found = read(value)
    except RecordUnreadableError:
        return
    assert all(isinstance(text, str) for text in (outcome_of(found), author_of(found), subject_of(found)))
