import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from constructs_lib.runtimes.custom_resource import RefusedError
from constructs_lib.runtimes.receipt_rule_order import handler
from tests.constructs_lib.runtimes.receipt_rule_order.test_order import FakeSes
from tests.constructs_lib.runtimes.test_custom_resource import CloudFormation


@pytest.fixture
def cloudformation() -> Iterator[CloudFormation]:
    server = CloudFormation()
    yield server
    server.server.shutdown()
    server.server.server_close()


def event(cloudformation: CloudFormation) -> dict[str, Any]:
    text = (Path(__file__).parent / "events" / "update.json").read_text(encoding="utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded | {"ResponseURL": cloudformation.event("Update")["ResponseURL"]}


def test_an_update_of_cloudformation_is_done_and_answered(
    cloudformation: CloudFormation, monkeypatch: pytest.MonkeyPatch
) -> None:
    ses = FakeSes(names=("drop-spam", "a", "b"))
    monkeypatch.setattr(handler, "SesReceiptRules", lambda: ses)
    handler.handle(event(cloudformation), None)
    assert ses.names == ("drop-spam", "b", "a")
    (answer,) = cloudformation.answers
    assert (answer["Status"], answer["PhysicalResourceId"]) == ("SUCCESS", "inbound")


def test_a_refusal_becomes_the_reason(
    cloudformation: CloudFormation, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> None:
        raise RefusedError("no such rule set")

    monkeypatch.setattr(handler, "SesReceiptRules", fail)
    handler.handle(event(cloudformation), None)
    (answer,) = cloudformation.answers
    assert (answer["Status"], answer["Reason"]) == ("FAILED", "no such rule set")
