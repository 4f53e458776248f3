"""Who may send a batch."""

import json

import pytest

from tests.constructs_lib.runtimes.inbound_mail.deliveries import (
    MESSAGE,
    RAW_KEY,
    Delivery,
    deliver,
    function,
    notification,
)
from tests.constructs_lib.runtimes.inbound_mail.double import Aws, Death, LostAnswer

BODY = json.dumps(notification())
URL = "https://example"


def new_aws() -> Aws:
    aws = Aws()
    aws.put(RAW_KEY, MESSAGE)
    return aws


def test_a_person_who_knows_that_it_was_not_sent_deletes_the_claim(monkeypatch: pytest.MonkeyPatch) -> None:
    aws = new_aws()
    aws.fault("SendEmail", 1, Death(after=False))
    with function(monkeypatch, aws):
        assert deliver(BODY).dead
        del aws.objects[f"{RAW_KEY}/claims/0000.json"]
        assert not deliver(BODY).dead
    assert len(aws.sent) == 1


def test_the_answer_to_a_claim_lost_and_written_again_by_the_sdk(monkeypatch: pytest.MonkeyPatch) -> None:
    """The second write finds the first one's object: it is this attempt's own."""
    aws = new_aws()
    aws.fault("PutObject", 2, LostAnswer())
    with function(monkeypatch, aws):
        delivery = deliver(BODY)
    assert (delivery.dead, delivery.attempts, len(aws.sent)) == (False, 1, 1)


def test_no_send_begins_when_the_function_is_about_to_be_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    aws = new_aws()
    with function(monkeypatch, aws):
        delivery = deliver(BODY, seconds=60)
        assert delivery.dead
        assert delivery.last["reasons"] == ["no-time"]
        assert not aws.sent
        assert not deliver(BODY).dead
    assert len(aws.sent) == 1


def test_two_at_the_same_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    """While one sends, the other one comes: it waits for the end of the first."""
    aws = new_aws()
    inner: list[Delivery] = []
    with function(monkeypatch, aws):
        sending = aws._send

        def send_slowly(request: object) -> object:
            if not inner:
                inner.append(deliver(BODY, receives=1))
            return sending(request)  # type: ignore[arg-type]

        monkeypatch.setattr(aws, "_send", send_slowly)
        assert not deliver(BODY).dead
        assert inner[0].dead
        assert not deliver(BODY).dead
    assert len(aws.sent) == 1
