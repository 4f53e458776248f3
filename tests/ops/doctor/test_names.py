from dataclasses import replace

import pytest

from ops.doctor.expected import ExpectedName
from ops.doctor.findings import Finding
from ops.doctor.holders import Holders
from ops.doctor.names import dkim_secret_findings, name_findings
from ops.doctor.ports import Existing, Kind, StackResource
from ops.doctor.rule_set import rule_set_findings
from ops.errors import AccessError
from ops.ports import ActiveRuleSet
from stacks.environments import environment
from tests.ops.doctor.support import REGION, FakeAccount, codes, told_before
from tests.own_environment import DEV

PROD = environment("prod")
CODES = {
    Kind.IDENTITY: "identity-taken",
    Kind.CONFIGURATION_SET: "configuration-set-taken",
    Kind.RULE_SET: "rule-set-taken",
    Kind.TEMPLATE: "template-taken",
    Kind.TOPIC: "topic-taken",
    Kind.QUEUE: "queue-taken",
    Kind.SECRET: "secret-taken",
    Kind.POLICY: "policy-taken",
    Kind.ROLE: "role-taken",
    Kind.RULE: "event-rule-taken",
}


def ask(account: FakeAccount, kind: Kind = Kind.TOPIC) -> tuple[list[Finding], AccessError | None]:
    expected = ExpectedName(kind=kind, name="thing", region=REGION, stack="Sending-eu-west-1")
    return told_before(name_findings(DEV, expected, account, Holders(DEV, account, (REGION,))))


def there(kind: Kind = Kind.TOPIC, note: str = "", **more: object) -> FakeAccount:
    account = FakeAccount(things={(kind, "thing"): Existing(physical_id="id:thing", note=note)})
    return replace(account, **more)  # type: ignore[arg-type]


def test_a_free_name() -> None:
    assert ask(FakeAccount()) == ([], None)
    assert ask(there(Kind.QUEUE)) == ([], None)


@pytest.mark.parametrize("kind", Kind)
def test_a_taken_name(kind: Kind) -> None:
    told, error = ask(there(kind), kind)
    assert error is None
    assert codes(told) == [("error", CODES[kind])]
    assert f"The {kind} thing is there in eu-west-1; no stack holds it" in told[0].what
    assert ("id:thing" if kind in {Kind.TOPIC, Kind.QUEUE, Kind.POLICY} else "thing") in told[0].fix
    assert ("name ours otherwise" in told[0].fix) is (kind is not Kind.IDENTITY)
    assert ("--region eu-west-1" in told[0].fix) is (kind not in {Kind.POLICY, Kind.ROLE})


@pytest.mark.parametrize(
    "kind, option",
    [
        (Kind.IDENTITY, "existing_identity"),
        (Kind.CONFIGURATION_SET, "existing_configuration_set"),
        (Kind.RULE_SET, "existing_rule_set"),
    ],
)
def test_what_an_owner_may_keep_is_kept_before_it_is_deleted(kind: Kind, option: str) -> None:
    told, _ = ask(there(kind), kind)
    fix = told[0].fix
    kept = f"or leave it to its owner (`{option}=True`)"
    assert fix.index("take it over") < fix.index(kept) < fix.index("if nobody needs it")


@pytest.mark.parametrize("kind", [Kind.CONFIGURATION_SET, Kind.IDENTITY, Kind.RULE_SET])
def test_what_is_to_exist_already_is_missed_and_not_minded(kind: Kind) -> None:
    expected = ExpectedName(kind=kind, name="thing", region=REGION, stack="Sending-eu-west-1", existing=True)
    for account, told in ((there(kind), []), (FakeAccount(), [("error", "existing-missing")])):
        assert codes(list(name_findings(DEV, expected, account, Holders(DEV, account, (REGION,))))) == told


