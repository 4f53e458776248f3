import json

import pytest

from constructs_lib.runtimes.custom_resource import RefusedError
from constructs_lib.runtimes.sending_authorization import handler
from tests.constructs_lib.runtimes.cloudformation import CloudFormation, Event
from tests.constructs_lib.runtimes.sending_authorization.fake_ses import FakeSes

OWNER = (
    "arn:aws:cloudformation:eu-west-1:111111111111:stack/Mail/c0ffee00-0000-0000-0000-000000000000/"
    "AuthorizationsexamplecombillingPolicyA18EBCA5"
)
PLACE = "example.com/billing-8f8be94c93e3"


@pytest.fixture
def ses(monkeypatch: pytest.MonkeyPatch) -> FakeSes:
    fake = FakeSes(policies={"example.com": {"theirs": "{}"}})
    monkeypatch.setattr(handler, "SesPolicies", lambda: fake)
    return fake


def test_the_events_of_cloudformation_put_change_and_delete_the_policy(
    ses: FakeSes, cloudformation: CloudFormation, event: Event
) -> None:
    _, _, name = PLACE.rpartition("/")
    for kind, senders in (
        ("create", ["billing@example.com"]),
        ("update", ["billing@example.com", "dunning@example.com"]),
    ):
        handler.handle(event(kind), None)
        policy = json.loads(ses.policies["example.com"][name])
        assert policy["Id"] == OWNER
        assert policy["Statement"][0]["Condition"]["StringLike"]["ses:FromAddress"] == senders
    handler.handle(event("delete"), None)
    assert ses.policies == {"example.com": {"theirs": "{}"}}
    assert [(found["Status"], found["PhysicalResourceId"]) for found in cloudformation.answers] == [
        ("SUCCESS", PLACE)
    ] * 3


def test_a_refusal_becomes_the_reason_and_the_deletion_that_follows_goes_well(
    ses: FakeSes, cloudformation: CloudFormation, event: Event
) -> None:
    del ses.policies["example.com"]
    handler.handle(event("create"), None)
    deletion = event("create") | {"RequestType": "Delete"}
    handler.handle(deletion | {"PhysicalResourceId": cloudformation.answers[0]["PhysicalResourceId"]}, None)
    assert [(found["Status"], found.get("Reason")) for found in cloudformation.answers] == [
        ("FAILED", "NotFoundException"),
        ("SUCCESS", None),
    ]


def test_a_gateway_that_cannot_be_made_is_answered(
    cloudformation: CloudFormation, monkeypatch: pytest.MonkeyPatch, event: Event
) -> None:
    def fail() -> None:
        raise RefusedError("no Region")

    monkeypatch.setattr(handler, "SesPolicies", fail)
    handler.handle(event("create"), None)
    assert [found["Reason"] for found in cloudformation.answers] == ["no Region"]
