"""Whole messages, from the queue to S3 and SES, with real boto3 clients."""

import json
from dataclasses import replace
from typing import Any

import pytest

from constructs_lib.runtimes.inbound_mail import handler
from constructs_lib.runtimes.inbound_mail.settings import SETTINGS as VARIABLE
from constructs_lib.runtimes.inbound_mail.settings import ForwardSettings, Settings
from tests.constructs_lib.runtimes.inbound_mail.deliveries import (
    FORWARD,
    MESSAGE,
    MESSAGE_ID,
    RAW_KEY,
    SETTINGS,
    Context,
    Delivery,
    deliver,
    event,
    function,
    notification,
)
from tests.constructs_lib.runtimes.inbound_mail.double import KEY_ARN, Answer, Aws


def run(
    monkeypatch: pytest.MonkeyPatch,
    *,
    message: bytes = MESSAGE,
    settings: Settings = SETTINGS,
    **changes: Any,  # noqa: ANN401 - of the notification
) -> tuple[Aws, Delivery, dict[str, Any]]:
    aws = Aws()
    aws.put(RAW_KEY, message)
    with function(monkeypatch, aws, settings):
        delivery = deliver(json.dumps(notification(**changes)))
    summary = aws.objects.get(f"{RAW_KEY}/summary.json", b"{}")
    return aws, delivery, json.loads(summary)


def test_a_message_is_kept_summarized_and_forwarded(monkeypatch: pytest.MonkeyPatch) -> None:
    aws, delivery, summary = run(monkeypatch)
    (sent,) = aws.sent
    header, _, body = MESSAGE.partition(b"\r\n\r\n")
    assert sent.message.endswith(b"\r\n\r\n" + body)
    assert sent.destinations == ["team@example.org"]
    assert sent.request["FromEmailAddress"] == "forwarder@example.com"
    assert sent.request["ConfigurationSetName"] == "forwarding"
    assert aws.objects[f"{RAW_KEY}/attachments/1-2-a.pdf"] == b"hello"
    assert aws.objects[RAW_KEY] == MESSAGE
    assert summary["headers"]["from"] == [{"name": "Ann", "address": "ann@example.net"}]
    assert summary["headers"]["subject"] == "secret subject"
    assert summary["raw"] == {"key": RAW_KEY, "bytes": len(MESSAGE), "header_bytes": len(header) + 4}
    assert summary["envelope"] == {"from": "ann@example.net", "recipients": ["info@example.com"]}
    assert [part["type"] for part in summary["parts"]] == ["multipart/mixed", "text/plain", "application/pdf"]
    assert summary["parts"][2]["attachment"] == {"key": f"{RAW_KEY}/attachments/1-2-a.pdf", "bytes": 5}
    assert summary["forwarding"]["outcome"] == "forwarded"
    assert summary["forwarding"]["batches"][0]["sent_as"] == "sent-1"
    assert delivery.last["outcome"] == "forwarded"


