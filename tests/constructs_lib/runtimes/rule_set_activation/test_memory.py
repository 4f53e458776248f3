"""What is written down: by whoever comes first, never guessed, and what becomes of an account without it."""

import json
from dataclasses import replace
from typing import Any

import pytest

from constructs_lib.runtimes.rule_set_activation.logic import Memory, activate
from tests.constructs_lib.runtimes.rule_set_activation.fake_aws import (
    PLACE,
    Account,
    Fault,
    RollbackFailedError,
    Stack,
)

OURS, NEWS, THEIRS, THIRD = "inbound", "news", "theirs", "third"


def account(active: str | None) -> Account:
    return Account(sets={THEIRS, THIRD}, active=active)


class Overtaken(Account):
    """At one call of a delivery, the same request is delivered and done by another process."""

    overtaken_at: int | None = None

    def answer(self, operation: str, params: dict[str, Any]) -> dict[str, Any]:
        if len(self.calls) == self.overtaken_at and self.request:
            self.overtaken_at = None
            calls = list(self.calls)
            activate(self.request, self.gateway())
            self.calls[:] = calls
        return super().answer(operation, params)


@pytest.mark.parametrize("active,take_over", [(None, False), (THEIRS, True)])
@pytest.mark.parametrize("at", range(5))
def test_a_request_that_runs_twice_at_the_same_moment(
    active: str | None, at: int, *, take_over: bool
) -> None:
    account = Overtaken(sets={THEIRS, THIRD}, active=active)
    stack = Stack(account=account)
    for name in (OURS, NEWS):
        account.overtaken_at = at
        assert stack.deploy(name, take_over=take_over)
        found = Memory.from_text(account.parameters[PLACE], PLACE)
        assert (account.active, found.former, found.ours[-1]) == (name, active, name)
    account.overtaken_at = at
    assert stack.destroy()
    assert (account.active, account.parameters) == (active, {})


@pytest.mark.parametrize("fault", [None, Fault(at=4, dies=False)])
@pytest.mark.parametrize("then", [None, "mail"])
def test_a_rename_whose_rollback_failed_too(fault: Fault | None, then: str | None) -> None:
    # CloudFormation knows the former name only, whichever of the two is active.
    stack = Stack(account=account(THEIRS))
    assert stack.deploy(OURS, take_over=True)
    stack.account.fault = fault and replace(fault)
    with pytest.raises(RollbackFailedError):
        stack.deploy(NEWS, fails_elsewhere=True, fails_to_roll_back=True)
    assert stack.account.active == (OURS if fault else NEWS)
    assert then is None or stack.deploy(then)
    assert stack.account.active == (then or (OURS if fault else NEWS))
    assert stack.destroy()
    assert stack.account.active == THEIRS


def test_what_is_written_can_be_read_by_people_and_back() -> None:
    stack = Stack(account=account(THEIRS))
    assert stack.deploy(OURS, take_over=True)
    assert stack.account.parameters == {PLACE: '{"former": "theirs", "ours": ["inbound"]}'}
    assert stack.physical_id == PLACE
    for name in (NEWS, "mail"):
        assert stack.deploy(name)
    assert stack.account.parameters == {PLACE: '{"former": "theirs", "ours": ["news", "mail"]}'}


def test_without_its_memory_a_deletion_leaves_what_is_active() -> None:
    stack = Stack(account=account(THEIRS))
    assert stack.deploy(OURS, take_over=True)
    stack.account.parameters.clear()
    assert not stack.destroy()
    assert stack.account.active == OURS


def test_without_its_memory_an_update_says_that_nothing_is_restored() -> None:
    stack = Stack(account=account(THEIRS))
    assert stack.deploy(OURS, take_over=True)
    stack.account.parameters.clear()
    assert stack.deploy(NEWS)
    assert json.loads(stack.account.parameters[PLACE]) == {"former": NEWS, "ours": [NEWS]}
    assert not stack.destroy()
    assert stack.account.active == NEWS


@pytest.mark.parametrize(
    "text",
    [
        "",
        "theirs",
        "[]",
        "null",
        "{}",
        '{"former": "theirs"}',
        '{"former": 1, "ours": ["inbound"]}',
        '{"former": "", "ours": ["inbound"]}',
        '{"former": "theirs", "ours": []}',
        '{"former": "theirs", "ours": "inbound"}',
        '{"former": "theirs", "ours": [1]}',
    ],
)
def test_a_memory_that_says_nothing_is_never_guessed(text: str) -> None:
    stack = Stack(account=account(THEIRS))
    assert stack.deploy(OURS, take_over=True)
    stack.account.parameters[PLACE] = text
    with pytest.raises(AssertionError):
        stack.destroy()
    assert "[rule-set-memory-broken] The parameter /receipt-rule-set-activation/" in stack.refusals[-1]
    assert stack.account.active == OURS
    # A person repairs it, or decides that nothing is restored.
    stack.account.parameters[PLACE] = '{"former": "third", "ours": ["inbound"]}'
    assert stack.destroy()
    assert stack.account.active == THIRD
