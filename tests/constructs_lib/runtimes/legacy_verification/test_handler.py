import pytest

from constructs_lib.runtimes.custom_resource import RefusedError
from constructs_lib.runtimes.legacy_verification import handler
from constructs_lib.runtimes.legacy_verification.shared_record import TxtRecordSet
from tests.constructs_lib.runtimes.cloudformation import CloudFormation, Event
from tests.constructs_lib.runtimes.legacy_verification.fake_aws import NAME, FakeAws, Zones


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> FakeAws:
    fake = FakeAws(zones=Zones(sets={("Z1", NAME): TxtRecordSet(values=('"theirs="',), ttl=60)}))
    monkeypatch.setattr(handler, "SesAndRoute53", lambda **_: fake)
    return fake


def test_the_events_of_cloudformation_put_move_and_take_the_value(
    aws: FakeAws, cloudformation: CloudFormation, event: Event
) -> None:
    handler.handle(event("create"), None)
    assert aws.zones.texts() == {"theirs=", "one="}
    # To another zone: the former value goes by the deletion that follows.
    handler.handle(event("update"), None)
    assert (aws.zones.texts("Z1"), aws.zones.texts("Z2")) == ({"theirs=", "one="}, {"one="})
    handler.handle(event("delete"), None)
    assert (aws.zones.texts("Z1"), aws.zones.texts("Z2")) == ({"theirs="}, {"one="})
    assert [
        (found["Status"], found["PhysicalResourceId"], found.get("Data")) for found in cloudformation.answers
    ] == [
        ("SUCCESS", f"Z1/{NAME}/one=", {"Token": "one="}),
        ("SUCCESS", f"Z2/{NAME}/one=", {"Token": "one="}),
        ("SUCCESS", f"Z1/{NAME}/one=", None),
    ]


def test_a_refusal_becomes_the_reason_and_the_deletion_that_follows_goes_well(
    aws: FakeAws, cloudformation: CloudFormation, event: Event
) -> None:
    aws.fail_at = 0
    handler.handle(event("create"), None)
    deletion = event("create") | {"RequestType": "Delete"}
    handler.handle(deletion | {"PhysicalResourceId": cloudformation.answers[0]["PhysicalResourceId"]}, None)
    assert [(found["Status"], found.get("Reason")) for found in cloudformation.answers] == [
        ("FAILED", "no answer"),
        ("SUCCESS", None),
    ]
    assert aws.zones.texts() == {"theirs="}


def test_a_gateway_that_cannot_be_made_is_answered(
    cloudformation: CloudFormation, monkeypatch: pytest.MonkeyPatch, event: Event
) -> None:
    def fail(**_: object) -> None:
        raise RefusedError("no Region")

    monkeypatch.setattr(handler, "SesAndRoute53", fail)
    handler.handle(event("create"), None)
    assert [found["Reason"] for found in cloudformation.answers] == ["no Region"]
