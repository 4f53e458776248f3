"""Settling claims that the function itself wrote."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest

from constructs_lib.runtimes.inbound_mail import claims
from constructs_lib.runtimes.inbound_mail.claims import State
from ops.errors import ClaimChangedError, ClaimInUseError, RecordUnreadableError
from ops.inboxes import Inbox
from ops.mail_claims import LONGEST_ATTEMPT, settle
from ops.received_mail import ReceivedMail
from tests.ops.mailboxes import LONG_AGO, NOW, FakeStore, inbox

KEYS = ("support/a/claims/0000.json", "support/a/claims/0001.json")
EVERYBODY = ("one@example.net", "two@example.net")
MAIL = ReceivedMail(id="a", inbox=inbox(), stored_at=LONG_AGO, size=3)


@dataclass(kw_only=True)
class Function:
    """`claims.Objects` as the function has it, at a time of its own."""

    store: FakeStore
    now: datetime = LONG_AGO

    def write_claim(self, key: str, body: bytes, *, instead_of: str | None) -> str | None:
        if instead_of is None and key in self.store.objects:
            return None
        if instead_of is not None and self.read_claim(key)[1] != instead_of:
            return None
        self.store.put(key, body, at=self.now)
        return self.read_claim(key)[1]

    def read_claim(self, key: str) -> tuple[bytes, str]:
        found = self.store.read_claim(inbox(), key)
        return found.body, found.etag

    def take(self, key: str, token: str = "first") -> claims.Claim:  # noqa: S107 - a name of an attempt
        return claims.take(self, key, destinations=EVERYBODY, token=token)


@pytest.fixture
def store() -> FakeStore:
    return FakeStore()


@pytest.fixture
def function(store: FakeStore) -> Function:
    return Function(store=store)


def state(store: FakeStore, key: str = KEYS[0]) -> str:
    found: dict[str, Any] = json.loads(store.objects[key][0])
    return str(found["state"])


def settled(store: FakeStore, *, sent: bool, now: datetime = NOW) -> tuple[str, ...]:
    return settle(MAIL, store, sent=sent, now=lambda: now)


def test_what_was_not_sent_is_sent_by_the_next_attempt(store: FakeStore, function: Function) -> None:
    function.take(KEYS[0])
    assert not function.take(KEYS[0], "second").ours
    assert settled(store, sent=False) == (KEYS[0],)
    again = function.take(KEYS[0], "third")
    assert (again.ours, again.destinations) == (True, EVERYBODY)


def test_what_was_sent_is_never_sent_again(store: FakeStore, function: Function) -> None:
    function.take(KEYS[0])
    assert settled(store, sent=True) == (KEYS[0],)
    again = function.take(KEYS[0], "third")
    assert (again.ours, again.state, again.destinations) == (False, State.SENT, EVERYBODY)
    assert (again.sent_as, again.sent_at) == ("", "2026-01-31T12:00:00+00:00")


@pytest.mark.parametrize("sent", [True, False])
def test_claims_whose_end_is_known_are_left_alone(
    store: FakeStore, function: Function, *, sent: bool
) -> None:
    claims.mark_sent(function, function.take(KEYS[0]), sent_as="id", sent_at="then")
    claims.release(function, function.take(KEYS[1]))
    before = dict(store.objects)
    assert settled(store, sent=sent) == ()
    assert store.objects == before


def test_each_open_batch_and_no_other_message(store: FakeStore, function: Function) -> None:
    others = ("support/ab/claims/0000.json", "sales/a/claims/0000.json")
    for key in KEYS:
        function.take(key)
    for key in others:
        store.put(key, store.objects[KEYS[0]][0])
    assert settled(store, sent=False) == KEYS
    assert [state(store, key) for key in (*KEYS, *others)] == ["released", "released", "sending", "sending"]


def test_a_message_without_claims(store: FakeStore) -> None:
    assert settled(store, sent=True) == ()


@pytest.mark.parametrize("sent", [True, False])
def test_a_function_that_may_be_at_work_is_waited_for(
    store: FakeStore, function: Function, *, sent: bool
) -> None:
    function.take(KEYS[0])
    function.now = NOW
    function.take(KEYS[1])
    with pytest.raises(ClaimInUseError, match=r"0001\.json may run until 2026-01-31 12:15 UTC"):
        settled(store, sent=sent, now=NOW + LONGEST_ATTEMPT - timedelta(seconds=1))
    assert [state(store, key) for key in KEYS] == ["sending", "sending"]
    assert settled(store, sent=sent, now=NOW + LONGEST_ATTEMPT) == KEYS


@pytest.mark.parametrize("sent", [True, False])
def test_a_claim_that_changes_meanwhile_stays_as_it_is(function: Function, *, sent: bool) -> None:
    class Meanwhile(FakeStore):
        def write_claim(self, inbox: Inbox, key: str, body: bytes, *, instead_of: str) -> str | None:
            function.store = self
            claim = claims.read(function, key)
            if claim.state is State.SENDING:
                claims.mark_sent(function, claim, sent_as="late", sent_at="then")
            return super().write_claim(inbox, key, body, instead_of=instead_of)

    store = Meanwhile()
    function.store = store
    function.take(KEYS[0])
    with pytest.raises(ClaimChangedError, match="changed meanwhile"):
        settled(store, sent=sent)
    assert claims.read(function, KEYS[0]).sent_as == "late"


@pytest.mark.parametrize("sent", [True, False])
def test_a_claim_that_two_people_settle_alike(function: Function, *, sent: bool) -> None:
    class Twice(FakeStore):
        def write_claim(self, inbox: Inbox, key: str, body: bytes, *, instead_of: str) -> str | None:
            super().write_claim(inbox, key, body, instead_of=instead_of)
            return super().write_claim(inbox, key, body, instead_of=instead_of)

    store = Twice()
    function.store = store
    function.take(KEYS[0])
    assert settled(store, sent=sent) == (KEYS[0],)


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"state": "unheard", "token": "t"}', b'{"state": 1}'])
def test_a_claim_that_nobody_understands_settles_nothing(
    store: FakeStore, function: Function, body: bytes
) -> None:
    function.take(KEYS[0])
    store.put(KEYS[1], body)
    with pytest.raises(RecordUnreadableError, match=r"\[record-unreadable\] .*0001\.json is no claim"):
        settled(store, sent=True)
    assert state(store) == "sending"
