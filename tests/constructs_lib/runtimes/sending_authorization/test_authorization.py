import json
import re
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import replace
from typing import Any

import pytest

from constructs_lib.runtimes.custom_resource import RefusedError, Request, RequestType
from constructs_lib.runtimes.sending_authorization.authorization import authorize
from tests.constructs_lib.runtimes.sending_authorization.fake_ses import STACK, FakeSes, Stack

THEIRS = {"billing": '{"Id": "somebody else"}', "old": "not JSON", "list": "[]", "plain": "{}"}


def fake(**options: Any) -> FakeSes:  # noqa: ANN401 - any field
    return FakeSes(policies={"example.com": dict(THEIRS), "example.org": dict(THEIRS)}, **options)


def properties(
    *, identity: str = "example.com", name: str = "billing", sender: str = "billing"
) -> Mapping[str, Any]:
    statement = {"Effect": "Allow", "Condition": {"StringLike": {"ses:FromAddress": [sender]}}}
    return {"Identity": identity, "Name": name, "Policy": {"Statement": [statement]}}


def ours(ses: FakeSes) -> dict[str, list[str]]:
    """Senders of our policies by identity, once it is sure that nothing of the others changed."""
    found: dict[str, list[str]] = {}
    for identity, policies in ses.policies.items():
        assert policies.items() >= THEIRS.items()
        for name in policies.keys() - THEIRS.keys():
            statement = json.loads(policies[name])["Statement"][0]
            found.setdefault(identity, []).extend(statement["Condition"]["StringLike"]["ses:FromAddress"])
    return found


def test_a_policy_is_put_changed_and_deleted_beside_those_of_others() -> None:
    stack = Stack(ses=fake())
    assert stack.deploy(properties())
    assert stack.physical_id is not None
    assert re.fullmatch(r"example\.com/billing-[0-9a-f]{12}", stack.physical_id)
    assert ours(stack.ses) == {"example.com": ["billing"]}
    (policy,) = (json.loads(text) for text in stack.ses.policies["example.com"].values() if STACK in text)
    assert policy == {**properties()["Policy"], "Id": f"{STACK}/Policy"}

    before = stack.physical_id
    assert stack.deploy(properties(sender="dunning"))
    assert (ours(stack.ses), stack.physical_id) == ({"example.com": ["dunning"]}, before)
    assert stack.deploy(None)
    assert ours(stack.ses) == {}


CHANGES: dict[str, tuple[Mapping[str, Any] | None, Mapping[str, Any] | None]] = {
    "create": (None, properties()),
    "conditions": (properties(), properties(sender="dunning")),
    "identity": (properties(), properties(identity="example.org")),
    "name": (properties(), properties(name="team")),
    "nothing": (properties(), properties()),
}


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("fail_at", range(6))
def test_whatever_fails_the_stack_is_as_before_or_as_wanted(change: str, when: str, fail_at: int) -> None:
    before, after = CHANGES[change]
    stack = Stack(ses=fake())
    if before is not None:
        assert stack.deploy(before)
    former = ours(stack.ses)
    stack.ses = replace(stack.ses, calls=[], fail_at=fail_at, after_effect=when == "after")
    done = stack.deploy(after)
    wanted = Stack(ses=fake())
    wanted.deploy(after)
    assert ours(stack.ses) == (ours(wanted.ses) if done else former)
    if done:
        assert stack.deploy(None)
        assert ours(stack.ses) == {}


@pytest.mark.parametrize("fail_at", range(2))
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_deletion_that_failed_is_asked_for_again(when: str, fail_at: int) -> None:
    stack = Stack(ses=fake())
    assert stack.deploy(properties())
    stack.ses = replace(stack.ses, calls=[], fail_at=fail_at, after_effect=when == "after")
    assert stack.deploy(None)
    assert ours(stack.ses) == {}


@pytest.mark.parametrize("change", ["conditions", "identity", "name"])
def test_an_update_that_failed_elsewhere_is_rolled_back(change: str) -> None:
    before, after = CHANGES[change]
    assert before
    assert after
    stack = Stack(ses=fake())
    assert stack.deploy(before)
    former = ours(stack.ses)
    stack.update_only(after)
    # The former permission is there until everything went well.
    assert change == "conditions" or ours(stack.ses).keys() >= former.keys()
    stack.roll_back(before)
    assert ours(stack.ses) == former


def test_a_resource_that_moves_in_the_template_gets_a_policy_of_its_own_first() -> None:
    ses = fake()
    former, moved = Stack(ses=ses), Stack(ses=ses, logical_id="Moved")
    assert former.deploy(properties())
    assert moved.deploy(properties())
    assert ours(ses) == {"example.com": ["billing", "billing"]}
    # Rolled back: the former one is as it was.
    assert moved.deploy(None)
    assert ours(ses) == {"example.com": ["billing"]}
    assert moved.deploy(properties())
    assert former.deploy(None)
    assert ours(ses) == {"example.com": ["billing"]}


def test_stacks_of_one_template_keep_apart() -> None:
    ses = fake()
    one, other = Stack(ses=ses), Stack(ses=ses, stack_id=STACK.replace("Mail", "Mail2"))
    assert one.deploy(properties())
    assert other.deploy(properties(sender="dunning"))
    assert other.deploy(None)
    assert ours(ses) == {"example.com": ["billing"]}


@pytest.mark.parametrize("identity", ["example.com", "gone.example"])
def test_what_is_gone_already_is_deleted(identity: str) -> None:
    stack = Stack(ses=fake(), properties=properties(identity=identity), physical_id=f"{identity}/billing")
    assert stack.deploy(None)
    assert stack.ses.calls == ["find"]


@pytest.mark.parametrize("theirs", ['{"Id": "other"}', "{}", "[]", "null", "no JSON", '{"Id": 1}'])
@pytest.mark.parametrize("kind", list(RequestType))
def test_a_policy_under_our_name_that_is_not_ours_stays(kind: RequestType, theirs: str) -> None:
    stack = Stack(ses=fake())
    assert stack.deploy(properties())
    (name,) = stack.ses.policies["example.com"].keys() - THEIRS.keys()
    stack.ses.policies["example.com"][name] = theirs
    before = deepcopy(stack.ses.policies)
    request = Request(
        type=kind,
        properties=properties(sender="dunning"),
        old_properties=properties(),
        physical_id=stack.physical_id,
        stack_id=STACK,
        logical_id="Policy",
    )
    if kind is RequestType.DELETE:
        assert authorize(request, stack.ses) == stack.physical_id
    else:
        with pytest.raises(RefusedError, match=rf"\[identity-policy-taken\].*example\.com.*{name}"):
            authorize(request, stack.ses)
    assert stack.ses.policies == before


def test_somebody_who_takes_the_name_at_the_same_moment_keeps_it() -> None:
    class Race(FakeSes):
        def create(self, identity: str, name: str, policy: str) -> bool:
            self.policies[identity][name] = "{}"
            return super().create(identity, name, policy)

    ses = Race(policies={"example.com": {}})
    assert not Stack(ses=ses).deploy(properties())
    assert list(ses.policies["example.com"].values()) == ["{}"]
