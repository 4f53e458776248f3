import pytest

from constructs_lib.runtimes.cross_account_record import handler
from constructs_lib.runtimes.custom_resource import RefusedError
from tests.constructs_lib.runtimes.cloudformation import CloudFormation, Event
from tests.constructs_lib.runtimes.cross_account_record.test_logic import (
    KEY,
    NONE,
    REJECT,
    FakeStacks,
    FakeZones,
)


@pytest.fixture
def zones(monkeypatch: pytest.MonkeyPatch) -> FakeZones:
    fake = FakeZones()
    monkeypatch.setattr(handler, "Route53Zones", lambda: fake)
    monkeypatch.setattr(handler, "OwnStacks", FakeStacks)
    return fake


def test_the_events_of_cloudformation_put_change_and_take_the_record(
    zones: FakeZones, cloudformation: CloudFormation, event: Event
) -> None:
    handler.handle(event("create"), None)
    assert zones.values() == (NONE,)
    first = cloudformation.answers[0]["PhysicalResourceId"]
    handler.handle(event("update") | {"PhysicalResourceId": first}, None)
    assert zones.values() == (REJECT,)
    assert zones.sets[KEY].ttl == 1800
    handler.handle(event("update") | {"RequestType": "Delete", "PhysicalResourceId": first}, None)
    assert not zones.sets
    assert [found["Status"] for found in cloudformation.answers] == ["SUCCESS"] * 3


def test_a_role_that_is_missing_becomes_the_reason_and_the_deletion_that_follows_goes_well(
    cloudformation: CloudFormation, monkeypatch: pytest.MonkeyPatch, event: Event
) -> None:
    fake = FakeZones(fail_at=0)
    monkeypatch.setattr(handler, "Route53Zones", lambda: fake)
    handler.handle(event("create"), None)
    failed = cloudformation.answers[0]
    deletion = event("create") | {"RequestType": "Delete"}
    handler.handle(deletion | {"PhysicalResourceId": failed["PhysicalResourceId"]}, None)
    assert [(found["Status"], found.get("Reason")) for found in cloudformation.answers] == [
        ("FAILED", "no answer"),
        ("SUCCESS", None),
    ]


def test_a_gateway_that_cannot_be_made_is_answered(
    cloudformation: CloudFormation, monkeypatch: pytest.MonkeyPatch, event: Event
) -> None:
    def fail() -> None:
        raise RefusedError("no Region")

    monkeypatch.setattr(handler, "Route53Zones", fail)
    handler.handle(event("create"), None)
    assert [found["Reason"] for found in cloudformation.answers] == ["no Region"]
