"""Every message is stored, summarized and forwarded, equal to the byte below its header; none raises."""

import email
import random
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from constructs_lib.runtimes.inbound_mail.header import read_header
from constructs_lib.runtimes.inbound_mail.mime import parts
from constructs_lib.runtimes.inbound_mail.processor import Outcome
from constructs_lib.runtimes.inbound_mail.transfer import decoded
from tests.mail_corpora import CPYTHON, DJANGO_MAILBOX, corpus, structures
from tests.mail_mutations import check, mutate

MESSAGES = {
    f"{name}/{file}": message for name in (DJANGO_MAILBOX, CPYTHON) for file, message in corpus(name).items()
}
SEEDS = [message for message in (*MESSAGES.values(), *structures().values()) if len(message) < 60_000]

# Python's parser sees other parts: status reports are messages to it, and delimiters side by side are one.
OTHER_PARTS = {"msg_16.txt", "msg_36.txt", "msg_37.txt", "msg_42.txt", "msg_43.txt"}


def test_one_corpus_is_always_there() -> None:
    assert len(corpus(DJANGO_MAILBOX)) >= 20


def test_the_corpus_of_cpython() -> None:
    if not corpus(CPYTHON):
        pytest.skip("this Python was installed without its own tests (Debian: libpython3-testsuite)")
    assert len(corpus(CPYTHON)) >= 40


@pytest.mark.parametrize("name", MESSAGES)
def test_a_message_of_a_corpus(name: str) -> None:
    check(MESSAGES[name])


@pytest.mark.parametrize("name", structures())
def test_a_structure_that_broke_others(name: str) -> None:
    assert check(structures()[name]) is Outcome.FORWARDED


@pytest.mark.parametrize("name", [name for name in MESSAGES if name.partition("/")[2] not in OTHER_PARTS])
def test_the_parts_are_those_that_python_finds(name: str) -> None:
    raw = MESSAGES[name]
    expected = list(email.message_from_bytes(raw).walk())
    found, complete = parts(raw, read_header(raw))
    assert complete
    assert [part.content_type for part in found] == [part.get_content_type() for part in expected]
    for ours, theirs in zip(found, expected, strict=True):
        if not theirs.is_multipart() and ours.encoding in {"", "7bit", "8bit", "base64", "quoted-printable"}:
            content = b"".join(decoded(raw, ours.start, ours.end, ours.encoding))
            assert content.rstrip() == bytes(theirs.get_payload(decode=True) or b"").rstrip()


@settings(max_examples=300, deadline=None)
@given(st.integers(min_value=0))
def test_mutated_messages(seed: int) -> None:
    """A sample; ``python -m bench.mail_mutations`` makes a hundred thousand."""
    chance = random.Random(seed)  # noqa: S311 - no secret
    check(mutate(chance.choice(SEEDS), chance.choice(SEEDS), chance))


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes(raw: bytes) -> None:
    check(raw)


@pytest.mark.parametrize(
    "line",
    [b"a" * 40_000_000, b"\n" * 1_000_000, b"a:\n" * 1_000_000, b"--b\n" * 1_000_000, b'"\\' * 1_000_000],
    ids=["one line", "empty lines", "fields", "delimiters", "escapes"],
)
def test_large_and_hostile(line: bytes) -> None:
    raw = b'From: a@example.net\nContent-Type: multipart/mixed; boundary="b"\nX: ' + line
    check(raw)
    body = b'From: a@example.net\nContent-Type: multipart/mixed; boundary="b"\n\n' + line
    assert check(body) is Outcome.FORWARDED


def test_a_header_of_too_many_fields_is_not_forwarded() -> None:
    """A field behind those that are looked at could tell SES something."""
    raw = b"From: a@example.net\r\n" + b"X: 1\r\n" * 10_000 + b"X-SES-CONFIGURATION-SET: theirs\r\n\r\nx"
    assert check(raw) is Outcome.STOPPED


def test_looking_at_a_large_message_copies_nothing_of_it() -> None:
    attachment = b"aGVs" * 19 + b"\r\n"
    raw = (
        b'From: a@example.net\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n'
        b"--b\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        + attachment * (20_000_000 // len(attachment))
        + b"--b--\r\n"
    )
    tracemalloc.start()
    try:
        found, _ = parts(raw, read_header(raw))
        for _ in decoded(raw, found[1].start, found[1].end, "base64"):
            pass
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 2_000_000
