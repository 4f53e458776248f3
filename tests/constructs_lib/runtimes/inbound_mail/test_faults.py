"""A fault at every call: the message ends forwarded once, or in the dead-letter queue, and never twice."""

import json

import pytest
from botocore.exceptions import ConnectTimeoutError, EndpointConnectionError

from tests.constructs_lib.runtimes.inbound_mail.deliveries import (
    MESSAGE,
    RAW_KEY,
    deliver,
    function,
    notification,
)
from tests.constructs_lib.runtimes.inbound_mail.double import (
    Answer,
    Aws,
    Death,
    Fault,
    LostAnswer,
    NotReached,
)

BODY = json.dumps(notification())
URL = "https://example"
# The calls of an undisturbed message, in their order.
CALLS = [
    ("GetObject", 1, RAW_KEY),
    ("PutObject", 1, f"{RAW_KEY}/attachments/1-2-a.pdf"),
    ("PutObject", 2, f"{RAW_KEY}/claims/0000.json"),
    ("SendEmail", 1, ""),
    ("PutObject", 3, f"{RAW_KEY}/claims/0000.json"),
    ("PutObject", 4, f"{RAW_KEY}/summary.json"),
]
FAULTS: dict[str, Fault] = {
    "throttled": Answer(429, "TooManyRequestsException"),
    "slow down": Answer(503, "SlowDown"),
    "conflict": Answer(409, "ConditionalRequestConflict"),
    "denied": Answer(403, "AccessDeniedException"),
    "refused": Answer(400, "MessageRejected"),
    "fault of the service": Answer(500, "InternalError"),
    "answer lost": LostAnswer(),
    "not reached": NotReached(EndpointConnectionError(endpoint_url=URL)),
    "no connection": NotReached(ConnectTimeoutError(endpoint_url=URL)),
    "death before": Death(after=False),
    "death after": Death(after=True),
}


def new_aws() -> Aws:
    aws = Aws()
    aws.put(RAW_KEY, MESSAGE)
    return aws


def test_the_calls_of_an_undisturbed_message(monkeypatch: pytest.MonkeyPatch) -> None:
    aws = new_aws()
    with function(monkeypatch, aws):
        assert not deliver(BODY).dead
    assert aws.log == [f"{operation} {key}".strip() for operation, _, key in CALLS]


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("operation, number, key", CALLS)
def test_one_fault(
    operation: str, number: int, key: str, fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    del key
    aws = new_aws()
    aws.fault(operation, number, FAULTS[fault])
    with function(monkeypatch, aws):
        delivery = deliver(BODY)
        assert len(aws.sent) <= 1
        assert delivery.dead or len(aws.sent) == 1
        # Whatever comes once more, from SQS, from SNS or by a redrive, sends nothing twice.
        again = deliver(BODY)
        assert len(aws.sent) <= 1
        assert again.dead or len(aws.sent) == 1
    assert aws.objects[RAW_KEY] == MESSAGE


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("operation", ["GetObject", "PutObject", "SendEmail"])
def test_a_fault_that_stays_until_it_is_mended(
    operation: str, fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    aws = new_aws()
    aws.always[operation] = FAULTS[fault]
    with function(monkeypatch, aws):
        assert deliver(BODY).dead
        assert len(aws.sent) <= 1
        aws.always.clear()
        redriven = deliver(BODY)
    assert len(aws.sent) <= 1
    assert redriven.dead or len(aws.sent) == 1


@pytest.mark.parametrize(
    "fault", ["throttled", "denied", "refused", "not reached", "no connection", "conflict"]
)
def test_what_was_certainly_not_sent_is_sent_by_the_next_attempt(
    fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    aws = new_aws()
    aws.fault("SendEmail", 1, FAULTS[fault])
    with function(monkeypatch, aws):
        delivery = deliver(BODY)
    assert (delivery.dead, delivery.attempts, len(aws.sent)) == (False, 2, 1)


@pytest.mark.parametrize("fault", ["answer lost", "fault of the service", "death before", "death after"])
def test_what_was_perhaps_sent_is_for_a_person(fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    aws = new_aws()
    aws.fault("SendEmail", 1, FAULTS[fault])
    with function(monkeypatch, aws):
        delivery = deliver(BODY)
    assert delivery.dead
    assert aws.calls["SendEmail"] == 1
    assert "unknown" in delivery.last["reasons"][0]
    summary = json.loads(aws.objects[f"{RAW_KEY}/summary.json"])
    assert summary["forwarding"]["outcome"] == "failed"
    assert summary["forwarding"]["batches"][0]["state"] == "sending"
