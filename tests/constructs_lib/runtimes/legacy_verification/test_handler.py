import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from constructs_lib.runtimes.custom_resource import RefusedError
from constructs_lib.runtimes.legacy_verification import handler
from constructs_lib.runtimes.legacy_verification.shared_record import TxtRecordSet
from tests.constructs_lib.runtimes.legacy_verification.fake_aws import NAME, FakeAws, Zones
from tests.constructs_lib.runtimes.test_custom_resource import CloudFormation


@pytest.fixture
def cloudformation() -> Iterator[CloudFormation]:
    server = CloudFormation()
    yield server
    server.server.shutdown()
    server.server.server_close()


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> FakeAws:
    fake = FakeAws(zones=Zones(sets={("Z1", NAME): TxtRecordSet(values=('"theirs="',), ttl=60)}))
    monkeypatch.setattr(handler, "SesAndRoute53", lambda: fake)
    return fake


def event(name: str, cloudformation: CloudFormation) -> dict[str, Any]:
    text = (Path(__file__).parent / "events" / f"{name}.json").read_text(encoding="utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded | {"ResponseURL": cloudformation.event("Create")["ResponseURL"]}


def test_the_events_of_cloudformation_put_move_and_take_the_value(
    aws: FakeAws, cloudformation: CloudFormation
) -> None:
    handler.handle(event("create", cloudformation), None)
    assert aws.zones.texts() == {"theirs=", "one="}
    # To another zone: the former value goes by the deletion that follows.
    handler.handle(event("update", cloudformation), None)
    assert (aws.zones.texts("Z1"), aws.zones.texts("Z2")) == ({"theirs=", "one="}, {"one="})
    handler.handle(event("delete", cloudformation), None)
    assert (aws.zones.texts("Z1"), aws.zones.texts("Z2")) == ({"theirs="}, {"one="})
    assert [
        (found["Status"], found["PhysicalResourceId"], found.get("Data")) for found in cloudformation.answers
    ] == [
        ("SUCCESS", f"Z1/{NAME}/one=", {"Token": "one="}),
        ("SUCCESS", f"Z2/{NAME}/one=", {"Token": "one="}),
        ("SUCCESS", f"Z1/{NAME}/one=", None),
    ]


def test_a_refusal_becomes_the_reason_and_the_deletion_that_follows_goes_well(
    aws: FakeAws, cloudformation: CloudFormation
) -> None:
    aws.fail_at = 0
    handler.handle(event("create", cloudformation), None)
    deletion = event("create", cloudformation) | {"RequestType": "Delete"}
    handler.handle(deletion | {"PhysicalResourceId": cloudformation.answers[0]["PhysicalResourceId"]}, None)
    assert [(found["Status"], found.get("Reason")) for found in cloudformation.answers] == [
        ("FAILED", "no answer"),
        ("SUCCESS", None),
    ]
    assert aws.zones.texts() == {"theirs="}


def test_a_gateway_that_cannot_be_made_is_answered(
    cloudformation: CloudFormation, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> None:
        raise RefusedError("no Region")

    monkeypatch.setattr(handler, "SesAndRoute53", fail)
    handler.handle(event("create", cloudformation), None)
    assert [found["Reason"] for found in cloudformation.answers] == ["no Region"]
