import pytest

from constructs_lib.runtimes.custom_resource import NOT_CREATED
from constructs_lib.runtimes.rule_set_activation import handler
from tests.constructs_lib.runtimes.cloudformation import CloudFormation, Event
from tests.constructs_lib.runtimes.rule_set_activation.fake_aws import PLACE, Account


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> Account:
    found = Account(sets={"inbound", "news", "theirs"}, active="theirs")
    monkeypatch.setattr(handler, "SesAndSsm", found.gateway)
    return found


def test_the_events_of_cloudformation_take_rename_and_give_back(
    account: Account, cloudformation: CloudFormation, event: Event
) -> None:
    active = []
    for kind in ("create", "create", "update", "update", "delete", "delete"):
        handler.handle(event(kind), None)
        active.append(account.active)
    assert active == ["inbound", "inbound", "news", "news", "theirs", "theirs"]
    assert [
        (found["Status"], found["PhysicalResourceId"], found.get("Data")) for found in cloudformation.answers
    ] == [("SUCCESS", PLACE, {"Former": "theirs"})] * 4 + [("SUCCESS", PLACE, None)] * 2


def test_a_refusal_becomes_the_reason_and_the_deletion_that_follows_goes_well(
    account: Account, cloudformation: CloudFormation, event: Event
) -> None:
    creation = event("create")
    creation["ResourceProperties"]["TakeOver"] = "false"
    handler.handle(creation, None)
    (refused,) = cloudformation.answers
    assert (refused["Status"], refused["PhysicalResourceId"]) == ("FAILED", NOT_CREATED)
    assert refused["Reason"].startswith("[rule-set-taken] The receipt rule set theirs is active")
    assert "set take_over=True" in refused["Reason"]
    handler.handle(creation | {"RequestType": "Delete", "PhysicalResourceId": NOT_CREATED}, None)
    assert cloudformation.answers[-1]["Status"] == "SUCCESS"
    assert (account.active, account.switches) == ("theirs", [])


@pytest.mark.parametrize("take_over", ["false", "", "yes", None, False])
def test_only_true_takes_over(account: Account, event: Event, take_over: object) -> None:
    creation = event("create")
    creation["ResourceProperties"]["TakeOver"] = take_over
    handler.handle(creation, None)
    assert account.active == "theirs"