@pytest.mark.parametrize("kind", Kind)
def test_a_thing_that_a_stack_of_ours_holds_is_no_finding(kind: Kind) -> None:
    held = (StackResource(type=kind.resource_type, physical_id="id:thing"),)
    assert ask(there(kind, stacks={"dev-Sending-eu-west-1": held}), kind) == ([], None)


@pytest.mark.parametrize(
    "held",
    [
        StackResource(type="AWS::SQS::Queue", physical_id="id:thing"),
        StackResource(type="AWS::SNS::Topic", physical_id="id:thing-too"),
    ],
)
def test_something_else_of_ours_does_not_hold_it(held: StackResource) -> None:
    """Types share names: a topic, its queue and its rule set may all be called the same."""
    told, _ = ask(there(stacks={"dev-Sending-eu-west-1": (held,)}))
    assert codes(told) == [("error", "topic-taken")]


def test_another_stack_holds_it() -> None:
    told, _ = ask(there(others={"id:thing": "billing"}))
    assert "the stack billing holds it" in told[0].what


def test_it_waits_for_its_deletion() -> None:
    told, _ = ask(there(Kind.SECRET, note="it waits for its deletion"), Kind.SECRET)
    assert told[0].what.endswith("; it waits for its deletion.")


@pytest.mark.parametrize("denied", ["stack_resources", "stack_that_holds"])
def test_it_is_there_and_whose_it_is_may_not_be_asked(denied: str) -> None:
    told, error = ask(there(denials=frozenset({denied})))
    assert codes(told) == [("warning", "topic-taken")]
    assert "whose it is, is not known" in told[0].what
    assert error is not None
    assert denied in error.message


def test_each_stack_is_read_once() -> None:
    account = there()
    holders = Holders(DEV, account, (REGION,))
    for _ in range(2):
        holders.holder("AWS::SNS::Topic", "id:thing", region=REGION)
        holders.record_holder("_dmarc.example.com")
    stacks = 8  # Sending, the domain, Addresses, Templates, Receiving, Access, Monitoring, Audit
    assert account.asked.count("stack_resources") == stacks


@pytest.mark.parametrize(
    "thing, found",
    [
        (None, [("error", "dkim-secret-missing")]),
        (Existing(physical_id="arn", note="it waits for its deletion"), [("error", "dkim-secret-missing")]),
        (Existing(physical_id="arn"), []),
    ],
)
def test_the_secret_of_an_own_key(thing: Existing | None, found: list[tuple[str, str]]) -> None:
    secret = "prod/dkim/receipts.example.com/s2026"  # noqa: S105 - a name
    account = FakeAccount(things={(Kind.SECRET, secret): thing} if thing else {})
    told = list(dkim_secret_findings(PROD, secret, REGION, account))
    assert codes(told) == found
    for finding in told:
        assert "`python -m ops dkim create prod receipts.example.com --selector s2026`" in finding.fix


@pytest.mark.parametrize(
    "active, take_over, found",
    [
        (None, False, []),
        ("prod", False, []),
        ("other", False, [("error", "rule-set-active")]),
        ("prod-too", False, [("error", "rule-set-active")]),
        ("other", True, [("warning", "rule-set-active")]),
    ],
)
def test_another_active_rule_set(
    active: str | None, found: list[tuple[str, str]], *, take_over: bool
) -> None:
    assert PROD.receiving is not None
    config = replace(PROD, receiving=replace(PROD.receiving, take_over=take_over))
    account = FakeAccount(active=ActiveRuleSet(name=active) if active else None)
    assert codes(list(rule_set_findings(config, REGION, account))) == found


@pytest.mark.parametrize("config, region", [(DEV, REGION), (PROD, "us-east-1")])
def test_where_nothing_is_received_nobody_asks(config: object, region: str) -> None:
    account = FakeAccount(active=ActiveRuleSet(name="other"))
    assert list(rule_set_findings(config, region, account)) == []  # type: ignore[arg-type]
    assert account.asked == []
