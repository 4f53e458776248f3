"""Every state of an account and every request; each also repeated, and dying between any two calls."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.constructs_lib.runtimes.rule_set_activation.fake_aws import Account, Fault, Stack

OURS, NEWS, THEIRS, THIRD = "inbound", "news", "theirs", "third"
BEFORE = {"none": None, "ours": OURS, "another": THEIRS}
NO = "(nobody changed anything)"


def account(active: str | None) -> Account:
    return Account(sets={THEIRS, THIRD} | ({OURS} if active == OURS else set()), active=active)


def harmless() -> Iterator[tuple[Fault | None, int]]:
    """What must change nothing: a fault after which Lambda calls again, and requests that come repeatedly."""
    yield None, 1
    yield None, 3
    for at in range(5):
        for after_effect in (False, True):
            yield Fault(at=at, after_effect=after_effect), 1


def fresh(fault: Fault | None) -> Fault | None:
    return replace(fault) if fault else None


@pytest.mark.parametrize(
    "before,take_over,done,active,former",
    [
        ("none", False, True, OURS, "(none)"),
        ("none", True, True, OURS, "(none)"),
        ("ours", False, True, OURS, OURS),
        ("ours", True, True, OURS, OURS),
        ("another", False, False, THEIRS, None),
        ("another", True, True, OURS, THEIRS),
    ],
)
def test_creation(before: str, active: str, former: str | None, *, take_over: bool, done: bool) -> None:
    for fault, deliveries in harmless():
        stack = Stack(account=account(BEFORE[before]), deliveries=deliveries)
        stack.account.fault = fresh(fault)
        assert stack.deploy(OURS, take_over=take_over) is done, fault
        assert (stack.account.active, stack.former) == (active, former), fault
        assert bool(stack.account.parameters) is done
        stack.account.fault = fresh(fault)
        if not done:
            assert "[rule-set-taken] The receipt rule set theirs is active" in stack.refusals[0]
            continue
        # A set that was active before its activation was made stays, and SES does not delete it then.
        assert stack.destroy() is (before != "ours"), fault
        assert (stack.account.active, stack.account.parameters) == (BEFORE[before], {}), fault


RESTORED = "what was active before"
ROWS = [
    # meanwhile, what is done, take_over, then: went well, active, active when the stack is gone
    (NO, "update", False, True, OURS, RESTORED),
    (NO, "update", True, True, OURS, RESTORED),
    (NO, "rename", False, True, NEWS, RESTORED),
    (NO, "rename", True, True, NEWS, RESTORED),
    (NO, "update rolled back", False, False, OURS, RESTORED),
    (NO, "rename rolled back", False, False, OURS, RESTORED),
    (NO, "nothing", False, True, OURS, RESTORED),
    (THIRD, "update", False, True, THIRD, THIRD),
    (THIRD, "update", True, True, OURS, THIRD),
    (THIRD, "rename", False, False, THIRD, THIRD),
    (THIRD, "rename", True, True, NEWS, THIRD),
    (THIRD, "update rolled back", False, False, THIRD, THIRD),
    (THIRD, "update rolled back", True, False, OURS, THIRD),
    (THIRD, "rename rolled back", False, False, THIRD, THIRD),
    (THIRD, "rename rolled back", True, False, OURS, THIRD),
    (THIRD, "nothing", False, True, THIRD, THIRD),
    (None, "update", False, True, OURS, RESTORED),
    (None, "update", True, True, OURS, RESTORED),
    (None, "rename", False, True, NEWS, RESTORED),
    (None, "rename rolled back", False, False, OURS, RESTORED),
    (None, "nothing", False, True, None, None),
]


@pytest.mark.parametrize("before", BEFORE)
@pytest.mark.parametrize("meanwhile,action,take_over,done,active,last", ROWS)
def test_what_follows(
    before: str,
    meanwhile: str | None,
    action: str,
    active: str,
    last: str | None,
    *,
    take_over: bool,
    done: bool,
) -> None:
    for fault, deliveries in harmless():
        stack = Stack(account=account(BEFORE[before]), deliveries=deliveries)
        assert stack.deploy(OURS, take_over=before == "another")
        assert stack.deploy(OURS)
        if meanwhile != NO:
            stack.account.active = meanwhile
        stack.account.fault = fresh(fault)
        if action != "nothing":
            name, rolled_back = NEWS if "rename" in action else OURS, "rolled back" in action
            assert stack.deploy(name, take_over=take_over, fails_elsewhere=rolled_back) is done, fault
        assert stack.account.active == active, fault
        refused = meanwhile == THIRD and "rename" in action and not take_over
        assert any("[rule-set-taken]" in text for text in stack.refusals) is refused
        stack.account.fault = fresh(fault)
        gone = stack.destroy()
        wanted = BEFORE[before] if last == RESTORED else last
        if wanted == OURS and active == NEWS:
            wanted = None  # renamed, ours of before was deleted: nothing can be restored
        assert (stack.account.active, stack.account.parameters) == (wanted, {}), fault
        assert gone is (wanted != OURS)


@pytest.mark.parametrize("before,take_over", [("none", False), ("another", True)])
@pytest.mark.parametrize("dies", [True, False])
@pytest.mark.parametrize("after_effect", [True, False])
@pytest.mark.parametrize("at", range(5))
def test_a_creation_that_fails_for_good_leaves_the_account_as_it_was(
    before: str, at: int, *, take_over: bool, dies: bool, after_effect: bool
) -> None:
    stack = Stack(account=account(BEFORE[before]))
    fault = Fault(at=at, after_effect=after_effect, dies=dies, times=3 if dies else 1)
    stack.account.fault = fault
    if stack.deploy(OURS, take_over=take_over):
        assert fault.times  # a later attempt had fewer calls to make
        assert stack.destroy()
    assert (stack.account.active, stack.account.parameters) == (BEFORE[before], {})
    assert OURS not in stack.account.sets


@pytest.mark.parametrize("after_effect", [True, False])
@pytest.mark.parametrize("at", range(4))
@pytest.mark.parametrize("name", [OURS, NEWS])
@pytest.mark.parametrize("meanwhile,take_over", [(OURS, False), (OURS, True), (THIRD, True), (None, False)])
def test_an_update_that_fails_for_good_is_rolled_back(
    meanwhile: str | None, name: str, at: int, *, take_over: bool, after_effect: bool
) -> None:
    stack = Stack(account=account(THEIRS))
    assert stack.deploy(OURS, take_over=True)
    assert stack.deploy(OURS)
    stack.account.active = meanwhile
    stack.account.fault = fault = Fault(at=at, after_effect=after_effect, dies=False)
    if stack.deploy(name, take_over=take_over):
        assert fault.times == 1  # there were fewer calls
        return
    # What was taken over before the failure stays so; the rollback itself takes nothing.
    assert stack.account.active in ({OURS, THIRD} if meanwhile == THIRD else {OURS})
    assert NEWS not in stack.account.sets
    ended_as = stack.account.active
    assert stack.destroy()
    assert stack.account.active == (THIRD if meanwhile == THIRD else THEIRS), ended_as


def test_the_former_set_that_does_not_exist_any_more_cannot_hold_the_stack() -> None:
    stack = Stack(account=account(THEIRS))
    assert stack.deploy(OURS, take_over=True)
    stack.account.sets.discard(THEIRS)
    assert stack.destroy()
    assert stack.account.active is None


def test_a_rule_set_that_does_not_exist_is_refused_before_anything_is_written() -> None:
    stack = Stack(account=account(THEIRS), makes_sets=False)
    assert not stack.deploy(OURS, take_over=True)
    assert "[rule-set-missing] There is no receipt rule set inbound" in stack.refusals[0]
    assert "PutParameter" not in stack.account.history
    assert (stack.account.active, stack.account.switches) == (THEIRS, [])
