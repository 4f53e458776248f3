from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError
from botocore.stub import Stubber

from constructs_lib.runtimes.aws_calls import TRIES
from constructs_lib.runtimes.custom_resource import RefusedError
from constructs_lib.runtimes.receipt_rule_order.gateway import SesReceiptRules
from tests.stubs import session, stubbed

DESCRIBE, REORDER = "describe_receipt_rule_set", "reorder_receipt_rule_set"
CALLS: dict[str, Callable[[SesReceiptRules], object]] = {
    DESCRIBE: lambda ses: ses.rules("inbound"),
    REORDER: lambda ses: ses.reorder("inbound", ["b", "a"]),
}


@dataclass(kw_only=True)
class Stubbed:
    client: Any
    stub: Stubber
    pauses: list[float] = field(default_factory=list)

    @property
    def gateway(self) -> SesReceiptRules:
        return SesReceiptRules(self.client)


@pytest.fixture
def ses(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stubbed]:
    client = session().client("ses")
    with stubbed(client) as stub:
        made = Stubbed(client=client, stub=stub)
        monkeypatch.setattr("time.sleep", made.pauses.append)
        yield made


def test_the_rules_are_read_in_their_order(ses: Stubbed) -> None:
    rules = [{"Name": "b", "Enabled": True}, {"Name": "a", "Enabled": False}]
    ses.stub.add_response(DESCRIBE, {"Rules": rules}, {"RuleSetName": "inbound"})
    assert ses.gateway.rules("inbound") == ("b", "a")


def test_a_set_without_rules(ses: Stubbed) -> None:
    ses.stub.add_response(DESCRIBE, {}, {"RuleSetName": "inbound"})
    assert ses.gateway.rules("inbound") == ()


def test_all_rules_are_named(ses: Stubbed) -> None:
    ses.stub.add_response(REORDER, {}, {"RuleSetName": "inbound", "RuleNames": ["b", "a"]})
    ses.gateway.reorder("inbound", ["b", "a"])


@pytest.mark.parametrize("call", CALLS)
def test_a_new_permission_is_waited_for(ses: Stubbed, call: str) -> None:
    for _ in range(2):
        ses.stub.add_client_error(call, "AccessDenied")
    ses.stub.add_response(call, {})
    CALLS[call](ses.gateway)
    assert ses.pauses == [5.0, 5.0]


@pytest.mark.parametrize("call", CALLS)
def test_a_permission_that_never_comes_is_the_reason_of_the_failure(ses: Stubbed, call: str) -> None:
    for _ in range(TRIES):
        ses.stub.add_client_error(call, "AccessDenied", "not authorized")
    with pytest.raises(RefusedError, match=r"ReceiptRuleSet for inbound: AccessDenied: not authorized"):
        CALLS[call](ses.gateway)


@pytest.mark.parametrize("call", CALLS)
def test_a_refusal_is_the_reason_of_the_failure(ses: Stubbed, call: str) -> None:
    ses.stub.add_client_error(call, "RuleSetDoesNotExist", "Rule set does not exist: inbound")
    with pytest.raises(RefusedError, match="RuleSetDoesNotExist: Rule set does not exist: inbound"):
        CALLS[call](ses.gateway)
    assert ses.pauses == []


@pytest.mark.parametrize("call", CALLS)
def test_ses_that_cannot_be_reached_is_the_reason_of_the_failure(
    ses: Stubbed, call: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(**_: object) -> None:
        raise EndpointConnectionError(endpoint_url="https://email.eu-west-1.amazonaws.com")

    monkeypatch.setattr(ses.client, call, fail)
    with pytest.raises(RefusedError, match="inbound: EndpointConnectionError"):
        CALLS[call](ses.gateway)