def test_everything_written_is_encrypted_and_attachments_are_downloads(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    aws, *_ = run(monkeypatch)
    assert len(aws.headers) == 3
    for headers in aws.headers.values():
        assert headers["x-amz-server-side-encryption"] == "aws:kms"
        assert headers["x-amz-server-side-encryption-aws-kms-key-id"] == KEY_ARN
    attachment = aws.headers[f"{RAW_KEY}/attachments/1-2-a.pdf"]
    assert attachment["content-type"] == "application/octet-stream"
    assert attachment["content-disposition"] == "attachment"


def test_a_redelivery_writes_the_same_again_and_sends_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    aws, *_ = run(monkeypatch)
    before = dict(aws.objects)
    with function(monkeypatch, aws):
        assert deliver(json.dumps(notification())).last["outcome"] == "forwarded"
    assert aws.objects == before
    assert len(aws.sent) == 1


@pytest.mark.parametrize(
    "changes, reasons",
    [
        ({"spamVerdict": {"status": "FAIL"}}, ["spam-fail"]),
        ({"dmarcVerdict": {"status": "FAIL"}, "dmarcPolicy": "reject"}, ["dmarc-fail"]),
        ({"mail": {"source": ""}}, ["null-sender"]),
    ],
)
def test_a_stopped_message_is_kept_and_told_why(
    changes: dict[str, Any], reasons: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    aws, delivery, summary = run(monkeypatch, **changes)
    assert not aws.sent
    assert not delivery.dead
    assert summary["forwarding"] == {"outcome": "stopped", "reasons": reasons, "batches": []}
    assert f"{RAW_KEY}/attachments/1-2-a.pdf" in aws.objects
    assert aws.objects[RAW_KEY] == MESSAGE


def test_what_may_be_a_virus_stays_inside_of_the_raw_message(monkeypatch: pytest.MonkeyPatch) -> None:
    aws, _, summary = run(monkeypatch, virusVerdict={"status": "FAIL"})
    assert set(aws.objects) == {RAW_KEY, f"{RAW_KEY}/summary.json"}
    assert summary["forwarding"]["reasons"] == ["virus-fail"]


@pytest.mark.parametrize(
    "settings, reason",
    [
        (replace(SETTINGS, forward=None), "no-forwarding"),
        (
            replace(SETTINGS, forward=replace(FORWARD, mapping={"x@example.com": ["a@x.net"]})),
            "no-destination",
        ),
    ],
)
def test_a_message_for_nobody_is_kept(
    settings: Settings, reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    aws, delivery, summary = run(monkeypatch, settings=settings)
    assert not aws.sent
    assert summary["forwarding"] == {"outcome": "kept", "reasons": [reason], "batches": []}
    assert delivery.last["outcome"] == "kept"


def test_attachments_are_optional(monkeypatch: pytest.MonkeyPatch) -> None:
    aws, *_ = run(monkeypatch, settings=replace(SETTINGS, attachments=False))
    assert not [key for key in aws.objects if "/attachments/" in key]


def many(count: int) -> Settings:
    return replace(
        SETTINGS, forward=replace(FORWARD, mapping={"*": [f"a{n}@example.org" for n in range(count)]})
    )


def test_more_than_fifty_destinations_are_batches_each_sent_once(monkeypatch: pytest.MonkeyPatch) -> None:
    aws, _, summary = run(monkeypatch, settings=many(120))
    assert [len(sent.destinations) for sent in aws.sent] == [50, 50, 20]
    assert [batch["destinations"] for batch in summary["forwarding"]["batches"]] == [50, 50, 20]


def test_a_batch_that_failed_holds_no_other_back_and_a_new_mapping_changes_no_batch(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    aws = Aws()
    aws.put(RAW_KEY, MESSAGE)
    aws.fault("SendEmail", 1, Answer(429, "TooManyRequestsException"))
    with function(monkeypatch, aws, many(120)):
        assert deliver(json.dumps(notification()), receives=1).dead
    assert [len(sent.destinations) for sent in aws.sent] == [50, 20]
    with function(monkeypatch, aws, many(30)):
        assert not deliver(json.dumps(notification())).dead
    everybody = [address for sent in aws.sent for address in sent.destinations]
    assert len(everybody) == len(set(everybody)) == 120


def test_a_message_of_40_mb(monkeypatch: pytest.MonkeyPatch) -> None:
    message = MESSAGE.replace(b"secret text", b"x" * 40_000_000)
    aws, delivery, _ = run(monkeypatch, message=message)
    assert not delivery.dead
    assert aws.sent[0].message.endswith(message.partition(b"\r\n\r\n")[2])


def test_the_log_holds_no_text_no_subject_and_no_address(monkeypatch: pytest.MonkeyPatch) -> None:
    _, delivery, _ = run(monkeypatch)
    (line,) = delivery.lines
    assert line.pop("milliseconds") >= 0
    assert line == {
        "level": "INFO",
        "queue_message": "queue-0",
        "message_id": MESSAGE_ID,
        "outcome": "forwarded",
        "reasons": [],
        "bytes": len(MESSAGE),
        "attachments": 1,
        "destinations": 1,
    }


def test_one_of_a_batch_fails_alone(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    aws = Aws()
    aws.put(RAW_KEY, MESSAGE)
    setup = notification(mail={"messageId": "AMAZON_SES_SETUP_NOTIFICATION"})
    bodies = [json.dumps(notification()), "secret text", json.dumps(setup)]
    with function(monkeypatch, aws):
        answer = handler.handle(event(*bodies), Context())
    assert answer == {"batchItemFailures": [{"itemIdentifier": "queue-1"}]}
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["outcome"] for line in lines] == ["forwarded", "failed", "setup"]
    assert "secret" not in str(lines)


def test_what_nobody_foresaw_is_told_by_its_kind_only(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError("secret text")

    monkeypatch.setattr(handler, "process", fail)
    _, delivery, _ = run(monkeypatch)
    assert delivery.dead
    assert delivery.last["reasons"] == ["unforeseen: ZeroDivisionError"]


def test_a_message_that_is_gone_is_for_a_person(monkeypatch: pytest.MonkeyPatch) -> None:
    with function(monkeypatch, Aws()):
        delivery = deliver(json.dumps(notification()))
    assert delivery.dead
    assert delivery.last["reasons"] == ["GetObject: NoSuchKey"]


def test_the_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Settings.from_json(json.dumps(SETTINGS.to_dict())) == SETTINGS
    assert isinstance(SETTINGS.forward, ForwardSettings)
    monkeypatch.setenv(VARIABLE, json.dumps(SETTINGS.to_dict()))
    assert handler._settings.__wrapped__() == SETTINGS
