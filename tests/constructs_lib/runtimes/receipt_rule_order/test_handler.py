import pytest

from constructs_lib.runtimes.custom_resource import RefusedError
from constructs_lib.runtimes.receipt_rule_order import handler
from tests.constructs_lib.runtimes.cloudformation import CloudFormation, Event
from tests.constructs_lib.runtimes.receipt_rule_order.test_order import FakeSes


def test_an_update_of_cloudformation_is_done_and_answered(
    cloudformation: CloudFormation, event: Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    ses = FakeSes(names=("drop-spam", "a", "b"))
    monkeypatch.setattr(handler, "SesReceiptRules", lambda: ses)
    handler.handle(event("update"), None)
    assert ses.names == ("drop-spam", "b", "a")
    (answer,) = cloudformation.answers
    assert (answer["Status"], answer["PhysicalResourceId"]) == ("SUCCESS", "inbound")


def test_a_refusal_becomes_the_reason(
    cloudformation: CloudFormation, event: Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> None:
        raise RefusedError("no such rule set")

    monkeypatch.setattr(handler, "SesReceiptRules", fail)
    handler.handle(event("update"), None)
    (answer,) = cloudformation.answers
    assert (answer["Status"], answer["Reason"]) == ("FAILED", "no such rule set")
