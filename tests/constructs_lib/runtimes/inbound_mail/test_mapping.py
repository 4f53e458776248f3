"""Who gets a message."""

import pytest

from constructs_lib.runtimes.inbound_mail.mapping import batches, destinations, entry_for

MAPPING = {
    "info@example.com": ["a@example.net"],
    "info+shop@example.com": ["b@example.net", "c@example.net"],
    "@example.com": ["d@example.net"],
    "*": ["e@example.net"],
}


@pytest.mark.parametrize(
    "recipient, entry",
    [
        ("info@example.com", "info@example.com"),
        ("Info@EXAMPLE.com", "info@example.com"),
        ("info+shop@example.com", "info+shop@example.com"),
        ("info+other@example.com", "info@example.com"),
        ("info+shop+x@example.com", "info@example.com"),
        ("other@example.com", "@example.com"),
        ("info@sub.example.com", "*"),
        ("info@evilexample.com", "*"),
        ("", "*"),
    ],
)
def test_the_most_exact_entry(recipient: str, entry: str) -> None:
    assert entry_for(recipient, MAPPING) == entry
    assert entry_for(recipient, {}) is None


def test_everybody_once() -> None:
    twice = MAPPING | {"@example.com": ["A@example.net", "d@example.net"]}
    found = destinations(["info@example.com", "x@example.com", "info+shop@example.com"], twice)
    assert found == ("a@example.net", "d@example.net", "b@example.net", "c@example.net")
    assert destinations(["x@example.org"], {"@example.com": ["d@example.net"]}) == ()


def test_fifty_in_a_send() -> None:
    assert [len(batch) for batch in batches([str(n) for n in range(101)])] == [50, 50, 1]
