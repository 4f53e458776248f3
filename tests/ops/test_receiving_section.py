"""Which receipt rule set SES applies, and what to do where it is not ours."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest

from ops import documents, status_page, status_text
from ops.advice import DEPLOYER, NOBODY
from ops.environment_status import EnvironmentStatus, Item, Tone
from ops.ports import ActiveRuleSet
from ops.receiving_section import receiving_section

REGION, OTHER_REGION = "eu-west-1", "us-east-1"
MADE = datetime(2026, 1, 31, 12, 0, tzinfo=UTC)
NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
OURS, THEIRS = (ActiveRuleSet(name=name, made_at=MADE) for name in ("inbound", "theirs"))


@dataclass(kw_only=True)
class FakeReceiving:
    """A `ReceivingGateway` that answers from values, and tells what was asked."""

    active: Mapping[str, ActiveRuleSet]
    sets: frozenset[tuple[str, str]] = frozenset({(REGION, "inbound"), (OTHER_REGION, "inbound")})
    asked: list[str] = field(default_factory=list)

    def active_rule_set(self, *, region: str) -> ActiveRuleSet | None:
        return self.active.get(region)

    def has_rule_set(self, name: str, *, region: str) -> bool:
        self.asked.append(region)
        return (region, name) in self.sets


def read(gateway: FakeReceiving) -> Item:
    (item,) = receiving_section([(REGION, "inbound")], gateway, environment="test").items
    return item


def test_ours_is_active_and_nobody_has_to_do_anything() -> None:
    gateway = FakeReceiving(active={REGION: OURS})
    item = read(gateway)
    assert (item.title, item.word, item.tone) == ("inbound in eu-west-1", "active", Tone.GOOD)
    assert item.next_step.who == NOBODY
    assert gateway.asked == []


@pytest.mark.parametrize(
    "active, deployed, word, tone, shown, advice",
    [
        (THEIRS, True, "not active", Tone.BAD, "theirs", "Ask whoever activated it. To replace"),
        (
            None,
            True,
            "not active",
            Tone.BAD,
            "none",
            "aws ses set-active-receipt-rule-set --region eu-west-1 --rule-set-name inbound",
        ),
        (THEIRS, False, "not deployed", Tone.OPEN, "theirs", "refused, unless with take_over=True"),
        (None, False, "not deployed", Tone.OPEN, "none", "Deploy it: cdk deploy 'test/*'"),
        # A name that only begins like ours is another's.
        (ActiveRuleSet(name="inbound-2"), True, "not active", Tone.BAD, "inbound-2", "SES applies inbound-2"),
    ],
)
def test_another_set_or_none_is_active(
    active: ActiveRuleSet | None, word: str, tone: Tone, shown: str, advice: str, *, deployed: bool
) -> None:
    gateway = FakeReceiving(active={REGION: active} if active else {})
    if not deployed:
        gateway.sets = frozenset()
    item = read(gateway)
    (row,) = item.states
    assert (item.word, item.tone, row.name, row.state) == (word, tone, "active rule set", shown)
    assert item.next_step.who == DEPLOYER
    assert advice in item.next_step.action


def status(gateway: FakeReceiving) -> EnvironmentStatus:
    section = receiving_section([(REGION, "inbound"), (OTHER_REGION, "inbound")], gateway, environment="test")
    return EnvironmentStatus(environment="test", account="111111111111", read_at=NOW, sections=(section,))


def test_every_rendering_shows_it_by_region() -> None:
    found = status(FakeReceiving(active={REGION: OURS, OTHER_REGION: THEIRS}))
    text = "\n".join(line.plain for line in status_text.lines(found))
    assert "1 of 2 receipt rule sets active\n" in text
    assert "inbound in eu-west-1: active\n  active rule set    inbound\n" in text
    assert "inbound in us-east-1: not active\n  active rule set    theirs\n" in text
    assert "since  2026-01-31 12:00 UTC (that set was made then; since when it is active SES does not" in text
    assert "next (whoever deploys): SES applies theirs" in text
    assert "inbound in us-east-1" in status_page.page(found)

    ours, theirs = json.loads(documents.status_json(found))["receiving"]
    assert list(ours)[:5] == ["region", "rule_set", "state", "active", "active_made"]
    assert (ours["state"], ours["active_made"]) == ("active", "2026-01-31T12:00:00+00:00")
    assert (theirs["region"], theirs["state"], theirs["active"]) == (OTHER_REGION, "not active", "theirs")


def test_where_nothing_is_active_or_known_no_time_is_made_up() -> None:
    found = status(FakeReceiving(active={REGION: ActiveRuleSet(name="theirs")}))
    text = "\n".join(line.plain for line in status_text.lines(found))
    assert text.count("since  not known: SES does not say") == 2
    assert [item["active_made"] for item in json.loads(documents.status_json(found))["receiving"]] == [
        None
    ] * 2


def test_an_environment_that_activates_nothing_has_an_empty_section() -> None:
    assert receiving_section([], FakeReceiving(active={}), environment="test").items == ()
