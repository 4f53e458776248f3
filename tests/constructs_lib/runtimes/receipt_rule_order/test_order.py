import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_lib.runtimes.custom_resource import Request, RequestType
from constructs_lib.runtimes.receipt_rule_order.order import arrange, ordered

NAMES = st.lists(st.sampled_from("abcdefgh"), unique=True)


@dataclass(kw_only=True)
class FakeSes:
    """One rule set."""

    names: tuple[str, ...]
    calls: list[tuple[str, ...]] = field(default_factory=list)

    def rules(self, rule_set: str) -> tuple[str, ...]:
        assert rule_set == "inbound"
        return self.names

    def reorder(self, rule_set: str, names: Sequence[str]) -> None:
        assert rule_set == "inbound"
        # SES wants every rule of the set, each once.
        assert sorted(names) == sorted(self.names)
        self.names = tuple(names)
        self.calls.append(self.names)


def request(
    kind: RequestType, names: str, physical_id: str | None = None, *, after: str | None = None
) -> Request:
    return Request(
        type=kind,
        properties={
            "RuleSetName": "inbound",
            "RuleNames": list(names),
            **({} if after is None else {"AfterRule": after}),
        },
        old_properties={},
        physical_id=physical_id,
        stack_id="stack",
        logical_id="Order",
    )


@pytest.mark.parametrize("kind", [RequestType.CREATE, RequestType.UPDATE])
def test_the_rules_get_their_order_once(kind: RequestType) -> None:
    ses = FakeSes(names=("c", "a", "b"))
    assert [arrange(request(kind, "abc"), ses) for _ in range(2)] == ["inbound"] * 2
    assert ses.calls == [("a", "b", "c")]


def test_rules_in_order_are_left_alone() -> None:
    ses = FakeSes(names=("a", "b"))
    assert arrange(request(RequestType.UPDATE, "ab", "inbound"), ses) == "inbound"
    assert ses.calls == []


def test_nothing_happens_on_deletion() -> None:
    ses = FakeSes(names=("b", "a"))
    assert arrange(request(RequestType.DELETE, "ab", "inbound"), ses) == "inbound"
    assert ses.calls == []


def test_a_rule_made_by_hand_comes_after_ours() -> None:
    assert ordered(["by-hand", "drop-spam", "x", "a"], ["drop-spam", "a"]) == (
        "drop-spam",
        "a",
        "by-hand",
        "x",
    )


def test_a_rule_that_is_missing_fails_no_rollback(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        assert ordered(["b", "a"], ["a", "gone", "b"]) == ("a", "b")
    assert caplog.messages == ["not in the set: gone"]


@given(NAMES, NAMES)
def test_every_rule_is_there_once_and_ours_come_first_in_our_order(now: list[str], ours: list[str]) -> None:
    found = ordered(now, ours)
    assert sorted(found) == sorted(now)
    there = [name for name in ours if name in now]
    assert list(found[: len(there)]) == there


def test_whatever_cloudformation_leaves_ends_in_order() -> None:
    """Every order that a set of five can be in, from every other."""
    assert {ordered(now, list("abcde")) for now in permutations("abcde")} == {tuple("abcde")}


@pytest.mark.parametrize(
    "now, after, expected",
    [
        ("xyab", "x", "xaby"),
        ("xbya", "y", "xyab"),
        ("abxy", "y", "xyab"),
        ("xaby", "x", "xaby"),
        ("bxay", None, "abxy"),
    ],
)
def test_ours_come_right_after_a_rule_of_others_that_keep_their_order(
    now: str, after: str | None, expected: str
) -> None:
    ses = FakeSes(names=tuple(now))
    arrange(request(RequestType.UPDATE, "ab", after=after), ses)
    assert "".join(ses.names) == expected
    assert ses.calls == ([] if now == expected else [tuple(expected)])


@pytest.mark.parametrize(
    "now, expected", [("vbwa", "vabw"), ("bvaw", "abvw"), ("vwab", "vwab"), ("vw", "vw")]
)
def test_where_the_rule_before_ours_is_gone_ours_stay_where_the_first_of_them_is(
    now: str, expected: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        assert "".join(ordered(tuple(now), "ab", after="x")) == expected
    assert "not in the set: x, which ours come after" in caplog.text


@given(now=NAMES, ours=NAMES)
def test_whatever_the_set_holds_others_keep_their_order_and_their_neighbour(
    now: list[str], ours: list[str]
) -> None:
    others = [name for name in now if name not in ours]
    for after in others:
        found = ordered(now, ours, after=after)
        assert [name for name in found if name not in ours] == others
        there = [name for name in ours if name in now]
        start = found.index(after) + 1
        assert list(found[start : start + len(there)]) == there
